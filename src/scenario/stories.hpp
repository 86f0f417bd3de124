// Stories worth keeping by name: runs that the search need not find first.
//
// Purpose: the origin's story is not the shortest that violates `always-wait`, so
// no search prints it; it is played from here. Data only.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "scenario/player.hpp"

namespace qpcheck::scenario {

struct Story {
  std::string_view name;
  std::string_view sentence;
  std::string_view scenario;
  bool from_connecting;
  std::uint32_t qpairs;
  qpair::Teardown teardown;  // that it is about
  std::vector<std::string_view> choices;
};

inline const std::array<Story, 3>& stories() {
  static const std::array<Story, 3> all = {{
      {"origin",
       "DISCONNECTED is handled, then the clean-up disconnects again and waits for a second one",
       "target-killed",
       false,
       2,
       qpair::Teardown::always_wait,
       {"kill target", "deliver DREQ qp0", "poll controller", "poll qp0", "request disconnect qp0"}},
      {"parked",
       "DISCONNECTED is fetched but not handled; arming the wait consumes it",
       "target-killed",
       false,
       2,
       qpair::Teardown::connected_flag,
       {"kill target", "deliver DREQ qp0", "poll controller", "request disconnect qp0"}},
      {"rejected",
       "the target dies while the RTU is under way: REJECTED after ESTABLISHED leaves the flag set",
       "target-killed",
       true,
       1,
       qpair::Teardown::connected_flag,
       {"resolve qp0", "poll controller", "poll qp0", "resolve qp0", "poll controller", "poll qp0",
        "deliver REQ qp0 at target", "target accepts qp0", "deliver REP qp0", "kill target", "poll controller",
        "deliver REJ qp0", "poll qp0", "poll controller", "poll qp0", "request disconnect qp0"}},
  }};
  return all;
}

inline Config config_of(const Story& story, qpair::Teardown teardown) {
  Config config = Config::of(*scenario_named(story.scenario), teardown);
  config.from_connecting = config.from_connecting || story.from_connecting;
  config.qpairs = story.qpairs;
  return config;
}

inline std::vector<WantedStep> wanted_steps(const Story& story) {
  std::vector<WantedStep> steps;
  for (const std::string_view choice : story.choices) steps.push_back({{std::string(choice), {}}, {}});
  return steps;
}

}  // namespace qpcheck::scenario
