#include "properties/monitors.hpp"

namespace qpcheck::properties {
namespace {

std::string qpair_name(std::uint8_t qpair) { return "qp" + std::to_string(qpair); }

}  // namespace

std::string Monitors::why(Property property, const model::Observation& seen, const model::View& view) const {
  switch (property) {
    case Property::awaited_once:
      return qpair_name(seen.qpair) + ": " + std::string(awaited_once_.why(seen)) + " (armed at \"" + seen.text + "\")";
    case Property::possible_wait: {
      PossibleWait asked = possible_wait_;
      const std::uint8_t qpair = asked.violated_by(seen, ledger_, view);
      const Wait& wait = ledger_.waits[qpair];
      return qpair_name(qpair) + ": " + why_impossible(view, wait.slot, wait.events);
    }
    case Property::no_needless_timeout:
      return qpair_name(seen.qpair) + ": a deadline of the teardown expired, and no spent fault excuses it";
    case Property::nothing_left:
      return qpair_name(seen.qpair) + ": the teardown has finished, but its rdma_cm_id, its QP or a fetched event of it is left";
    case Property::legal_calls: return seen.text;
    case Property::flag_agrees: {
      FlagAgrees asked = flag_agrees_;
      const std::uint8_t qpair = asked.violated_by(seen, view);
      return qpair_name(qpair) + ": `connected` is " + (flag_agrees_.flag[qpair] != 0 ? "set" : "clear") +
             " although the CM says the opposite and no event is on its way that would mend it";
    }
    case Property::life_cycle:
      return qpair_name(seen.qpair) + ": moved from " + std::string(name(static_cast<model::Life>(seen.status))) + " to " +
             std::string(name(static_cast<model::Life>(seen.error))) + ", which its table does not declare";
    case Property::finishes:
    case Property::no_crash: break;  // explained by the search and by the world
  }
  return {};
}

PropertySet Monitors::premises() const {
  PropertySet premises;
  const auto add_if = [&premises](std::uint8_t premise, Property property) {
    if (premise != 0) premises.add(property);
  };
  add_if(awaited_once_.premise, Property::awaited_once);
  add_if(possible_wait_.premise, Property::possible_wait);
  add_if(no_needless_timeout_.premise, Property::no_needless_timeout);
  add_if(nothing_left_.premise, Property::nothing_left);
  add_if(legal_calls_.premise, Property::legal_calls);
  add_if(legal_calls_.premise, Property::no_crash);
  add_if(flag_agrees_.premise, Property::flag_agrees);
  add_if(life_cycle_.premise, Property::life_cycle);
  add_if(teardown_requested_, Property::finishes);
  return premises;
}

std::size_t Monitors::describe(std::uint8_t* out) const {
  std::uint8_t* to = out;
  for (const Wait& wait : ledger_.waits) {
    *to++ = wait.slot;
    if (wait.slot == model::nobody) continue;
    *to++ = static_cast<std::uint8_t>(wait.events.bits);
    *to++ = static_cast<std::uint8_t>(wait.events.bits >> 8);
  }
  std::uint8_t awaited = 0, handled = 0, flags = 0;
  for (std::size_t i = 0; i < model::max_slots; ++i) {
    awaited = static_cast<std::uint8_t>(awaited | awaited_once_.awaited[i] << i);
    handled = static_cast<std::uint8_t>(handled | awaited_once_.handled[i] << i);
  }
  for (std::size_t i = 0; i < model::max_qpairs; ++i)
    flags = static_cast<std::uint8_t>(flags | flag_agrees_.flag[i] << i | no_needless_timeout_.going_down[i] << (4 + i));
  *to++ = awaited;
  *to++ = handled;
  *to++ = flags;
  return static_cast<std::size_t>(to - out);
}

}  // namespace qpcheck::properties
