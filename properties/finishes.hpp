// finishes: every teardown that was requested finishes, and every attempt to connect ends,
// under fair scheduling. Of a program that means to notice that its peer is dead: it does.
//
// Judged by the search on the whole graph of states (src/search/liveness.hpp), and by
// the world where a call never returns; no automaton can see that something never
// happens. A violation is a stuck state, a call blocked for ever, a step without end,
// or a cycle of fair choices that does not finish.
// Assumes: the program says whether it is connecting or going down; fairness for exactly
// the fair choices.
// A failure is explained by which of these it is; the story leads there, and of a cycle
// goes round once.
#pragma once

#include <string>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct Finishes {
  std::uint8_t antecedent = 0;

  void see(const model::Observation& seen) {
    if (seen.kind == model::Seen::teardown_requested || seen.kind == model::Seen::return_requested) antecedent = 1;
  }

  // `cycle` is the length of the cycle found; 0: a state in which the run is stuck.
  static std::string why(std::size_t cycle) {
    if (cycle == 0)
      return "no fair choice changes the state any more, and what was begun (a teardown, or an attempt to connect) has "
             "not ended";
    return "the last " + std::to_string(cycle) +
           " steps can repeat for ever under fair scheduling, and what was begun (a teardown, or an attempt to "
           "connect) never ends";
  }
};

}  // namespace qpcheck::properties
