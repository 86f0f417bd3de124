// A check: one scenario under one teardown, searched, judged, and explained.
//
// Purpose: from a Config to a verdict with its bounds, and to a counterexample
// that has been played twice with the same outcome.
// Threads: none; it makes the one World of the process.
#pragma once

#include <optional>
#include <string>

#include "properties/property.hpp"
#include "scenario/explored.hpp"
#include "scenario/player.hpp"
#include "scenario/scenario.hpp"
#include "search/result.hpp"

namespace qpcheck::scenario {

enum class Verdict : std::uint8_t { holds, violated, inconclusive, vacuous, nondeterministic };
constexpr std::string_view name(Verdict verdict) {
  constexpr std::string_view names[] = {"holds", "violated", "inconclusive", "vacuous", "nondeterministic"};
  return names[static_cast<std::size_t>(verdict)];
}

struct CheckResult {
  Config config;
  Verdict verdict = Verdict::holds;
  std::string note;                     // which limit, which antecedent, what differed
  bool within_less = false;             // vacuous, but only because a fault cannot be spent
  properties::PropertySet violated;     // by the counterexample's last step
  std::optional<trace::Trace> counterexample;
  search::Result search;
  std::uint64_t steps = 0, inner_runs = 0;
  std::size_t snapshot_bytes = 0, description_bytes = 0;
};

// For a diagram: every move of one qpair, and the counterexample's.
struct Watch {
  std::uint8_t qpair = 0;
  Explored explored;
  std::vector<ControlMove> path;
};

CheckResult check(const Config& config, const search::Limits& limits = {}, const search::Options& options = {},
                  Watch* watch = nullptr);

// The same from the state to which these steps lead, with what they left of the budget;
// a counterexample begins with them.
// REQUIRES: they can be played, and violate nothing.
CheckResult check_after(const Config& config, const std::vector<WantedStep>& before, const search::Limits& limits = {},
                        const search::Options& options = {}, Watch* watch = nullptr);

}  // namespace qpcheck::scenario
