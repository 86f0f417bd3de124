// What a search is asked for, and what it found. Plain data; a Result owns all it
// refers to and says nothing about verdicts: that is the caller's.
#pragma once

#include <cmath>
#include <csignal>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "search/model.hpp"

namespace qpcheck::search {

/// Where to give up. The limits are looked at now and then: a search may exceed them a little.
struct Limits {
  std::uint64_t states = std::numeric_limits<std::uint64_t>::max();
  double seconds = std::numeric_limits<double>::infinity();
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();   ///< everything the engine holds
};

/// How a search is getting on, for a person who waits.
struct Progress {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t waiting = 0;   ///< states not yet expanded
  std::uint32_t depth = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
};

struct Options {
  bool stop_at_violation = true;      ///< else go on, count them and keep the cheapest of each code
  bool exact_costs = true;            ///< else inner choices cost nothing: faster, and the same lengths
  bool reduce = true;                 ///< of a model that can: take states alike for one (its maker's to heed)
  bool keep_links = true;             ///< without links there are no paths
  std::size_t initial_slots = 1 << 12;   ///< of the visited set; changes no result
  std::function<void(const Progress&)> progress{};
  double progress_seconds = 0.5;
  const volatile std::sig_atomic_t* interrupted = nullptr;   ///< borrowed: not 0, and the search ends
};

/// A run: the marks of its states, and what its last transition violates.
struct Path {
  std::uint32_t initial = 0;
  std::vector<std::uint32_t> steps;
  std::uint8_t violation = 0;
  friend bool operator==(const Path&, const Path&) = default;
};

struct Violation {
  std::uint8_t code = 0;
  std::uint64_t count = 0;   ///< how many transitions violated this property
  Cost cost;                 ///< of the cheapest
  Path path;                 ///< to the cheapest, the violating transition included
};

/// A run that never finishes what is pending: a way to a state, then for ever round a
/// cycle of fair and unfair choices that leaves no fair choice waiting for ever. With an
/// empty cycle the state is stuck: no fair choice has an effect there.
struct Lasso {
  struct Step {
    std::uint8_t fair = 0;   ///< of the choice that it begins with
    std::uint32_t to = 0;          ///< the mark of the state reached
    friend bool operator==(const Step&, const Step&) = default;
  };
  Cost cost;   ///< of the stem
  Path stem;
  std::vector<Step> cycle;
  [[nodiscard]] bool stuck() const { return cycle.empty(); }
};

enum class Ended : std::uint8_t {
  exhausted,   ///< every reachable state was expanded
  violation,   ///< at the cheapest violation, as asked
  states,      ///< a limit, or there are more of them, or longer ways, than the engine counts
  time,        ///< a limit
  memory,      ///< a limit
  no_memory,   ///< the system gave none
  interrupted, ///< as Options::interrupted asked
  endless,     ///< the model says that it has no end
};

[[nodiscard]] constexpr const char* name(Ended ended) {
  constexpr const char* names[] = {"exhausted", "violation", "states",      "time",
                                   "memory",    "no memory", "interrupted", "endless"};
  return names[static_cast<int>(ended)];
}

struct Result {
  Ended ended = Ended::exhausted;
  std::uint64_t states = 0;        ///< distinct ones discovered, the initial ones included; not the violating ones
  std::uint64_t told_apart = 0;    ///< those alike that were taken for one of these included
  std::uint64_t transitions = 0;   ///< emissions of successors, repetitions included
  std::uint64_t places = 0;        ///< distinct ones, in the middle of steps
  std::uint64_t end_states = 0;    ///< expanded states without any successor
  std::uint32_t depth = 0;         ///< greatest length cost of an expanded state
  std::vector<Violation> violations;   ///< the cheapest of each code, cheapest first
  std::optional<Lasso> lasso;          ///< the cheapest; only after a complete search of a liveness model
  bool undecided = false;              ///< states alike were taken for one, and liveness needs them told apart
  std::uint64_t visited_bytes = 0;     ///< peak
  std::uint64_t frontier_bytes = 0;    ///< peak
  std::uint64_t waiting_state_bytes = 0;   ///< of one state that waits to be expanded, on average
  std::uint64_t record_bytes = 0;      ///< links, costs, edges kept for liveness
  double seconds = 0;

  /// What a state or place that was seen takes, on average, for as long as the search lasts.
  [[nodiscard]] double seen_bytes() const {
    return states == 0 ? 0 : static_cast<double>(visited_bytes + record_bytes) / static_cast<double>(states + places);
  }
  [[nodiscard]] bool complete() const { return ended == Ended::exhausted && !undecided; }
  [[nodiscard]] const Violation* violation() const { return violations.empty() ? nullptr : &violations.front(); }
  /// How many states and places, on average, a search of this size takes for others because
  /// their fingerprints are equal: n^2 / 2^65 of each kind.
  [[nodiscard]] double expected_omissions() const {
    const auto n = static_cast<double>(states), m = static_cast<double>(places);
    return (n * n + m * m) / std::ldexp(1.0, 65);
  }
  /// The probability that at least one was hidden in that way.
  [[nodiscard]] double hidden_probability() const { return -std::expm1(-expected_omissions()); }
};

}  // namespace qpcheck::search
