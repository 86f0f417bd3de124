// A program of its own (sim/program.hpp) put into a world.
//
// Purpose: its entry points as choices; its memory as its state. What such a program
// remembers is not known by name, so its state is all of its memory, byte for byte,
// with the machine's handles on it. Times in it count by their distance from now, else no
// program with a timer would ever come back to a state: the world's clock begins so late that
// nothing else looks like a time. Sound, if not the smallest, as long as a program does no
// more with times than to compare them and to take differences.
// Ownership: the program lives in the arena, made by the step "start".
// Threads: none.
#pragma once

#include "scenario/growth.hpp"
#include "scenario/host.hpp"
#include "sim/program.hpp"

namespace qpcheck::scenario {

// Where a program's clock begins: no pointer, no count and no id is as large, or so near.
inline constexpr std::uint64_t clock_origin_ms = 4'000'000'000'000;

class ProgramHost final : public Host {
 public:
  explicit ProgramHost(const Config& config) : info_(*config.program), fixed_(config.fixed) {}

  sim::QpairOfContext namer() const override;
  void start() override;
  void list(HostChoices& choices) const override;
  bool offers(HostChoice choice) const override;
  std::uint8_t polls(HostChoice choice) const override;
  sim::StepEnd run(HostChoice choice, sim::CallHook* hook) override;
  bool all_connected() const override { return program() != nullptr && program()->connected(); }
  bool pending() const override { return program() != nullptr && (program()->connecting() || program()->going_down()); }
  std::uint32_t next_deadline_ms() const override;
  std::size_t describe_rest(std::span<std::uint8_t> out, const model::Order&) const override;
  const std::string& grows() const override { return growth_.found(); }
  std::uint8_t life_of(std::uint8_t) const override { return 0; }
  bool flag_of(std::uint8_t) const override { return false; }

 private:
  struct State {
    sim::Program* program;  // null: it is not started
  };
  static void enter(void* self);
  void call();
  void read() const;
  sim::Program* program() const { return state_->program; }

  const sim::ProgramInfo& info_;
  bool fixed_;
  State* state_ = nullptr;
  std::size_t begin_ = 0;  // of the program's memory in the arena
  HostChoice entering_{};
  mutable Growth growth_;  // of all states that were described
};

}  // namespace qpcheck::scenario
