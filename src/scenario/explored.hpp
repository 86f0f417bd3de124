// What a search really did, seen from one qpair.
//
// Purpose: the data of `qpcheck diagram explored`, collected while check() runs.
// Ownership: plain values. Invariants: in the order of discovery, which is the same
// on every run; moves that change nothing that is shown are left out.
#pragma once

#include <set>
#include <vector>

#include "scenario/control.hpp"

namespace qpcheck::scenario {

class Explored {
 public:
  void see(const ControlMove& move) {
    if (move.from == move.to && !move.violating) return;
    ControlMove alone = move;
    alone.meanwhile = false;
    if (move.meanwhile && known_moves_.contains(alone)) return;  // it needs nobody's help
    add(move.from);
    if (!move.violating) add(move.to);
    if (known_moves_.insert(move).second) moves_.push_back(move);
  }
  void start(const ControlState& state) { add(state); }

  const std::vector<ControlState>& states() const { return states_; }
  const std::vector<ControlMove>& moves() const { return moves_; }

 private:
  void add(const ControlState& state) {
    if (known_states_.insert(state).second) states_.push_back(state);
  }

  std::vector<ControlState> states_;
  std::vector<ControlMove> moves_;
  std::set<ControlState> known_states_;
  std::set<ControlMove> known_moves_;
};

}  // namespace qpcheck::scenario
