#include "properties/monitors.hpp"

#include "model/description.hpp"

namespace qpcheck::properties {

Reason Monitors::why(Property property, const model::Observation& seen, const model::View& view) const {
  // Some are found at the end of a step, and it is the monitor that knows whose they are.
  const auto about = [&seen](auto&& found) { return seen.qpair < model::max_qpairs ? seen.qpair : found(); };
  switch (property) {
    case Property::awaited_once:
      return {seen.qpair, std::string(awaited_once_.why(seen, breach_)) + " (armed at \"" + seen.text + "\")"};
    case Property::possible_wait: {
      const Wait& wait = ledger_.waits[possible_wait_.found];
      return {possible_wait_.found, why_impossible(view, wait.slot, wait.events)};
    }
    case Property::no_needless_timeout:
      return {seen.qpair, "a deadline of the teardown expired, and no spent fault excuses it"};
    case Property::nothing_left:
      return {seen.qpair, "the teardown has finished, but its rdma_cm_id, its QP or a fetched event of it is left"};
    case Property::no_use_after_destroy:
    case Property::legal_calls: return {model::nobody, seen.text};
    case Property::requests_complete_once:
      return {RequestsCompleteOnce::whose(seen), std::string(RequestsCompleteOnce::why(seen))};
    case Property::no_lost_event: {
      NoLostEvent asked = no_lost_event_;
      return {view.slots[asked.violated_by(seen)].qpair,
              "an event of its rdma_cm_id was acknowledged without being handled, and the id lives on"};
    }
    case Property::told_once: return {about([&] { return told_once_.late(seen); }), std::string(told_once_.why(seen))};
    case Property::keeps_time:
      return {about([&] { return keeps_time_.ignores(seen, ledger_, view); }), std::string(KeepsTime::why(seen))};
    case Property::qp_to_error: {
      QpToError asked = qp_to_error_;
      return {asked.violated_by(seen, view),
              "the end of its connection was handled, and its QP still sends and receives"};
    }
    case Property::answers_arrive: {
      AnswersArrive asked = answers_arrive_;
      return {about([&] { return asked.violated_by(seen); }), std::string(AnswersArrive::why(seen))};
    }
    case Property::gives_back:
      return {model::nobody,
              "all is connected again, and the program holds " + std::to_string(gives_back_.more) +
                  (gives_back_.more == 1 ? " thing" : " things") +
                  " more than when it was the first time (blocks of memory, rdma_cm_ids, PDs, MRs and CQs)"};
    case Property::comes_back: return why_not_back(seen, view);
    case Property::flag_agrees: {
      FlagAgrees asked = flag_agrees_;
      const std::uint8_t qpair = asked.violated_by(seen, view);
      return {qpair, std::string("`connected` is ") + (flag_agrees_.flag[qpair] != 0 ? "set" : "clear") +
                         " although the CM says the opposite and no event is on its way that would mend it"};
    }
    case Property::life_cycle:
      return {seen.qpair, "moved from " + std::string(name(static_cast<model::Life>(seen.status))) + " to " +
                              std::string(name(static_cast<model::Life>(seen.error))) +
                              ", which its table does not declare"};
    case Property::finishes:
    case Property::no_crash: break;  // explained by the search and by the world
  }
  return {};
}

Reason Monitors::why_not_back(const model::Observation& seen, const model::View& view) const {
  if (seen.kind == model::Seen::life) return {seen.qpair, "the attempt to connect failed, and nothing has hindered it"};
  const std::string what = "the " + std::string(seen.text) + " is ";
  if (seen.status != 0 && comes_back_.strays(view))
    return {model::nobody, what + "over, and a qpair is connected to " +
                               (comes_back_.leaves ? "the target that it was to leave" : "another target")};
  if (seen.status != 0 && !comes_back_.all_came(view))
    return {model::nobody, what + "said to have succeeded, and not every qpair was connected again"};
  return {model::nobody,
          what + "over and not every qpair is connected, although the target runs and nothing has hindered it"};
}

bool Monitors::needs_view(const model::Observation& seen) const {
  using model::Seen;
  switch (seen.kind) {
    case Seen::wait_begins:
    case Seen::wait_ends:
    case Seen::step_ends:
    case Seen::linger_begins:
    case Seen::linger_timed_out:
    case Seen::teardown_requested:
    case Seen::teardown_finished:
    case Seen::return_requested:
    case Seen::return_ended:
    case Seen::flag: return true;
    case Seen::event_acknowledged: return seen.event == model::Event::established;
    case Seen::told_up:
    case Seen::told_gone: return true;
    case Seen::life:
      return comes_back_.phase == ComesBack::going_down ||
             static_cast<model::Life>(seen.error) == model::Life::failed ||
             (comes_back_.antecedent == 0 && static_cast<model::Life>(seen.error) == model::Life::connected);
    case Seen::time_passes: return true;
    default: return false;
  }
}

PropertySet Monitors::antecedents() const {
  PropertySet antecedents;
  const auto add_if = [&antecedents](std::uint8_t antecedent, Property property) {
    if (antecedent != 0) antecedents.add(property);
  };
  add_if(awaited_once_.antecedent, Property::awaited_once);
  add_if(possible_wait_.antecedent, Property::possible_wait);
  add_if(no_needless_timeout_.antecedent, Property::no_needless_timeout);
  add_if(nothing_left_.antecedent, Property::nothing_left);
  add_if(no_use_after_destroy_.antecedent, Property::no_use_after_destroy);
  add_if(requests_complete_once_.antecedent, Property::requests_complete_once);
  add_if(legal_calls_.antecedent, Property::legal_calls);
  add_if(flag_agrees_.antecedent, Property::flag_agrees);
  add_if(life_cycle_.antecedent, Property::life_cycle);
  add_if(no_lost_event_.antecedent, Property::no_lost_event);
  add_if(told_once_.antecedent, Property::told_once);
  add_if(comes_back_.antecedent, Property::comes_back);
  add_if(keeps_time_.antecedent, Property::keeps_time);
  add_if(qp_to_error_.antecedent, Property::qp_to_error);
  add_if(answers_arrive_.antecedent, Property::answers_arrive);
  add_if(gives_back_.antecedent, Property::gives_back);
  add_if(finishes_.antecedent, Property::finishes);
  add_if(no_crash_.antecedent, Property::no_crash);
  return antecedents;
}

bool Monitors::going_down() const {
  for (const std::uint8_t going : no_needless_timeout_.going_down)
    if (going != 0) return true;
  return false;
}

std::size_t Monitors::describe(std::span<std::uint8_t> out, std::uint64_t now_ms) const {
  model::Description to(out);
  for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair) describe_of(to, qpair, now_ms);
  describe_rest(to);
  return to.size();
}

void Monitors::describe_of(model::Description& to, std::uint8_t qpair, std::uint64_t now_ms) const {
  const std::size_t first = 2u * qpair, second = first + 1;  // its slots
  const auto bits_of = [](auto... values) {
    static_assert(sizeof...(values) <= 8);
    unsigned byte = 0, place = 0;
    ((byte |= unsigned{values != 0} << place++), ...);
    return static_cast<std::uint8_t>(byte);
  };
  const Wait& wait = ledger_.waits[qpair];
  const KeepsTime::Deadline &waits = keeps_time_.waits[qpair], &lingers = keeps_time_.lingers[qpair];
  const bool waits_long = waits.for_ms != model::no_limit_ms, lingers_long = lingers.for_ms != model::no_limit_ms;
  to.put(std::array<std::uint8_t, 7>{
      bits_of(wait.kept(), wait.unlimited, waits_long, waits.came, lingers_long, lingers.came),
      bits_of(flag_agrees_.flag[qpair], no_needless_timeout_.going_down[qpair],
              requests_complete_once_.succeeded[qpair], (comes_back_.known >> qpair) & 1, told_once_.up[qpair],
              told_once_.going_down[qpair], told_once_.owes_up[qpair], told_once_.owes_gone[qpair]),
      bits_of(awaited_once_.awaited[first], awaited_once_.awaited[second], awaited_once_.handled[first],
              awaited_once_.handled[second], no_lost_event_.discarded[first], no_lost_event_.discarded[second],
              told_once_.over[qpair]),
      no_lost_event_.handled[first], no_lost_event_.handled[second], requests_complete_once_.under_way[qpair],
      answers_arrive_.sent[qpair]});
  if (wait.kept()) to.put(static_cast<std::uint8_t>(wait.slot ^ first)), to.put(wait.events.bits);
  if (waits_long) to.put(waits.left_ms(now_ms));
  if (lingers_long) to.put(lingers.left_ms(now_ms));
}

void Monitors::describe_rest(model::Description& to) const {
  to.put(gives_back_.things);
  to.put(static_cast<std::uint8_t>(comes_back_.phase));
  if (comes_back_.phase == ComesBack::undisturbed) to.put(comes_back_.faults);
  if (comes_back_.phase != ComesBack::none)
    to.put(comes_back_.before), to.put(static_cast<std::uint8_t>(comes_back_.leaves));
  to.put(comes_back_.target);
}

}  // namespace qpcheck::properties
