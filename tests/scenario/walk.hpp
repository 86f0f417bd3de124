// Random runs of the real code: every decision comes from a list of numbers.
//
// Purpose: a list of numbers is what RapidCheck draws and shrinks well: fewer steps,
// no inner choices. A number means a place among the names of all choices, enabled or
// not, and the next enabled one is taken; so what a number means hardly depends on
// the steps before it, and steps can be left out.
// Ownership: walk() makes its own World; so none may be alive besides.
// Invariants: the same Config and numbers give the same run.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scenario/player.hpp"
#include "scenario/world.hpp"
#include "trace/explain.hpp"

namespace qpcheck::scenario {

// One step, and at each offered call inside it what the environment does; 0: no more
// before this call.
struct Decision {
  std::uint8_t outer = 0;
  std::vector<std::uint8_t> inner;
};

inline const Choice& nearest(const Choices& choices, std::uint8_t place) {
  const auto distance = [place](const Choice& choice) {
    const std::uint32_t at = (choice.rank >> 16) * 6 + (choice.rank & 0xff);
    return static_cast<std::uint8_t>(at - place);
  };
  return *std::min_element(choices.begin(), choices.end(),
                           [&](const Choice& one, const Choice& other) { return distance(one) < distance(other); });
}

inline void showValue(const Decision& decision, std::ostream& os) {
  os << int{decision.outer};
  for (const std::uint8_t inner : decision.inner) os << '.' << int{inner};
}

struct Walked {
  std::vector<WantedStep> steps;  // as taken, for play()
  properties::PropertySet violated;
  properties::PropertySet premises;  // what the run was about
  std::size_t choices() const {
    std::size_t count = steps.size();
    for (const WantedStep& step : steps) count += step.inner.size();
    return count;
  }
};

class Walker final : public sim::CallHook {
 public:
  explicit Walker(const Config& config) : world_(config) { world_.restore(world_.start_image()); }

  Walked walk(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) {
      take(decision);
      if (!walked_.violated.empty()) break;
    }
    walked_.premises = world_.premises();
    return std::move(walked_);
  }

  bool before_call(std::uint32_t number, const char*) override {
    while (next_ < decision_->inner.size()) {
      const std::uint8_t pick = decision_->inner[next_++];
      Choices choices;
      world_.list_environment(choices);
      if (pick == 0 || choices.count == 0) break;
      const Choice choice = nearest(choices, pick);
      walked_.steps.back().inner.push_back({number, {"", choice}});
      world_.take_environment(choice);
    }
    return true;
  }
  bool while_blocked(std::uint32_t, const char*) override { return false; }
  void returned(std::uint64_t) override {}

 private:
  void take(const Decision& decision) {
    Choices choices;
    world_.list(choices);
    if (choices.count == 0) return;  // all is over
    const Choice choice = nearest(choices, decision.outer);
    decision_ = &decision;
    next_ = 0;
    walked_.steps.push_back({{"", choice}, {}});
    world_.begin_step();
    sim::StepEnd end = sim::StepEnd::completed;
    if (choice.actor == Actor::host) end = world_.take_host(choice, this);
    else world_.take_environment(choice);
    if (end == sim::StepEnd::completed) world_.end_step();
    walked_.violated = world_.violated();
  }

  World world_;
  Walked walked_;
  const Decision* decision_ = nullptr;
  std::size_t next_ = 0;
};

inline Walked walk(const Config& config, const std::vector<Decision>& decisions) { return Walker(config).walk(decisions); }

inline rc::Gen<std::vector<Decision>> gen_decisions() {
  const auto number = rc::gen::inRange<std::uint8_t>(0, 240);
  const auto inner = rc::gen::weightedOneOf<std::uint8_t>({{3, rc::gen::just(std::uint8_t{0})}, {1, number}});
  return rc::gen::scale(2, rc::gen::container<std::vector<Decision>>(rc::gen::build<Decision>(
      rc::gen::set(&Decision::outer, number),
      rc::gen::set(&Decision::inner, rc::gen::resize(6, rc::gen::container<std::vector<std::uint8_t>>(inner))))));
}

// Up to three faults of any kind, those beyond the contract included.
inline rc::Gen<model::Budget> gen_budget() {
  return rc::gen::map(rc::gen::resize(3, rc::gen::container<std::vector<std::uint8_t>>(
                          rc::gen::inRange<std::uint8_t>(0, model::fault_count + 1))),
                      [](const std::vector<std::uint8_t>& drawn) {
                        model::Budget budget;
                        for (const std::uint8_t fault : drawn) ++(fault < model::fault_count ? budget.of[fault] : budget.any);
                        return budget;
                      });
}

inline rc::Gen<Config> gen_config(const Scenario& scenario, qpair::Teardown teardown) {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint32_t>(1, 4), rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(), gen_budget()),
      [&scenario, teardown](const auto& drawn) {
        const auto& [qpairs, from_connecting, iwarp, budget] = drawn;
        Config config = Config::of(scenario, teardown);
        config.qpairs = qpairs;
        config.from_connecting = config.from_connecting || from_connecting;
        config.transport = iwarp ? model::Transport::iw : model::Transport::ib;
        config.faults = budget;
        config.properties = config.required();
        return config;
      });
}

inline void showValue(const Config& config, std::ostream& os) { os << trace::setting(header_of(config)); }

}  // namespace qpcheck::scenario
