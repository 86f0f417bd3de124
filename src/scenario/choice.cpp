#include "scenario/choice.hpp"

#include <cassert>

namespace qpcheck::scenario {
namespace {

using sim::EnvKind;

constexpr std::uint8_t poll_controller_label = 55, poll_qpair_label = 56, clock_label = 59;

// The place of each kind among the names of all choices ("advance clock" … "target disconnects").
constexpr std::uint32_t place(EnvKind kind) {
  switch (kind) {
    case EnvKind::deliver_to_host:
    case EnvKind::deliver_to_target: return 1;
    case EnvKind::timewait_over: return 2;
    case EnvKind::flush: return 3;
    case EnvKind::retries_exhausted: return 4;
    case EnvKind::kill_target: return 5;
    case EnvKind::lose_send: return 6;
    case EnvKind::resolve: return 13;
    case EnvKind::serve: return 15;
    case EnvKind::target_accepts: return 16;
    case EnvKind::target_closes: return 17;
    case EnvKind::target_disconnects: return 18;
  }
  return 19;
}

constexpr std::uint32_t place(HostKind kind) {
  return kind == HostKind::send ? 14 : 7 + static_cast<std::uint32_t>(kind);  // poll …, request …
}

// DREP < DREQ < MRA < REJ < REP < REQ < RTU
constexpr std::array<std::uint8_t, 8> datagram_order = {0, 6, 5, 7, 3, 4, 2, 1};

}  // namespace

void Choices::add(const Choice& choice) {
  assert(count < items.size());
  std::size_t at = count++;
  for (; at > 0 && items[at - 1].rank > choice.rank; --at) items[at] = items[at - 1];
  items[at] = choice;
}

Choice clock_choice() { return {Actor::clock, clock_label, 0, {}, {}}; }

Choice choice_of(HostChoice choice) {
  std::uint8_t label = 0;
  if (choice.kind == HostKind::poll_controller) label = poll_controller_label;
  if (choice.kind == HostKind::poll_qpair) label = static_cast<std::uint8_t>(poll_qpair_label + choice.qpair);
  return {Actor::host, label, place(choice.kind) << 16 | choice.qpair, choice, {}};
}

Choice choice_of(const sim::Kernel& kernel, sim::EnvChoice choice) {
  std::uint32_t rank = place(choice.kind) << 16;
  if (choice.kind == EnvKind::deliver_to_host || choice.kind == EnvKind::deliver_to_target) {
    const bool to_target = choice.kind == EnvKind::deliver_to_target;
    const auto side = to_target ? model::Side::target : model::Side::host;
    const model::Datagram datagram = kernel.shared.slots[choice.subject].connection.to_side(side).datagrams[0];
    rank |= static_cast<std::uint32_t>(datagram_order[static_cast<std::size_t>(datagram)]) << 8 | choice.subject * 2u | to_target;
  } else {
    rank |= choice.subject;
  }
  return {Actor::environment, sim::obligation_label(choice), rank, {}, choice};
}

std::string name(const sim::Kernel& kernel, const Choice& choice) {
  switch (choice.actor) {
    case Actor::clock: return "advance clock";
    case Actor::environment: return sim::name(kernel, choice.environment);
    case Actor::host: return name(choice.host);
  }
  return "?";
}

}  // namespace qpcheck::scenario
