#include "scenario/choice.hpp"

#include <cassert>
#include <optional>

namespace qpcheck::scenario {
namespace {

using model::Verb;
using sim::EnvKind;

constexpr std::uint8_t poll_controller_label = 55, poll_qpair_label = 56, clock_label = 59;

constexpr std::uint32_t place(Verb verb) { return static_cast<std::uint32_t>(verb) << 16; }

// DREP < DREQ < FIN < MPA reject < MPA reply < MPA request < MRA < REJ < REP < REQ < RTU < RST; "answer …" is last
constexpr std::array<std::uint8_t, model::datagram_names.size()> datagram_order = {15, 9, 8, 11, 6, 7, 1,
                                                                                   0,  5, 4, 3,  2, 10};

// Deliveries to the host that its provider takes in a way of its own: named behind the plain one.
constexpr bool is_variant(EnvKind kind) {
  return kind == EnvKind::deliver_and_close || kind == EnvKind::deliver_as_refused;
}

// The side that a choice about a datagram is about; nullopt: it is about none.
std::optional<model::Side> side_of(const sim::EnvChoice& choice) {
  const bool moved =
      choice.kind == EnvKind::fault && (choice.fault == sim::Fault::drop || choice.fault == sim::Fault::reorder);
  if (moved) return static_cast<model::Side>(choice.variant);
  if (choice.kind == EnvKind::deliver_to_target) return model::Side::target;
  if (choice.kind == EnvKind::deliver_to_host || is_variant(choice.kind)) return model::Side::host;
  return std::nullopt;
}

}  // namespace

void Choices::add(const Choice& choice) {
  assert(count < items.size());
  std::size_t at = count++;
  for (; at > 0 && items[at - 1].rank > choice.rank; --at) items[at] = items[at - 1];
  items[at] = choice;
}

Choice clock_choice() { return {Actor::clock, clock_label, place(Verb::advance_clock), {}, {}}; }

Choice choice_of(HostChoice choice) {
  std::uint8_t label = 0;
  if (choice.kind == HostKind::poll_controller || choice.kind == HostKind::program_start) label = poll_controller_label;
  if (choice.kind == HostKind::program_poll) label = static_cast<std::uint8_t>(poll_controller_label + choice.qpair);
  if (choice.kind == HostKind::poll_qpair) label = static_cast<std::uint8_t>(poll_qpair_label + choice.qpair);
  return {Actor::host, label, place(verb_of(choice.kind)) | choice.qpair, choice, {}};
}

Choice choice_of(const sim::Kernel& kernel, sim::EnvChoice choice) {
  std::uint32_t rank = place(sim::verb_of(choice));
  if (const auto side = side_of(choice)) {
    const model::Datagram datagram = kernel.shared.slots[choice.subject].connection.to_side(*side).datagrams[0];
    rank |= static_cast<std::uint32_t>(datagram_order[static_cast<std::size_t>(datagram)]) << 8 | choice.subject * 4u |
            (*side == model::Side::target ? 2u : is_variant(choice.kind) ? 1u : 0u);
  } else {
    const bool second = choice.kind == EnvKind::repeat_to_host || choice.kind == EnvKind::flush_send ||
                        choice.fault == sim::Fault::enomem;
    rank |= choice.subject * 4u | (second ? 1u : 0u);
  }
  return {Actor::environment, sim::fair_label(kernel, choice), rank, {}, choice};
}

std::string name(const sim::Kernel& kernel, const Choice& choice, sim::NameOf name_of) {
  switch (choice.actor) {
    case Actor::clock: return std::string(model::words(Verb::advance_clock));
    case Actor::environment: return sim::name(kernel, choice.environment, name_of);
    case Actor::host: return name(choice.host, name_of);
  }
  return "?";
}

}  // namespace qpcheck::scenario
