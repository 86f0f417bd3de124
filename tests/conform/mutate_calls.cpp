#include <array>
#include <cerrno>

#include "tests/conform/mutants.hpp"

namespace qpcheck::tests {
namespace {

using Mutants = std::vector<Mutant>;

template <class Mutate>
Mutants at_calls(const Recorded& log, Mutate mutate) {
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.is_call(i)) mutate(i, mutants);
  return mutants;
}

template <class Mutate>
Mutants at_completions(const Recorded& log, Mutate mutate) {
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.is(i, "wc")) mutate(i, mutants);
  return mutants;
}

Recorded ended(const Recorded& log, std::size_t at, int error) {
  return log.with(at, "ret", error == 0 ? 0 : -1).with(at, "errno", error);
}

bool after_end(const Recorded& log, std::size_t at) {
  const auto over = [&](std::size_t k) {
    return log.is_event(k, "DISCONNECTED") || log.is_event(k, "REJECTED") || log.is_event(k, "UNREACHABLE") ||
           log.is_call(k, "rdma_disconnect");
  };
  // iWARP's rdma_disconnect waits for the answer, and the answer is fetched later.
  const auto refused = [&](std::size_t k) { return log.is_event(k, "REJECTED") || log.is_event(k, "UNREACHABLE"); };
  return log.previous(at, over) != Recorded::none || log.next(at, refused) != Recorded::none || log.peer_has(at, over);
}

std::string may_fail(const Recorded& log, std::size_t at) {
  if (log.is_call(at, "rdma_create_qp")) return "a provider may refuse attributes that it cannot serve";
  if (log.is_call(at, "rdma_disconnect") && log.iwarp() && after_end(log, at))
    return "some iWARP providers say EINVAL when the queue pair is closed already";
  return "";
}

Mutants fails(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (log.succeeded(i)) out.push_back({ended(log, i, EINVAL), i, may_fail(log, i)});
  });
}

Mutants fails_strangely(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (log.succeeded(i)) out.push_back({ended(log, i, EBUSY), i, ""});
  });
}

Mutants succeeds(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    const bool unseen = log.iwarp() && log.is_call(i, "rdma_connect") && !log.target_seen();
    const auto removed = [&](std::size_t k) { return log.is_event(k, "DEVICE_REMOVAL"); };
    const bool untold = log.number(i, "errno") == ENXIO && log.previous(i, removed) == Recorded::none;
    if (log.succeeded(i)) return;
    out.push_back({ended(log, i, 0), i,
                   unseen   ? "the target is not in the log: it may have listened, and closed again"
                   : untold ? "ids go one after the other with their device, and this one was not told"
                            : ""});
  });
}

Mutants other_errno(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (!log.succeeded(i)) out.push_back({ended(log, i, ENOTCONN), i, ""});
  });
}

Mutants succeeds_after_removal(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    const auto removed = [&](std::size_t k) { return log.is_event(k, "DEVICE_REMOVAL"); };
    if (log.is_call(i, "rdma_disconnect") && log.previous(i, removed) != Recorded::none)
      out.push_back({ended(log, i, 0), i, ""});
  });
}

bool is_any(const Recorded& log, std::size_t at, std::initializer_list<const char*> calls) {
  for (const char* call : calls)
    if (log.is_call(at, call)) return true;
  return false;
}

// rdma_disconnect may be called any number of times, and the queue pair's calls are verbs'.
Mutants doubled(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (!log.succeeded(i) || is_any(log, i, {"rdma_disconnect", "rdma_destroy_qp", "ibv_modify_qp(ERR)"})) return;
    const auto failed = [&](std::size_t k) { return log.is_event(k, "ADDR_ERROR"); };
    const bool again = log.is_call(i, "rdma_resolve_addr") && log.next(i, failed) != Recorded::none;
    out.push_back(
        {log.with_copy(i, i + 1), i, again ? "the first attempt may have failed already, and may be made again" : ""});
  });
}

std::string may_be_unseen(const Recorded& log, std::size_t at) {
  const auto event = [&](std::size_t k) { return log.is_event(k); };
  bool used_again = false, first = true;
  for (std::size_t k = 0; k < log.size(); ++k) {
    if (k == at || !log.same_end(at, k)) continue;
    if (k < at && (log.is_call(k) || log.is_event(k))) first = false;
    if (k > at && log.begins_id(k) && log.is_call(k)) used_again = true;
  }
  if (log.is_call(at, "rdma_create_id") && first) return "a log may begin after rdma_create_id";
  if (log.is_call(at, "rdma_destroy_id") && !used_again) return "an id may stay, or its process may die";
  const bool needless =
      log.is_call(at, "rdma_connect") && log.next(at, event) == Recorded::none && !log.peer_has(at, event);
  return needless ? "nothing came of that rdma_connect" : "";
}

Mutants removed(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (!log.succeeded(i) || is_any(log, i, {"rdma_disconnect", "rdma_destroy_qp", "ibv_modify_qp(ERR)"})) return;
    out.push_back({log.without(i), i, may_be_unseen(log, i)});
  });
}

// The call that ended the connection, where its end was seen to be orderly: TIMEWAIT_EXIT follows at that side.
Mutants disconnect_removed(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (!log.is_call(i, "rdma_disconnect") || log.iwarp() || !log.succeeded(i)) return;
    const auto same = [&](std::size_t k) { return log.is_call(k, "rdma_disconnect") && log.succeeded(k); };
    const auto exit = [&](std::size_t k) { return log.is_event(k, "TIMEWAIT_EXIT"); };
    const bool only = log.previous(i, same) == Recorded::none && log.next(i, same) > log.next(i, exit);
    if (only && log.next(i, exit) != Recorded::none) out.push_back({log.without(i), i, ""});
  });
}

// Before the event that it waited for.
Mutants too_early(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    const char* needs = log.is_call(i, "rdma_resolve_route") ? "ADDR_RESOLVED"
                        : log.is_call(i, "rdma_connect")     ? "ROUTE_RESOLVED"
                        : log.is_call(i, "rdma_accept")      ? "CONNECT_REQUEST"
                                                             : nullptr;
    if (needs == nullptr || !log.succeeded(i)) return;
    const std::size_t event = log.previous(i, [&](std::size_t k) { return log.is_event(k, needs); });
    // The kernel may have ROUTE_RESOLVED already: only the fetch comes later, which is legal, if rare.
    const bool fetch_only = log.is_call(i, "rdma_connect");
    if (event != Recorded::none)
      out.push_back(
          {log.moved(i, event), i, fetch_only ? "rdma_connect needs the route, and not the fetch of its event" : ""});
  });
}

Mutants after_destroy(const Recorded& log) {
  return at_calls(log, [&](std::size_t i, Mutants& out) {
    if (!log.is_call(i, "rdma_disconnect") || !log.succeeded(i)) return;
    const std::size_t end = log.next(i, [&](std::size_t k) { return log.is_call(k, "rdma_destroy_id"); });
    if (end != Recorded::none) out.push_back({log.with_copy(i, end + 1), i, ""});
  });
}

Mutants completion_doubled(const Recorded& log) {
  return at_completions(log, [&](std::size_t i, Mutants& out) { out.push_back({log.with_copy(i, i + 1), i, ""}); });
}

Mutants completion_removed(const Recorded& log) {
  return at_completions(log, [&](std::size_t i, Mutants& out) {
    const auto later = [&](std::size_t k) { return log.is(k, "wc") && log.word(k, "op") == log.word(i, "op"); };
    if (log.next(i, later) != Recorded::none) out.push_back({log.without(i), i, ""});
  });
}

Mutants success_after_flush(const Recorded& log) {
  return at_completions(log, [&](std::size_t i, Mutants& out) {
    const auto flushed = [&](std::size_t k) {
      return log.is(k, "wc") && log.word(k, "op") == log.word(i, "op") && log.number(k, "status") != 0;
    };
    if (log.number(i, "status") != 0 && log.previous(i, flushed) != Recorded::none)
      out.push_back({log.with(i, "status", 0), i, ""});
  });
}

// On IB and RoCE nothing is flushed before the side itself moves its queue pair.
Mutants flush_before_cause(const Recorded& log) {
  if (log.iwarp()) return {};
  return at_completions(log, [&](std::size_t i, Mutants& out) {
    const auto failed = [&](std::size_t k) { return log.is(k, "wc") && log.number(k, "status") != 0; };
    if (log.number(i, "status") != 5 || log.previous(i, failed) != Recorded::none) return;
    std::size_t first = Recorded::none;
    for (std::size_t k = i; k != Recorded::none; k = log.previous(k, [&](std::size_t c) {
           return log.is_call(c, "rdma_disconnect") || log.is_call(c, "ibv_modify_qp(ERR)") ||
                  log.is_event(c, "REJECTED") || log.is_event(c, "CONNECT_ERROR");
         }))
      first = k;
    const auto posted = [&](std::size_t k) { return log.is(k, "post") && log.word(k, "op") == log.word(i, "op"); };
    const auto completed = [&](std::size_t k) { return log.is(k, "wc"); };
    const std::size_t post = log.previous(i, posted), done = log.previous(i, completed);
    const bool goes = first != i && post != Recorded::none && post < first && (done == Recorded::none || done < first);
    if (goes) out.push_back({log.moved(i, first), i, ""});
  });
}

Mutants never_posted(const Recorded& log) {
  return at_completions(log, [&](std::size_t i, Mutants& out) {
    if (log.next(i, [&](std::size_t k) { return log.is(k, "wc"); }) == Recorded::none)
      out.push_back({log.with(i, "wr_id", 4000), i, ""});
  });
}

// On IB and RoCE: a queue pair that was moved to ERR shows RTS.
Mutants out_of_error(const Recorded& log) {
  if (log.iwarp()) return {};
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto moves = [&](std::size_t k) { return log.is_call(k, "rdma_disconnect") && log.succeeded(k); };
    if (log.word(i, "qp") == "ERR" && log.previous(i, moves) != Recorded::none)
      mutants.push_back({log.with(i, "qp", "RTS"), i, ""});
  }
  return mutants;
}

// What only a timer brings, five hundredths of a second after the id's call that set it.
Mutants timer_at_once(const Recorded& log, const char* name, std::initializer_list<const char*> setters) {
  Mutants mutants;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (!log.is_event(i, name)) continue;
    const bool exit = log.is_event(i, "TIMEWAIT_EXIT");
    if (!exit && log.number(i, "status") != -110) continue;
    const std::size_t set = log.previous(i, [&](std::size_t k) { return is_any(log, k, setters) && log.succeeded(k); });
    const std::size_t before =
        exit ? log.previous(i, [&](std::size_t k) { return log.is_event(k, "DISCONNECTED"); }) : set;
    if (set == Recorded::none || before == Recorded::none) continue;
    const std::int64_t us = std::max(log.time(set), log.time(before)) + 50'000;
    std::size_t first = set;  // the earliest call that can have set the timer
    for (std::size_t k = set; k != Recorded::none;
         k = log.previous(k, [&](std::size_t c) { return is_any(log, c, setters); }))
      first = k;
    const bool waited = exit && (log.number(before, "status") == -110 ||
                                 us - (log.time(first) - log.number(first, "dur_us")) >= 400'000);
    if (us < log.time(i))
      mutants.push_back(
          {log.at_time(i, us), i, waited ? "timewait may have begun earlier: DISCONNECTED waited in the channel" : ""});
  }
  return mutants;
}

Mutants disconnected_timed_out_at_once(const Recorded& log) {
  for (std::size_t i = 0; i < log.size(); ++i)
    if (log.word(i, "msg").find("link set") != std::string::npos) return {};  // a link that is down fails at once
  return timer_at_once(log, "DISCONNECTED", {"rdma_disconnect"});
}

Mutants unreachable_at_once(const Recorded& log) {
  Mutants mutants = timer_at_once(log, "UNREACHABLE", {"rdma_connect", "rdma_accept"});
  for (Mutant& mutant : mutants)
    if (!log.iwarp() && log.word(mutant.at, "side") == "host")
      mutant.legal = "UNREACHABLE by a neighbour's change comes at any time on RoCE's active side";
  return mutants;
}

Mutants timewait_exit_at_once(const Recorded& log) { return timer_at_once(log, "TIMEWAIT_EXIT", {"rdma_disconnect"}); }

}  // namespace

const std::vector<Mutation>& call_mutations() {
  static const std::vector<Mutation> all = {
      {"a call fails: EINVAL", fails},
      {"a call fails: EBUSY", fails_strangely},
      {"a failed call succeeds", succeeds},
      {"a failed call has another errno", other_errno},
      {"rdma_disconnect returns 0 after DEVICE_REMOVAL", succeeds_after_removal},
      {"a call doubled", doubled},
      {"a call removed", removed},
      {"the rdma_disconnect before TIMEWAIT_EXIT removed", disconnect_removed},
      {"a call before the event that it needs", too_early},
      {"rdma_disconnect after rdma_destroy_id", after_destroy},
      {"a completion doubled", completion_doubled},
      {"a completion removed", completion_removed},
      {"a success after a flush", success_after_flush},
      {"a flush before its cause", flush_before_cause},
      {"a completion of what was never posted", never_posted},
      {"a queue pair back from ERR", out_of_error},
      {"DISCONNECTED (-ETIMEDOUT) at once", disconnected_timed_out_at_once},
      {"UNREACHABLE (-ETIMEDOUT) at once", unreachable_at_once},
      {"TIMEWAIT_EXIT at once", timewait_exit_at_once},
  };
  return all;
}

}  // namespace qpcheck::tests
