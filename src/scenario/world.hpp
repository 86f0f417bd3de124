// A world: the simulated machine, the program under test in it, and the properties
// that watch both.
//
// Purpose: one place that can be set up, stepped, described, and put back.
// Ownership: one World at a time in a process (the arena is one). Its mutable part
// lives in the arena, so restoring an Image puts all of it back.
// Threads: none.
// Invariants: the same Config gives the same start; a description covers all that
// decides the future or a verdict; violated() speaks of the current step.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "properties/monitors.hpp"
#include "scenario/choice.hpp"
#include "scenario/scenario.hpp"
#include "sim/arena.hpp"

namespace qpcheck::scenario {

class World final : public sim::Observer {
 public:
  explicit World(const Config& config);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Config& config() const { return config_; }
  const sim::Image& start_image() const;
  // Reaching the start broke a property: search from connecting instead.
  bool prefix_broken() const { return prefix_broken_; }
  void restore(const sim::Image& image) { sim::Arena::get().restore(image); }

  // What may be chosen now, the clock excepted.
  void list(Choices& choices) const;
  void list_environment(Choices& choices) const;
  // Milliseconds to the next deadline or timer; sim::no_timer: none.
  std::uint32_t next_time_ms() const;

  // Steps. Afterwards violated() says what the step broke.
  void begin_step();
  void take_environment(const Choice& choice);
  sim::StepEnd take_host(const Choice& choice, sim::CallHook* hook);
  // Time moves when, and only when, no fair choice would change the state.
  bool time_may_move();
  void advance_clock();
  // Inside a host step: something of the environment is bound to happen.
  bool fair_left() const;
  // Inside a host step that waits in a call, or asks in vain again and again (`spinning`):
  // where no fair choice is left, time moves on to what can end that. False: it cannot.
  bool let_time_pass(bool spinning);
  void end_step();

  properties::PropertySet violated() const { return violated_; }
  // Why, for the first observation that violated a property. Only while explaining.
  struct Because {
    properties::Property property;
    properties::Reason reason;
  };
  const std::vector<Because>& why() const { return why_; }
  properties::PropertySet antecedents() const { return monitors().antecedents(); }
  properties::Monitors& monitors() const { return *root_->monitors; }
  // Of each fault of the budget, the fewest that any step of this World left unspent.
  const model::Budget& least_left() const { return least_left_; }

  std::uint64_t fingerprint();
  // The same for all states that differ only in which qpair is which. REQUIRES Config::alike().
  struct Identity {
    std::uint64_t fingerprint = 0;
    std::uint8_t permutation = 0;   // the order in which the qpairs are described: model::Order::number()
    std::uint8_t orbit = 1;        // so many states share it
  };
  Identity symmetric_identity();
  // In the middle of a step: all but the program.
  std::uint64_t environment_fingerprint();
  // In the middle of a step: what that and violated() would be with this choice taken, and
  // antecedents(). All is as before afterwards: keep() comes first, once for a place.
  struct Ahead {
    std::uint64_t environment = 0;
    properties::PropertySet violated, antecedents;
  };
  void keep();
  Ahead look_ahead(const Choice& choice);
  // Before a step: what, with the results of its calls, decides what the program does in it.
  std::uint64_t program_fingerprint() const;
  std::size_t description_bytes() const { return described_; }
  // Something has begun and not ended that must end: a connecting, a teardown, and where the
  // program means to: a dead peer is silent and not noticed, or one that disconnects is not answered.
  bool pending() const {
    return host_->pending() || monitors().going_down() || silent_death_unnoticed() || disconnect_unanswered();
  }
  const Host& host() const { return *host_; }
  sim::Kernel& kernel() const { return sim::kernel(); }

  // Every observation as it happens, and reasons for violations; for traces.
  void record_to(std::function<void(const model::Observation&)> recorder) { recorder_ = std::move(recorder); }
  void explain(bool on) { explain_ = on; }
  void violate(properties::Property property, const properties::Reason& reason);

  void observe(const model::Observation& seen) override;

 private:
  using OfQpairs = std::array<std::uint8_t, model::max_qpairs>;
  OfQpairs completions() const;
  struct Root {
    properties::Monitors* monitors;
  };
  void connect_all();
  bool silent_death_unnoticed() const;
  bool disconnect_unanswered() const;
  void put_back();  // what keep() kept
  std::size_t describe_environment_of(std::uint8_t qpair, std::span<std::uint8_t> out) const;
  std::size_t describe_environment_rest(std::span<std::uint8_t> out, const model::Order& order = {}) const;
  std::size_t describe_environment(std::span<std::uint8_t> out) const;
  std::size_t describe_program(std::span<std::uint8_t> out) const;
  void observe_connected();
  bool message_left() const;  // that belongs to connecting

  Config config_;
  std::uint8_t qpairs_;  // that there can be
  std::unique_ptr<Host> host_;
  Root* root_ = nullptr;
  std::unique_ptr<std::byte[]> start_;
  std::vector<std::byte> kept_;
  properties::PropertySet violated_;
  std::vector<Because> why_;
  std::function<void(const model::Observation&)> recorder_;
  model::Budget least_left_;  // of all steps, so it is not put back with an image
  std::size_t described_ = 0;
  std::uint8_t polled_ = 0;  // by this step, a bit for each qpair,
  std::uint8_t drained_ = 0; // whose completions it is to take, all that were there when it began:
  OfQpairs completed_before_{};  // so many are left of these
  bool explain_ = false;
  bool prefix_broken_ = false;
};

}  // namespace qpcheck::scenario
