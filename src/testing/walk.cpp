#include "testing/walk.hpp"

#include <algorithm>
#include <ostream>

#include "scenario/world.hpp"
#include "story/explain.hpp"

namespace qpcheck::testing {
namespace {

using scenario::Actor;
using scenario::Choice;
using scenario::Choices;

const Choice& nearest(const Choices& choices, std::uint8_t place) {
  const auto distance = [place](const Choice& choice) {
    const std::uint32_t at = (choice.rank >> 16) * 6 + (choice.rank & 0xff);
    return static_cast<std::uint8_t>(at - place);
  };
  return *std::min_element(choices.begin(), choices.end(),
                           [&](const Choice& one, const Choice& other) { return distance(one) < distance(other); });
}

class Walker final : public sim::CallHook {
 public:
  explicit Walker(const scenario::Config& config) : world_(config) {
    run_.config = config;
    run_.violated = world_.violated();  // by the prefix
    world_.restore(world_.start_image());
    world_.record_to([this](const model::Observation& seen) {
      run_.moments.push_back({seen, world_.kernel().view()});
    });
  }

  Run walk(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions)
      if (!run_.violated.empty() || !take(decision)) break;
    run_.antecedents = world_.antecedents();
    world_.record_to({});
    return std::move(run_);
  }

  bool before_call(std::uint32_t number, const char*) override {
    while (next_ < decision_->inner.size()) {
      const std::uint8_t pick = decision_->inner[next_++];
      Choices choices;
      world_.list_environment(choices);
      if (pick == 0 || choices.count == 0) break;
      act(number, nearest(choices, pick));
    }
    return true;
  }
  // A call that waits, or a program that asks in vain: what must happen does, and where
  // nothing must, time moves on.
  bool while_blocked(std::uint32_t number, const char*) override { return act_or_wait(number, false); }
  void while_spinning(std::uint32_t number, const char*) override { act_or_wait(number, true); }
  void returned(std::uint64_t) override {}

 private:
  void act(std::uint32_t number, const Choice& choice) {
    run_.steps.back().inner.push_back({number, {"", choice}});
    world_.take_environment(choice);
  }

  bool act_or_wait(std::uint32_t number, bool spinning) {
    Choices all, fair;
    world_.list_environment(all);
    for (const Choice& choice : all)
      if (choice.label != 0) fair.add(choice);
    if (fair.count == 0) return world_.let_time_pass(spinning);
    act(number, nearest(fair, next_ < decision_->inner.size() ? decision_->inner[next_++] : 0));
    return true;
  }

  // False: the run is over.
  bool take(const Decision& decision) {
    Choices choices;
    world_.list(choices);
    if (world_.time_may_move()) choices.add(scenario::clock_choice());
    if (choices.count == 0) return false;
    const Choice choice = nearest(choices, decision.outer);
    decision_ = &decision;
    next_ = 0;
    run_.steps.push_back({{"", choice}, {}});
    const std::size_t moments = run_.moments.size();
    world_.begin_step();
    sim::StepEnd end = sim::StepEnd::completed;
    if (choice.actor == Actor::host) end = world_.take_host(choice, this);
    else if (choice.actor == Actor::clock) world_.advance_clock();
    else world_.take_environment(choice);
    if (end == sim::StepEnd::completed) world_.end_step();
    run_.violated = world_.violated();
    if (end == sim::StepEnd::beyond) {  // more than the simulator keeps: the step says nothing
      run_.steps.pop_back();
      run_.moments.resize(moments);
    }
    return end == sim::StepEnd::completed;
  }

  scenario::World world_;
  Run run_;
  const Decision* decision_ = nullptr;
  std::size_t next_ = 0;
};

}  // namespace

void showValue(const Decision& decision, std::ostream& os) {
  os << int{decision.outer};
  for (const std::uint8_t inner : decision.inner) os << '.' << int{inner};
}

std::size_t Run::choices() const {
  std::size_t count = steps.size();
  for (const scenario::WantedStep& step : steps) count += step.inner.size();
  return count;
}

Run walk(const scenario::Config& config, const std::vector<Decision>& decisions) {
  return Walker(config).walk(decisions);
}

trace::Trace trace_of(const Run& run) { return scenario::play(run.config, run.steps).trace; }

}  // namespace qpcheck::testing

void qpcheck::scenario::showValue(const Config& config, std::ostream& os) { os << story::setting(header_of(config)); }
