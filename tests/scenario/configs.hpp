// Small configurations and short lists, as tests write them.
//
// Purpose: a Config by what differs from the default, and what a trace says in words.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.hpp"
#include "story/words.hpp"
#include "trace/trace.hpp"

namespace qpcheck::scenario {

enum class Start { established, connecting };

inline constexpr qpair::Teardown teardowns[] = {qpair::Teardown::always_wait, qpair::Teardown::connected_flag,
                                                qpair::Teardown::settled};

// The scenario's own budget and start, unless it is to start earlier.
inline Config small_config(std::string_view scenario, qpair::Teardown teardown, Start start = Start::established,
                           std::uint32_t qpairs = 1) {
  Config config = Config::of(*scenario_named(scenario), teardown);
  config.qpairs = qpairs;
  config.from_connecting = config.from_connecting || start == Start::connecting;
  return config;
}

// Two of each fault that a target's process can do to a connection.
inline model::Budget two_deaths() {
  model::Budget budget;
  budget[model::Fault::kill] = budget[model::Fault::peer_disconnect] = 2;
  return budget;
}

inline properties::PropertySet set_of(std::initializer_list<properties::Property> members) {
  properties::PropertySet set;
  for (const properties::Property member : members) set.add(member);
  return set;
}

// Outer and inner choices, in the order in which they were taken.
inline std::vector<std::string> choices_of(const trace::Trace& trace) {
  std::vector<std::string> choices;
  for (const trace::Step& step : trace.steps) {
    choices.push_back(step.choice);
    for (const trace::InnerChoice& inner : step.inner) choices.push_back(inner.choice);
  }
  return choices;
}

inline std::vector<std::string> observations_of(const trace::Trace& trace) {
  std::vector<std::string> lines;
  for (const trace::Step& step : trace.steps)
    for (const trace::Observed& observed : step.observed) lines.push_back(story::words(observed));
  return lines;
}

inline bool has(const std::vector<std::string>& lines, std::string_view line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace qpcheck::scenario
