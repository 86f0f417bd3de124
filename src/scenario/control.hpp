// Control states: what a person would call the state of one qpair.
//
// Purpose: the nodes and arrows of `qpcheck diagram explored`: the qpair's life, its
// flag, the events the program holds for it unhandled, and the CM's state.
// Ownership: plain values. Threads: none.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "scenario/world.hpp"

namespace qpcheck::scenario {

struct ControlState {
  std::uint8_t life = 0;       // model::Life
  std::uint8_t flag = 0;       // `connected`
  std::uint16_t held = 0;      // model::EventSet: fetched, not handled
  std::uint8_t cm = 255;       // model::Ib of the host's end, on iWARP iwarp + model::Iw; 255: no rdma_cm_id
  static constexpr std::uint8_t iwarp = 64;
  auto operator<=>(const ControlState&) const = default;
};

struct ControlMove {
  ControlState from, to;
  std::string label;       // event and guard
  bool meanwhile = false;  // the environment acted inside the step
  bool violating = false;
  auto operator<=>(const ControlMove&) const = default;
};

ControlState control_state(const World& world, std::uint8_t qpair);
std::string words(const ControlState& state);

// The choice, and, where the life changed, the row of its table that says so. `time_was_up`: a
// deadline had been reached before it.
std::string move_label(const std::string& choice, bool time_was_up, const ControlState& from, const ControlState& to);

}  // namespace qpcheck::scenario
