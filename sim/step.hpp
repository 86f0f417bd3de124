// One host step: a call into the program under test, on a stack of its own.
//
// Purpose: run an entry point of the program so that it can be abandoned at any
// of its API calls, when it crashes, when an assertion of its fails, or when it
// never returns; and let a chooser act between any two of its API calls.
// Ownership: nothing; the caller restores the arena after an abandoned step.
// Threads: one step at a time in a process.
// Invariants: between begin and end of a step `operator new` allocates in the
// arena, except inside the simulator and inside an observer (see Outside).
#pragma once

#include <cstdint>
#include <string>

#include "model/observation.hpp"

namespace qpcheck::sim {

enum class StepEnd : std::uint8_t {
  completed,
  pruned,   // the chooser wanted no more of it
  blocked,  // a call can never return
  runaway,  // calls without end, or no call and no end
  misuse,   // a call that is not legal for its object
  crashed,  // a signal, a failed assertion, or what a sanitizer reports
  beyond,   // more of something than the simulator keeps: nothing is known of the program
};

// Between two API calls: may change the environment. `number` counts the calls of
// the step from 0; `offered` says that the call reads or writes what the
// environment shares. Returns false to abandon the step.
class CallHook {
 public:
  virtual ~CallHook() = default;
  virtual bool before_call(std::uint32_t number, const char* name) = 0;
  // The call cannot return yet: one choice of the environment, or time moves on to what
  // ends the wait. False: nothing can make it return.
  virtual bool while_blocked(std::uint32_t number, const char* name) = 0;
  // The program has asked in vain again and again: the same, and time moves in any case.
  virtual void while_spinning(std::uint32_t /*number*/, const char* /*name*/) {}
  // What a call returned to the program, as a hash.
  virtual void returned(std::uint64_t result) = 0;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void observe(const model::Observation&) = 0;
};

class StepRunner {
 public:
  static StepRunner& get();

  void set_observer(Observer* observer) { observer_ = observer; }
  StepEnd run(void (*entry)(void*), void* argument, CallHook* hook);
  // Why the last step did not complete, for a person.
  const std::string& why() const { return why_; }

  // For the simulated functions only.
  void before_call(const char* name, bool offered);
  void wait_or_block(const char* name, const char* why);  // one choice of the environment, or the end
  // Asked for an event or a completion in vain; often enough in one step, and it waits.
  void idle(const char* name);
  // The same for a program that reads the clock again and again and makes no call between.
  void clock_read(const char* name);
  void returned(std::uint64_t result);
  void observe(const model::Observation& observation);
  [[noreturn]] void abandon(StepEnd end, const char* why);
  [[noreturn]] void misuse(model::Misuse kind, const char* why);
  bool in_program() const { return running_ && outside_ == 0; }
  bool running() const { return running_; }
  bool attended() const { return hook_ != nullptr; }  // the environment may act during the step
  std::uint32_t serial() const { return serial_; }  // of the step, for the watchdog
  std::uint64_t began_ms() const { return began_ms_; }

 private:
  friend class Outside;
  friend struct Fiber;
  StepRunner();
  void spin(const char* name);
  [[noreturn]] void leave(StepEnd end);

  Observer* observer_ = nullptr;
  CallHook* hook_ = nullptr;
  void (*entry_)(void*) = nullptr;
  void* argument_ = nullptr;
  std::uint32_t calls_ = 0;
  std::uint32_t idle_calls_ = 0;
  std::uint32_t clock_reads_ = 0;  // since the last call
  std::uint32_t serial_ = 0;
  std::uint64_t began_ms_ = 0;
  std::uint32_t outside_ = 0;
  bool running_ = false;
  StepEnd end_ = StepEnd::completed;
  std::string why_;
};

// While one lives, allocations are not the program's.
class Outside {
 public:
  Outside() { ++StepRunner::get().outside_; }
  ~Outside() { --StepRunner::get().outside_; }
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;
};

}  // namespace qpcheck::sim
