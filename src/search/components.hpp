// Strongly connected components of the pending states (Tarjan, without recursion).
#pragma once

#include <algorithm>
#include <vector>

#include "search/obligations.hpp"

namespace qpcheck::search {

/// For each state the number of its component; no_state where it is not pending.
class Components {
public:
  explicit Components(const ObligationGraph& graph)
      : graph_(graph), component_(graph.states(), no_state), visit_(graph.states(), unvisited), low_(graph.states()) {
    for (StateId id = 0; id < graph.states(); ++id) {
      if (graph.pending(id) && visit_[id] == unvisited) explore_from(id);
    }
    visit_ = {};
    low_ = {};
  }

  [[nodiscard]] StateId of(StateId id) const { return component_[id]; }
  [[nodiscard]] StateId count() const { return count_; }

private:
  static constexpr StateId unvisited = no_state;
  struct Frame {
    StateId id;
    std::uint32_t next_edge;
  };

  void explore_from(StateId root) {
    enter(root);
    while (!frames_.empty()) {
      const StateId id = frames_.back().id;
      if (frames_.back().next_edge == graph_.degree(id)) {
        leave(id);
        continue;
      }
      const StateId to = graph_.edge(id, frames_.back().next_edge++).to;
      if (visit_[to] == unvisited) {
        enter(to);
      } else if (component_[to] == no_state) {   // still on the stack
        low_[id] = std::min(low_[id], visit_[to]);
      }
    }
  }

  void enter(StateId id) {
    visit_[id] = low_[id] = clock_++;
    stack_.push_back(id);
    frames_.push_back({id, 0});
  }

  void leave(StateId id) {
    frames_.pop_back();
    if (!frames_.empty()) low_[frames_.back().id] = std::min(low_[frames_.back().id], low_[id]);
    if (low_[id] != visit_[id]) return;
    for (StateId member = no_state; member != id;) {
      member = stack_.back();
      stack_.pop_back();
      component_[member] = count_;
    }
    ++count_;
  }

  const ObligationGraph& graph_;
  std::vector<StateId> component_;
  std::vector<StateId> visit_;
  std::vector<StateId> low_;
  std::vector<StateId> stack_;
  std::vector<Frame> frames_;
  StateId clock_ = 0;
  StateId count_ = 0;
};

}  // namespace qpcheck::search
