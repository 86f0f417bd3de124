// One random run of the real code: every decision comes from a list of numbers.
//
// Purpose: a list of numbers is what RapidCheck draws and shrinks well: fewer steps,
// no inner choices. A number means a place among the names of all choices, enabled or
// not, and the next enabled one is taken; so what a number means hardly depends on
// the steps before it, and steps can be left out.
// Ownership: walk() and trace_of() make their own World; so none may be alive besides.
// Threads: none.
// Invariants: the same Config and numbers give the same run; time moves only where no
// fair choice would change anything, as in a search.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "model/observation.hpp"
#include "scenario/player.hpp"
#include "scenario/scenario.hpp"

namespace qpcheck::testing {

// One step, and at each offered call inside it what the environment does; 0: no more
// before this call.
struct Decision {
  std::uint8_t outer = 0;
  std::vector<std::uint8_t> inner;
};
void showValue(const Decision& decision, std::ostream& os);

// What was observed, and the state of the simulated machine just then.
struct Moment {
  model::Observation seen;
  model::View view;
};

struct Run {
  scenario::Config config;
  std::vector<scenario::WantedStep> steps;  // as taken
  std::vector<Moment> moments;
  properties::PropertySet violated;  // of qpcheck's own properties: the run ends there
  properties::PropertySet antecedents;  // what the run was about
  std::size_t choices() const;
};

// `config.properties` are the ones that are looked at.
Run walk(const scenario::Config& config, const std::vector<Decision>& decisions);

// The run, played again as a trace: to be told (story::explain), or saved (trace::save).
trace::Trace trace_of(const Run& run);

// An automaton of your own, as those in properties/: default-made, and asked at each
// moment with `bool violated_by(const model::Observation&, const model::View&)`.
template <class Automaton>
bool holds(const Run& run, Automaton automaton = {}) {
  for (const Moment& moment : run.moments)
    if (automaton.violated_by(moment.seen, moment.view)) return false;
  return true;
}

}  // namespace qpcheck::testing

namespace qpcheck::scenario {
void showValue(const Config& config, std::ostream& os);  // its setting, as a story begins
}
