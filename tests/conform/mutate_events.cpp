#include <algorithm>
#include <array>

#include "tests/conform/mutants.hpp"

namespace qpcheck::tests {
namespace {

using Json = Recorded::Json;
using Mutants = std::vector<Mutant>;

constexpr std::array names = {"CONNECT_REQUEST", "CONNECT_RESPONSE", "CONNECT_ERROR", "UNREACHABLE",
                              "REJECTED", "ESTABLISHED", "DISCONNECTED", "TIMEWAIT_EXIT"};

template <class Mutate>
Mutants at_events(const Recorded& log, Mutate mutate) {
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.is_event(i)) mutate(i, mutants);
  return mutants;
}

Json event_like(const Recorded& log, std::size_t at, const char* name, int status) {
  Json line = {{"t_us", 0}, {"side", log.word(at, "side")}, {"conn", log.number(at, "conn")}, {"kind", "event"},
               {"name", name}, {"status", status}};
  return line;
}

bool is_last_event(const Recorded& log, std::size_t at) {
  return log.next(at, [&](std::size_t i) { return log.is_event(i); }) == Recorded::none;
}

std::size_t end_of_id(const Recorded& log, std::size_t at) {
  return log.next(at, [&](std::size_t i) { return log.is_call(i, "rdma_destroy_id") && log.succeeded(i); });
}

// News of a neighbour comes to RoCE's active side at any time, any number of times.
bool is_news(const Recorded& log, std::size_t at) {
  return !log.iwarp() && log.word(at, "side") == "host" && log.is_event(at, "UNREACHABLE");
}
constexpr const char* news_rule = "UNREACHABLE by a neighbour's change comes at any time on RoCE's active side";

Mutants doubled(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    out.push_back({log.with_copy(i, i + 1), i, is_news(log, i) ? news_rule : ""});
  });
}

// Then a rdma_disconnect of the target's does nothing, and it is the host's that ends the connection.
bool may_lose_rtu(const Recorded& log, std::size_t at) {
  if (log.iwarp() || log.word(at, "side") != "target" || !log.is_event(at, "ESTABLISHED")) return false;
  const std::size_t end = log.next(at, [&](std::size_t i) { return log.is_event(i); });
  if (end == Recorded::none || !log.is_event(end, "DISCONNECTED") || log.number(end, "status") != 0) return false;
  if (log.next(at, [&](std::size_t i) { return log.is_call(i, "rdma_disconnect"); }) > end) return true;
  return log.peer_has(at, [&](std::size_t i) {
    const auto fetched = [&](std::size_t k) { return log.is_event(k, "DISCONNECTED"); };
    return log.is_call(i, "rdma_disconnect") && log.previous(i, fetched) == Recorded::none;
  });
}

bool may_be_cut_off(const Recorded& log, std::size_t at) {
  const std::size_t next = log.next(at, [&](std::size_t i) { return log.is_event(i); });
  return log.iwarp() && log.is_event(at, "ESTABLISHED") && next != Recorded::none &&
         log.is_event(next, "DEVICE_REMOVAL");
}

// Does something later in the log need that this event was fetched?
std::string may_be_missing(const Recorded& log, std::size_t at) {
  if (is_news(log, at)) return news_rule;
  if (may_lose_rtu(log, at))
    return "the RTU may be lost: the passive side of IB and RoCE can get DISCONNECTED without ESTABLISHED";
  if (may_be_cut_off(log, at)) return "a device that goes may cut an iWARP connection off before the reply is in";
  if (!is_last_event(log, at)) return "";  // events of an id come in order
  const std::string name = log.word(at, "name");
  const auto flushed = [&](std::size_t i) { return log.is(i, "wc") && log.number(i, "status") == 5; };
  const auto moved = [&](std::size_t i) { return log.is_call(i, "rdma_disconnect"); };
  const bool moves_qp = !log.iwarp() && (name == "REJECTED" || name == "CONNECT_ERROR");
  const std::size_t flush = log.next(at, flushed), move = log.next(at, moved);
  if (moves_qp && flush < move) return "";
  const bool used = name == "CONNECT_REQUEST" || name == "ADDR_RESOLVED" || name == "ROUTE_RESOLVED";
  if (used && log.next(at, [&](std::size_t i) { return log.is_call(i); }) != Recorded::none && name != "ROUTE_RESOLVED")
    return "";
  const bool connects = name == "ESTABLISHED" && !log.iwarp() && log.word(at, "side") == "host";
  const auto needs_rtu = [&](std::size_t i) { return log.is_event(i, "ESTABLISHED"); };
  if (connects && log.peer_has(at, needs_rtu)) return "";
  return "the last event of an id may not have come yet, or be lost";
}

Mutants removed(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    out.push_back({log.without(i), i, may_be_missing(log, i)});
  });
}

Mutants status_changed(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const bool zero = log.number(i, "status") == 0;
    out.push_back({log.with(i, "status", zero ? -5 : 0), i, ""});
    const bool free = log.is_event(i, "ADDR_ERROR") || log.is_event(i, "CONNECT_ERROR");
    out.push_back({log.with(i, "status", zero ? 28 : -7), i, free ? "any negative status is legal there" : ""});
  });
}

std::string may_be_named(const Recorded& log, std::size_t at, std::string_view name) {
  const bool closed = log.iwarp() && log.is_event(at, "DEVICE_REMOVAL") && name == "DISCONNECTED";
  if (!log.iwarp() && log.is_event(at, "REJECTED") && name == "CONNECT_ERROR" && !log.target_seen())
    return "the target is not in the log: it may have accepted and rejected; CONNECT_ERROR has the library's own "
           "status";
  return closed ? "an iWARP device that goes closes its connections; DEVICE_REMOVAL may not be fetched" : "";
}

Mutants name_replaced(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    for (const char* name : names)
      if (log.word(i, "name") != name) out.push_back({log.with(i, "name", name), i, may_be_named(log, i, name)});
  });
}

Mutants name_unknown(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) { out.push_back({log.with(i, "name", "SURPRISED"), i, ""}); });
}

// With the next event of the same id.
Mutants swapped(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const std::size_t next = log.next(i, [&](std::size_t k) { return log.is_event(k); });
    if (next == Recorded::none || log[i]["name"] == log[next]["name"]) return;
    out.push_back({log.swapped(i, next), i, is_news(log, i) || is_news(log, next) ? news_rule : ""});
  });
}

// To the place before the call or event of its own side that came before it.
Mutants moved_before_cause(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const auto begins = [&](std::size_t k) {
      return log.begins_id(k) || log.is_event(k) || (log.is_call(k) && log.succeeded(k));
    };
    std::size_t cause = log.previous(i, begins);
    if (cause == Recorded::none) return;
    const bool causal = log.is_event(cause) || log.is_call(cause, "rdma_connect") ||
                        log.is_call(cause, "rdma_accept") || log.is_call(cause, "rdma_resolve_addr") ||
                        log.is_call(cause, "rdma_resolve_route");
    if (causal) out.push_back({log.moved(i, cause), i, is_news(log, i) || is_news(log, cause) ? news_rule : ""});
  });
}

Mutants moved_to_the_beginning(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const std::size_t first = log.previous(i, [&](std::size_t k) { return log.begins_id(k); });
    const std::size_t to = first == Recorded::none ? i : log.is_event(first) ? first : first + 1;
    if (to < i) out.push_back({log.moved(i, to), i, ""});
  });
}

Mutants after_destroy(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const std::size_t end = end_of_id(log, i);
    const bool again = log.is_event(i, "CONNECT_REQUEST") && !log.iwarp() &&
                       log.next(i, [&](std::size_t k) { return log.is_call(k, "rdma_accept"); }) == Recorded::none;
    if (end != Recorded::none)
      out.push_back({log.with_copy(i, end + 1), i,
                     again ? "a repeated REQ finds the listener afresh when its first id is gone" : ""});
  });
}

Mutants at_the_other_side(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    const bool free = log.is_event(i, "DISCONNECTED") &&
                      !log.peer_has(i, [&](std::size_t k) { return log.is_event(k, "DISCONNECTED"); });
    out.push_back({log.with(i, "side", log.word(i, "side") == "host" ? "target" : "host"), i,
                   free ? "the other side had no DISCONNECTED yet" : ""});
  });
}

// One more event, a second after another, or at the end of its id.
Mutants added_after(const Recorded& log, const char* after, const char* name, int status,
                    const char* unless = nullptr) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    if (log.word(i, "name") != after) return;
    if (unless != nullptr && log.next(i, [&](std::size_t k) { return log.is_event(k, unless); }) != Recorded::none)
      return;
    const std::size_t end = end_of_id(log, i);
    if (end != Recorded::none) out.push_back({log.with_line(event_like(log, i, name, status), end), i, ""});
  });
}

Mutants second_disconnected(const Recorded& log) { return added_after(log, "DISCONNECTED", "DISCONNECTED", 0); }
Mutants second_disconnected_timed_out(const Recorded& log) {
  return added_after(log, "DISCONNECTED", "DISCONNECTED", -110);
}
Mutants established_after_disconnected(const Recorded& log) {
  return added_after(log, "DISCONNECTED", "ESTABLISHED", 0);
}
Mutants rejected_after_disconnected(const Recorded& log) { return added_after(log, "DISCONNECTED", "REJECTED", 28); }
Mutants disconnected_after_rejected(const Recorded& log) { return added_after(log, "REJECTED", "DISCONNECTED", 0); }
Mutants second_timewait_exit(const Recorded& log) { return added_after(log, "TIMEWAIT_EXIT", "TIMEWAIT_EXIT", 0); }
Mutants event_after_removal(const Recorded& log) { return added_after(log, "DEVICE_REMOVAL", "DISCONNECTED", 0); }

Mutants timewait_exit_on_iwarp(const Recorded& log) {
  return log.iwarp() ? added_after(log, "DISCONNECTED", "TIMEWAIT_EXIT", 0) : Mutants{};
}

// An end enters timewait by its own DREP, or by the peer's; who never called rdma_disconnect has neither.
Mutants timewait_exit_without_disconnect(const Recorded& log) {
  if (log.iwarp()) return {};
  Mutants mutants;
  for (Mutant& mutant : added_after(log, "DISCONNECTED", "TIMEWAIT_EXIT", 0, "TIMEWAIT_EXIT")) {
    const auto disconnects = [&](std::size_t k) { return log.is_call(k, "rdma_disconnect"); };
    const bool called =
        log.next(mutant.at, disconnects) != Recorded::none || log.previous(mutant.at, disconnects) != Recorded::none;
    if (!called) mutants.push_back(std::move(mutant));
  }
  return mutants;
}

Mutants disconnected_before_connect(const Recorded& log) {
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.is_call(i, "rdma_connect"))
      mutants.push_back({log.with_line(event_like(log, i, "DISCONNECTED", 0), i), i, ""});
  return mutants;
}

Mutants established_before_accept(const Recorded& log) {
  return at_events(log, [&](std::size_t i, Mutants& out) {
    if (log.is_event(i, "CONNECT_REQUEST"))
      out.push_back({log.with_line(event_like(log, i, "ESTABLISHED", 0), i + 1), i, ""});
  });
}

}  // namespace

const std::vector<Mutation>& event_mutations() {
  static const std::vector<Mutation> all = {
      {"an event doubled", doubled},
      {"an event removed", removed},
      {"an event's status changed", status_changed},
      {"an event's name replaced", name_replaced},
      {"an event with an unknown name", name_unknown},
      {"two events of one id swapped", swapped},
      {"an event moved before its cause", moved_before_cause},
      {"an event moved to its id's beginning", moved_to_the_beginning},
      {"an event after rdma_destroy_id", after_destroy},
      {"an event at the other side", at_the_other_side},
      {"a second DISCONNECTED", second_disconnected},
      {"a second DISCONNECTED, timed out", second_disconnected_timed_out},
      {"ESTABLISHED after DISCONNECTED", established_after_disconnected},
      {"REJECTED after DISCONNECTED", rejected_after_disconnected},
      {"DISCONNECTED after REJECTED", disconnected_after_rejected},
      {"a second TIMEWAIT_EXIT", second_timewait_exit},
      {"TIMEWAIT_EXIT on iWARP", timewait_exit_on_iwarp},
      {"TIMEWAIT_EXIT without rdma_disconnect", timewait_exit_without_disconnect},
      {"an event after DEVICE_REMOVAL", event_after_removal},
      {"DISCONNECTED before rdma_connect", disconnected_before_connect},
      {"ESTABLISHED before rdma_accept", established_before_accept},
  };
  return all;
}

}  // namespace qpcheck::tests
