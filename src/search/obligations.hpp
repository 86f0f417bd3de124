// What liveness needs to remember of a search: which states are pending, which
// obligations have an effect in them, and how states and places lead to each other.
//
// Nodes are states and the places in the middle of steps. Edges are eight bytes and lie
// together by the node they leave. Filled during the search, read after it. One thread.
//
// Invariants:
//   1. An edge from a state carries the label of the choice that the step begins with,
//      one from a place that of the inner choice taken there, or goes_on.
//   2. A transition that leads back to its own state is no effect; where it is a single
//      edge it is not kept.
//   3. Edges are kept of pending states and of all places.
//   4. A place has its edges once all of the step in which it was first met is known.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "search/memory.hpp"
#include "search/model.hpp"

namespace qpcheck::search {

class ObligationGraph {
public:
  struct Edge {
    NodeId to;            ///< no_state: a violating transition, which leads nowhere
    std::uint32_t label;  ///< 0: an option; 1..63; goes_on
  };

  void add_state(bool pending) { states_.push_back({.pending = pending}); }
  NodeId add_place() {
    places_.push_back({});
    return static_cast<NodeId>(places_.size() - 1) | place_bit;
  }

  /// The transitions recorded from now on are of this state, up to finish().
  void begin(StateId state) {
    state_ = state;
    first_new_place_ = places_.size();
    enabled_ = 0;
    from_state_.clear();
    from_places_.clear();
  }

  /// `from`: this state, or a place.
  void record(NodeId from, NodeId to, std::uint8_t label) {
    if (from == the_state) {
      if (to != state_) from_state_.push_back({to, label});
    } else if ((from & ~place_bit) >= first_new_place_) {   // else all of it is known
      from_places_.push_back({from & ~place_bit, {to, label}});
    }
  }

  /// Some obligation of this state has an effect: by fair choices alone it leads elsewhere.
  [[nodiscard]] bool happens() {
    keep_places();
    for (const Edge& edge : from_state_)
      if (edge.label != 0 && (enabled_ & bit(edge.label)) == 0 && leads_elsewhere(edge.to)) enabled_ |= bit(edge.label);
    return enabled_ != 0;
  }

  void finish() {
    State& state = states_[state_];
    (void)happens();
    state.enabled = enabled_;
    if (!state.pending) return;
    state.first = edges_.size();
    for (const Edge& edge : from_state_) {
      const bool dead_end = edge.to == no_state || (!is_place(edge.to) && !states_[edge.to].pending);
      if (dead_end) continue;
      edges_.push_back(edge);
      ++state.degree;
    }
  }

  [[nodiscard]] static constexpr std::uint64_t bit(std::uint32_t label) { return std::uint64_t{1} << label; }
  [[nodiscard]] StateId states() const { return static_cast<StateId>(states_.size()); }
  [[nodiscard]] bool pending(StateId id) const { return states_[id].pending; }
  [[nodiscard]] std::uint64_t enabled(StateId id) const { return states_[id].enabled; }

  /// All nodes, numbered: the states, then the places.
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(states_.size() + places_.size()); }
  [[nodiscard]] std::uint32_t number(NodeId node) const { return is_place(node) ? states() + (node & ~place_bit) : node; }
  [[nodiscard]] NodeId node(std::uint32_t number) const { return number < states() ? number : (number - states()) | place_bit; }
  [[nodiscard]] std::uint32_t degree(NodeId node) const {
    return is_place(node) ? places_[node & ~place_bit].degree : std::uint32_t{states_[node].degree};
  }
  [[nodiscard]] const Edge& edge(NodeId node, std::uint32_t i) const {
    return edges_[(is_place(node) ? places_[node & ~place_bit].first : states_[node].first) + i];
  }
  /// Can a run that stays pending for ever pass here?
  [[nodiscard]] bool lasting(NodeId node) const { return node != no_state && (is_place(node) || states_[node].pending); }
  [[nodiscard]] std::size_t bytes() const { return states_.bytes() + places_.bytes() + edges_.bytes(); }

private:
  struct State {
    std::uint64_t enabled = 0;   ///< labels of the obligations that have an effect
    std::uint64_t first = 0;
    std::uint32_t degree : 31 = 0;
    std::uint32_t pending : 1 = 0;
  };
  struct Place {
    std::uint64_t first = 0;
    std::uint32_t degree = 0;
  };
  struct FromPlace {
    std::size_t place;
    Edge edge;
  };

  void keep_places() {
    std::stable_sort(from_places_.begin(), from_places_.end(), [](const FromPlace& a, const FromPlace& b) { return a.place < b.place; });
    for (const FromPlace& from : from_places_) {
      Place& place = places_[from.place];
      if (place.degree++ == 0) place.first = edges_.size();
      edges_.push_back(from.edge);
    }
    from_places_.clear();
    first_new_place_ = places_.size();
  }

  [[nodiscard]] bool leads_elsewhere(NodeId first) {
    seen_.assign(1, first);
    to_look_at_.assign(1, first);
    while (!to_look_at_.empty()) {
      const NodeId at = to_look_at_.back();
      to_look_at_.pop_back();
      if (at == state_) continue;
      if (at == no_state || !is_place(at)) return true;
      for (std::uint32_t i = degree(at); i-- > 0;) {   // going on is looked at first
        const Edge& next = edge(at, i);
        if (next.label == 0 || std::find(seen_.begin(), seen_.end(), next.to) != seen_.end()) continue;
        seen_.push_back(next.to);
        to_look_at_.push_back(next.to);
      }
    }
    return false;
  }

  StateId state_ = no_state;
  std::size_t first_new_place_ = 0;
  std::uint64_t enabled_ = 0;
  std::vector<Edge> from_state_;
  std::vector<FromPlace> from_places_;
  std::vector<NodeId> seen_, to_look_at_;
  BlockVector<State> states_;
  BlockVector<Place> places_;
  BlockVector<Edge> edges_;
};

}  // namespace qpcheck::search
