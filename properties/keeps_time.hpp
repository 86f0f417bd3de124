// keeps-time: a wait or a linger that times out lasted as long as it said, and every one is as
// long as the program's options say. None goes on while what it is for is there.
//
// Judged by the world's clock: from the moment when it is armed, not from when the program was
// entered, which may have been a slow call into the kernel ago.
// Assumes: the program reports its waits and lingers, each with its length; src/qpair's adapter
// also says which option is meant, and no two of these are equal.
// A failure is explained by which of the two it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "model/observation.hpp"
#include "properties/wait_ledger.hpp"

namespace qpcheck::properties {

struct KeepsTime {
  struct Deadline {
    std::uint64_t from_ms = 0;
    std::uint64_t for_ms = model::no_limit_ms;  // none is kept, or it has no limit
    bool came = false;  // something that the wait is for was handled

    // What is left of it: 0, it may time out.
    std::uint64_t left_ms(std::uint64_t now_ms) const { return for_ms - std::min(for_ms, now_ms - from_ms); }
  };
  std::array<Deadline, model::max_qpairs> waits{}, lingers{};
  std::uint8_t antecedent = 0;

  // `ledger`: after the observation.
  bool violated_by(const model::Observation& seen, const WaitLedger& ledger) {
    using model::Seen;
    if (seen.qpair >= model::max_qpairs) return false;
    switch (seen.kind) {
      case Seen::wait_begins: return begins(waits[seen.qpair], seen);
      case Seen::linger_begins: return begins(lingers[seen.qpair], seen);
      case Seen::event_handled: {
        const Wait& wait = ledger.waits[seen.qpair];
        if (wait.kept() && wait.slot == seen.slot && wait.events.has(seen.event)) waits[seen.qpair].came = true;
        return false;
      }
      case Seen::wait_ends: return ends(waits[seen.qpair], seen, std::string_view(seen.text) == "timed out");
      case Seen::linger_timed_out: return ends(lingers[seen.qpair], seen, true);
      case Seen::teardown_finished: lingers[seen.qpair] = {}; return false;
      default: return false;
    }
  }

  // The qpair that lets time pass although what it waits for is fetched, or could be; nobody:
  // none does. Time passes between steps when nothing else would change anything. (That a wait
  // without a deadline goes on is the matter of `finishes`.)
  static std::uint8_t ignores(const model::Observation& seen, const WaitLedger& ledger, const model::View& view) {
    if (seen.kind != model::Seen::time_passes) return model::nobody;
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair) {
      const Wait& wait = ledger.waits[qpair];
      if (!wait.kept() || wait.unlimited || view.slots[wait.slot].delayed) continue;
      const unsigned there = view.slots[wait.slot].queued.bits | view.slots[wait.slot].held.bits;
      if ((there & wait.events.bits) != 0) return qpair;
    }
    return model::nobody;
  }

  static std::string_view why(const model::Observation& seen) {
    if (seen.kind == model::Seen::time_passes)
      return "time passes although what is awaited is there, and only needs to be looked at";
    const bool begins = seen.kind == model::Seen::wait_begins || seen.kind == model::Seen::linger_begins;
    return begins ? "a wait begins that is not as long as the option says that it is for"
                  : "a wait times out before its time is over, or although what it is for was handled";
  }

 private:
  bool begins(Deadline& deadline, const model::Observation& seen) {
    antecedent = 1;
    deadline = {seen.at_ms, seen.in_ms};
    return seen.said_ms != 0 && seen.said_ms != seen.in_ms;
  }

  static bool ends(Deadline& deadline, const model::Observation& seen, bool timed_out) {
    const bool early = timed_out && deadline.for_ms != model::no_limit_ms && deadline.left_ms(seen.at_ms) > 0;
    const bool vain = timed_out && deadline.came;
    deadline = {};
    return early || vain;
  }
};

}  // namespace qpcheck::properties
