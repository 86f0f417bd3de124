#include "scenario/choice.hpp"

#include <cassert>
#include <optional>

namespace qpcheck::scenario {
namespace {

using sim::EnvKind;

constexpr std::uint8_t poll_controller_label = 55, poll_qpair_label = 56, clock_label = 59;

// What a choice's name begins with, in the order of the names.
enum class Word : std::uint8_t {
  abort_stream, advance_clock, change_neighbour, close_stream, delay, deliver, double_event, drop, end_timewait,
  fail_bond, fail_next, flush, give_up, kill, lose_event, lose_neighbour, lose_send, mangle_reply, no_memory,
  poll_controller, poll_qpair, power_off, purge, put_off, raise, reboot, remember_stale, remove, reorder, repeat,
  request_connect, request_disconnect, request_failover, request_reset, request_shutdown, resolve, send, serve, start,
  stop, swap_events, target_accepts, target_closes, target_disconnects, target_refuses, unknown_event,
};

constexpr Word word_of(const sim::EnvChoice& choice) {
  using sim::Fault;
  switch (choice.fault) {
    case Fault::kill: return Word::kill;
    case Fault::hang: return Word::stop;
    case Fault::power: return Word::power_off;
    case Fault::reboot: return Word::reboot;
    case Fault::drop: return Word::drop;
    case Fault::delay: return Word::delay;
    case Fault::reorder: return Word::reorder;
    case Fault::remove: return Word::remove;
    case Fault::neighbour:
      if (choice.variant == sim::bond_fails_over) return Word::fail_bond;
      return choice.variant == sim::way_back_lost ? Word::lose_neighbour : Word::change_neighbour;
    case Fault::refuse: return choice.variant == 0 ? Word::target_refuses : Word::mangle_reply;
    case Fault::stale: return Word::remember_stale;
    case Fault::enomem: return choice.variant == 0 ? Word::fail_next : Word::no_memory;
    case Fault::eio: return Word::fail_next;
    case Fault::peer_disconnect: return Word::target_disconnects;
    case Fault::lose_event: return Word::lose_event;
    case Fault::duplicate_event: return Word::double_event;
    case Fault::reorder_in_id: return Word::swap_events;
    case Fault::unknown_event: return Word::unknown_event;
  }
  return Word::unknown_event;
}

constexpr Word word(const sim::EnvChoice& choice) {
  switch (choice.kind) {
    case EnvKind::deliver_to_host:
    case EnvKind::deliver_and_close:
    case EnvKind::deliver_as_refused:
    case EnvKind::deliver_to_target: return Word::deliver;
    case EnvKind::timewait_over: return Word::end_timewait;
    case EnvKind::flush_send:
    case EnvKind::flush_receive: return Word::flush;
    case EnvKind::retries_exhausted: return Word::give_up;
    case EnvKind::lose_send: return Word::lose_send;
    case EnvKind::resolve: return Word::resolve;
    case EnvKind::serve: return Word::serve;
    case EnvKind::target_accepts: return Word::target_accepts;
    case EnvKind::target_closes: return Word::target_closes;
    case EnvKind::repeat_to_host:
    case EnvKind::repeat_to_target: return Word::repeat;
    case EnvKind::provider_closes: return Word::close_stream;
    case EnvKind::provider_aborts: return Word::abort_stream;
    case EnvKind::purge_completions: return Word::purge;
    case EnvKind::put_off_answer: return Word::put_off;
    case EnvKind::raise_device_fatal: return Word::raise;
    case EnvKind::fault: return word_of(choice);
  }
  return Word::unknown_event;
}

constexpr Word word(HostKind kind) {
  switch (kind) {
    case HostKind::poll_controller: return Word::poll_controller;
    case HostKind::poll_qpair: return Word::poll_qpair;
    case HostKind::request_connect: return Word::request_connect;
    case HostKind::request_disconnect: return Word::request_disconnect;
    case HostKind::request_failover: return Word::request_failover;
    case HostKind::request_reset: return Word::request_reset;
    case HostKind::request_shutdown: return Word::request_shutdown;
    case HostKind::send: return Word::send;
    case HostKind::program_poll: return Word::poll_controller;
    case HostKind::program_request: return Word::request_disconnect;
    case HostKind::program_start: return Word::start;
  }
  return Word::send;
}

constexpr std::uint32_t place(Word word) { return static_cast<std::uint32_t>(word) << 16; }

// DREP < DREQ < FIN < MPA reject < MPA reply < MPA request < MRA < REJ < REP < REQ < RTU < RST; "answer …" is last
constexpr std::array<std::uint8_t, model::datagram_names.size()> datagram_order = {15, 9, 8, 11, 6, 7, 1, 0, 5, 4, 3, 2, 10};

// Deliveries to the host that its provider takes in a way of its own: named behind the plain one.
constexpr bool is_variant(EnvKind kind) { return kind == EnvKind::deliver_and_close || kind == EnvKind::deliver_as_refused; }

// The side that a choice about a datagram is about; nullopt: it is about none.
std::optional<model::Side> side_of(const sim::EnvChoice& choice) {
  const bool moved = choice.kind == EnvKind::fault && (choice.fault == sim::Fault::drop || choice.fault == sim::Fault::reorder);
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

Choice clock_choice() { return {Actor::clock, clock_label, place(Word::advance_clock), {}, {}}; }

Choice choice_of(HostChoice choice) {
  std::uint8_t label = 0;
  if (choice.kind == HostKind::poll_controller || choice.kind == HostKind::program_start) label = poll_controller_label;
  if (choice.kind == HostKind::program_poll) label = static_cast<std::uint8_t>(poll_controller_label + choice.qpair);
  if (choice.kind == HostKind::poll_qpair) label = static_cast<std::uint8_t>(poll_qpair_label + choice.qpair);
  return {Actor::host, label, place(word(choice.kind)) | choice.qpair, choice, {}};
}

Choice choice_of(const sim::Kernel& kernel, sim::EnvChoice choice) {
  std::uint32_t rank = place(word(choice));
  if (const auto side = side_of(choice)) {
    const model::Datagram datagram = kernel.shared.slots[choice.subject].connection.to_side(*side).datagrams[0];
    rank |= static_cast<std::uint32_t>(datagram_order[static_cast<std::size_t>(datagram)]) << 8 | choice.subject * 4u |
            (*side == model::Side::target ? 2u : is_variant(choice.kind) ? 1u : 0u);
  } else {
    const bool second = choice.kind == EnvKind::repeat_to_host || choice.kind == EnvKind::flush_send ||
                        choice.fault == sim::Fault::enomem;
    rank |= choice.subject * 4u | (second ? 1u : 0u);
  }
  return {Actor::environment, sim::obligation_label(kernel, choice), rank, {}, choice};
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
