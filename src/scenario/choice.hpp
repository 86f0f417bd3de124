// One choice of a run: the host's, the environment's, or the clock's.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "scenario/host.hpp"
#include "sim/machine.hpp"

namespace qpcheck::scenario {

enum class Actor : std::uint8_t { clock, environment, host };

struct Choice {
  Actor actor{};
  std::uint8_t label = 0;  // 1 … 63 for fair choices, 0 for unfair ones
  std::uint32_t rank = 0;  // orders the choices of a state as their names are ordered
  HostChoice host{};
  sim::EnvChoice environment{};
};

struct Choices {
  std::array<Choice, 176> items{};
  std::size_t count = 0;
  void add(const Choice& choice);  // keeps them in order of rank
  const Choice* begin() const { return items.data(); }
  const Choice* end() const { return items.data() + count; }
};

Choice clock_choice();
Choice choice_of(HostChoice choice);
Choice choice_of(const sim::Kernel& kernel, sim::EnvChoice choice);
std::string name(const sim::Kernel& kernel, const Choice& choice, sim::NameOf name_of = sim::slot_name);

}  // namespace qpcheck::scenario
