// Playing a run: choices by name, or as the search found them, into a trace.
//
// Purpose: the one way in which traces come to be. A found path, a kept trace and
// a story written by hand are all played the same way, in a fresh world, so what a
// person sees is what happened.
// Ownership: a run is played in a World of its own, so none may be alive besides; or
// in the one that is given, which is then left where the last step led.
// Invariants: the same wanted steps in the same Config give the same trace, byte
// for byte.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenario/choice.hpp"
#include "scenario/scenario.hpp"
#include "trace/result.hpp"
#include "trace/trace.hpp"

namespace qpcheck::scenario {

class World;

// A choice by its name, or exactly (then the name is found).
struct Wanted {
  std::string name;
  std::optional<Choice> exact;
};

struct WantedInner {
  std::uint32_t call = 0;
  Wanted choice;
};

struct WantedStep {
  Wanted choice;
  std::vector<WantedInner> inner;
};

// Where a replay could not go on as wanted.
struct Departure {
  std::size_t step = 0;  // counted from 1
  std::string line;      // what was wanted, before which call if inside a step, and what was enabled instead
};

struct Played {
  trace::Trace trace;
  properties::PropertySet violated;
  std::optional<Departure> departure;
};

Played play(const Config& config, const std::vector<WantedStep>& steps);
// From the start of this world, whatever it did before.
Played play(World& world, const std::vector<WantedStep>& steps);

std::vector<WantedStep> wanted_steps(const trace::Trace& trace);

// A Config's place in a trace's header, and back.
trace::Header header_of(const Config& config);
// `programs`: those that a trace may be about, besides src/qpair.
Result<Config> config_of(const trace::Header& header, std::span<const sim::ProgramInfo> programs = {});

}  // namespace qpcheck::scenario
