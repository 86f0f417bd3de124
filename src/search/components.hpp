// Strongly connected components of pending states and places (Tarjan, without recursion).
#pragma once

#include <algorithm>
#include <vector>

#include "search/fair_graph.hpp"

namespace qpcheck::search {

/// For each node the number of its component; no_state where no pending state leads to it.
class Components {
public:
  explicit Components(const FairGraph& graph)
      : graph_(graph), component_(graph.nodes(), no_state), visit_(graph.nodes(), unvisited), low_(graph.nodes()) {
    for (StateId id = 0; id < graph.states(); ++id) {
      if (graph.pending(id) && visit_[id] == unvisited) explore_from(id);
    }
    visit_ = {};
    low_ = {};
  }

  [[nodiscard]] StateId of(NodeId node) const {
    return graph_.lasting(node) ? component_[graph_.number(node)] : no_state;
  }
  [[nodiscard]] StateId count() const { return count_; }
  /// What finding them takes at most.
  [[nodiscard]] static std::size_t bytes_for(const FairGraph& graph) {
    return graph.nodes() * (sizeof(component_[0]) + sizeof(visit_[0]) + sizeof(low_[0]));
  }

private:
  static constexpr std::uint32_t unvisited = 0xffff'ffff;
  struct Frame {
    std::uint32_t node;   // by its number
    std::uint32_t edge;   // to be looked at next
  };

  void explore_from(std::uint32_t root) {
    enter(root);
    while (!frames_.empty()) {
      const auto [at, edge] = frames_.back();
      if (edge == FairGraph::no_edges) {
        leave(at);
        continue;
      }
      frames_.back().edge = graph_.next(edge);
      const NodeId next = graph_.edge(edge).to;
      if (!graph_.lasting(next)) continue;
      const std::uint32_t to = graph_.number(next);
      if (visit_[to] == unvisited) {
        enter(to);
      } else if (component_[to] == no_state) {   // still on the stack
        low_[at] = std::min(low_[at], visit_[to]);
      }
    }
  }

  void enter(std::uint32_t node) {
    visit_[node] = low_[node] = clock_++;
    stack_.push_back(node);
    frames_.push_back({node, graph_.first(graph_.node(node))});
  }

  void leave(std::uint32_t node) {
    frames_.pop_back();
    if (!frames_.empty()) low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
    if (low_[node] != visit_[node]) return;
    for (std::uint32_t member = unvisited; member != node;) {
      member = stack_.back();
      stack_.pop_back();
      component_[member] = count_;
    }
    ++count_;
  }

  const FairGraph& graph_;
  std::vector<StateId> component_;
  std::vector<std::uint32_t> visit_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  std::uint32_t clock_ = 0;
  StateId count_ = 0;
};

}  // namespace qpcheck::search
