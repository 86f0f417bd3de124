// The steps that the log shows: what a call can return, what a fetch can give.
//
// Purpose: for one state, all that the next line of a side could legally have said,
// each with the state after it. The judge keeps those that agree with the line; the
// explanation tells all of them.
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <string>
#include <vector>

#include "conform/state.hpp"

namespace qpcheck::conform {

// One way in which a call can end.
struct Returned {
  int error = 0;  // 0: success
  State state;
};
std::vector<Returned> calls(const State& state, const Line& call, const Moment& moment);

// Which statuses an event can have: the tables name one, or leave it to provider and library.
enum class StatusRule : std::uint8_t {
  exactly,
  any_error,
  negative,
  other_negative,  // but none that iWARP tells as REJECTED or UNREACHABLE
};

// One event that a fetch can give.
struct Fetched {
  model::Event event = model::Event::none;
  StatusRule rule = StatusRule::exactly;
  int status = 0;
  State state;

  bool agrees(const Line& line) const;
  std::string words() const;  // "DISCONNECTED (status 0)"
};
std::vector<Fetched> fetches(const State& state, model::Side side, const Line& line, const Moment& moment);

// Signal 9: the target's process is dead, and its kernel has closed its ids. False: it cannot be yet.
bool kill(State& state, model::Side side, const Moment& moment);

}  // namespace qpcheck::conform
