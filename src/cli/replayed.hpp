// A trace file, played again: what `replay` tells and `keep` demands.
//
// Purpose: one way to load a trace, to judge its run by what it says, and to play it.
// Ownership: plain values. Threads: none; it makes the one World of the process.
#pragma once

#include <string>
#include <vector>

#include "scenario/player.hpp"
#include "story/difference.hpp"

namespace qpcheck::cli {

struct Replayed {
  trace::Trace kept;          // what the file says
  scenario::Config config;
  scenario::Played played;    // what happened
  bool as_recorded = true;    // not under another teardown, not judged by other properties
  bool same() const { return !played.departure && played.trace == kept; }
  // The steps that could be played whole.
  std::vector<scenario::WantedStep> common() const;
};

// As it was recorded, and judged by what it says was violated (by all properties if it
// says nothing); else under this teardown, judged by these properties, or by all.
Result<Replayed> replayed(const std::string& file, const std::string& teardown = "",
                          const std::vector<std::string>& properties = {});

// "violates finishes", or "violates nothing".
std::string violation_of(const scenario::Played& played);

}  // namespace qpcheck::cli
