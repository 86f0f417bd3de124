// An environment that does what it owes, in order, while the program waits; where it
// owes nothing, time goes on.
//
// Purpose: calls that block, programs that spin and programs that sleep, without a search.
#pragma once

#include "tests/sim/bench.hpp"

namespace qpcheck::sim::test {

struct Obliging : CallHook {
  bool before_call(std::uint32_t, const char*) override { return true; }
  bool while_blocked(std::uint32_t, const char* name) override {
    blocked_in = name;
    if (oblige()) return true;
    const std::uint32_t ms = kernel().next_timer_ms();
    if (ms == no_timer) return false;
    kernel().advance(ms);
    return true;
  }
  void while_spinning(std::uint32_t, const char* name) override {
    spun_in = name;
    if (!oblige()) kernel().advance(std::min(kernel().next_timer_ms(), program_deadline_in_ms));
  }
  void returned(std::uint64_t) override {}

  // Takes the first fair choice. False: there is none.
  bool oblige() {
    EnvChoices choices;
    list(kernel(), choices);
    for (const EnvChoice& choice : choices) {
      if (fair_label(kernel(), choice) == 0) continue;
      const Outside outside;
      taken.push_back(name(kernel(), choice));
      sim::take(kernel(), choice);
      return true;
    }
    return false;
  }

  std::uint32_t program_deadline_in_ms = 100;
  std::string blocked_in, spun_in;
  std::vector<std::string> taken;
};

}  // namespace qpcheck::sim::test
