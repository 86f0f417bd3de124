// The search of inner choices as one would first write it: every sequence of them,
// nothing remembered, nothing pruned. Slow and plainly right.
//
// Purpose: what InnerSearch and WorldModel are compared with, on small sizes.
// Ownership: borrows the World.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "scenario/choice.hpp"
#include "scenario/inner_search.hpp"
#include "scenario/world.hpp"
#include "tests/scenario/graph.hpp"

namespace qpcheck::scenario {

class EveryWay final : public sim::CallHook {
 public:
  explicit EveryWay(World& world) : world_(world) {}

  // Calls each(end) for every run of the host's choice.
  void run(const sim::Image& from, const Choice& choice, const std::function<void(sim::StepEnd)>& each) {
    waiting_.assign(1, {});
    while (!waiting_.empty()) {
      forced_ = std::move(waiting_.back());
      waiting_.pop_back();
      taken_ = 0;
      world_.restore(from);
      world_.begin_step();
      ++runs_;
      each(world_.take_host(choice, this));
    }
  }

  bool before_call(std::uint32_t number, const char* name) override {
    while (taken_ < forced_.size() && forced_[taken_].call == number) world_.take_environment(forced_[taken_++].choice);
    if (taken_ < forced_.size()) return true;
    Choices choices;
    world_.list_environment(choices);
    for (const Choice& choice : choices) {
      waiting_.push_back(forced_);
      waiting_.back().push_back({number, name, choice});
    }
    return true;
  }
  bool while_blocked(std::uint32_t, const char*) override { return false; }  // src/qpair never blocks
  void returned(std::uint64_t) override {}

  std::size_t runs() const { return runs_; }

 private:
  World& world_;
  std::vector<InnerTaken> forced_;
  std::vector<std::vector<InnerTaken>> waiting_;
  std::size_t taken_ = 0;
  std::size_t runs_ = 0;
};

// All reachable states, by the rules of WorldModel, with EveryWay inside host steps.
class NaiveSearch {
 public:
  explicit NaiveSearch(const Config& config) : world_(config), every_way_(world_) {
    world_.restore(world_.start_image());
    reach();
    for (std::size_t next = 0; next < images_.size(); ++next) expand(std::vector<std::byte>(images_[next]));
  }

  const std::map<std::uint64_t, std::size_t>& states() const { return states_; }
  properties::PropertySet violated() const { return violated_; }
  std::size_t runs() const { return every_way_.runs(); }

 private:
  void expand(const std::vector<std::byte>& image) {
    const sim::Image& from = as_image(image);
    world_.restore(from);
    from_ = world_.fingerprint();
    changed_ = false;
    Choices choices;
    world_.list(choices);
    for (const Choice& choice : choices) {
      if (choice.actor == Actor::host) {
        every_way_.run(from, choice, [&](sim::StepEnd end) { finish(choice.label, end); });
        continue;
      }
      world_.restore(from);
      world_.begin_step();
      world_.take_environment(choice);
      finish(choice.label, sim::StepEnd::completed);
    }
    if (changed_) return;
    world_.restore(from);
    if (world_.next_time_ms() == sim::no_timer || world_.next_time_ms() == 0) return;
    world_.begin_step();
    world_.advance_clock();
    finish(1, sim::StepEnd::completed);
  }

  void finish(std::uint8_t label, sim::StepEnd end) {
    const bool whole = end == sim::StepEnd::completed;
    if (whole) world_.end_step();
    violated_.bits |= world_.violated().bits;
    if (!whole || (label != 0 && world_.fingerprint() != from_)) changed_ = true;
    if (whole && world_.violated().empty()) reach();
  }

  void reach() {
    if (states_.try_emplace(world_.fingerprint(), images_.size()).second)
      images_.push_back(bytes_of(sim::Arena::get().image()));
  }

  World world_;
  EveryWay every_way_;
  std::map<std::uint64_t, std::size_t> states_;
  std::vector<std::vector<std::byte>> images_;
  properties::PropertySet violated_;
  std::uint64_t from_ = 0;
  bool changed_ = false;
};

}  // namespace qpcheck::scenario
