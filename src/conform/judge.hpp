// Is a log legal by the tables?
//
// Purpose: the set of hidden states that agree with the log so far is carried along
// its lines: widened by the steps that nobody saw, narrowed by what each line says.
// A log is legal when some state is left at its end, for each of its connections.
// Ownership: plain values. Threads: no shared state.
// Invariants: nothing legal is refused, as far as the tables go, up to `most_states`
// states for one connection (beyond it a log is `undecided`, which no real one was);
// the departure is the first line that no state agrees with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conform/line.hpp"

namespace qpcheck::conform {

inline constexpr std::size_t most_states = 200'000;

struct Departure {
  std::size_t line = 0;
  std::string what;                   // "conn 0, host: DISCONNECTED (status 0)"
  std::vector<std::string> expected;  // what would have been legal there
  std::vector<std::string> rows;      // the rows of the tables that allow such a line elsewhere
};

struct Judgement {
  std::size_t judged = 0;  // lines
  std::size_t states = 0;  // looked at
  bool undecided = false;
  std::optional<Departure> departure;  // none: legal
};

Judgement judge(const Log& log);

}  // namespace qpcheck::conform
