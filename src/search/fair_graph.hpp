// What liveness needs to remember of a search: which states are pending, which
// fair choices have an effect in them, and how states and places lead to each other.
//
// Nodes are states and the places in the middle of steps. Edges are five bytes and lie
// together by the node they leave. Filled during the search, read after it. One thread.
//
// Invariants:
//   1. An edge from a state carries the label of the choice that the step begins with,
//      one from a place that of the inner choice taken there, or goes_on.
//   2. A transition that leads back to its own state is no effect; where it is a single
//      edge it is not kept. One that leads to another state alike is one: permutations tell them apart.
//   3. Edges are kept of pending states and of all places.
//   4. A place has its edges once all of the step in which it was first met is known.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "search/memory.hpp"
#include "search/model.hpp"

namespace qpcheck::search {

class FairGraph {
public:
  struct Edge {
    NodeId to;            ///< no_state: a violating transition, which leads nowhere
    std::uint32_t label;  ///< 0: an unfair one; 1..63; goes_on
    std::uint8_t permutation = 0;   ///< of the state that it leads to
  };

  void add_state(bool pending) {
    enabled_in_.push_back(pending ? pending_bit : 0);
    permutation_of_.push_back(0);
    first_of_state_.push_back(no_edges);
  }
  NodeId add_place() {
    first_of_place_.push_back(no_edges);
    return static_cast<NodeId>(first_of_place_.size() - 1) | place_bit;
  }

  /// The transitions recorded from now on are of this state, up to finish().
  void begin(StateId state) {
    state_ = state;
    permutation_ = 0;
    first_new_place_ = first_of_place_.size();
    enabled_ = 0;
    from_state_.clear();
    from_places_.clear();
  }

  /// Which of those alike this state is. Before anything is recorded of it.
  void permuted(std::uint8_t permutation) {
    permutation_of_[state_] = permutation_ = permutation;
  }

  /// `from`: this state, or a place.
  void record(NodeId from, const Edge& edge) {
    reduced_ |= edge.permutation != 0;
    if (from == the_state) {
      if (!leads_back(edge)) from_state_.push_back(edge);
    } else if ((from & ~place_bit) >= first_new_place_) {   // else all of it is known
      from_places_.push_back({from & ~place_bit, edge});
    }
  }

  /// Some fair choice of this state has an effect: by fair choices alone it leads elsewhere.
  [[nodiscard]] bool happens() {
    keep_places();
    for (const Edge& edge : from_state_)
      if (edge.label != 0 && (enabled_ & bit(edge.label)) == 0 && leads_elsewhere(edge)) enabled_ |= bit(edge.label);
    return enabled_ != 0;
  }

  void finish() {
    (void)happens();
    enabled_in_[state_] |= enabled_;
    if (!pending(state_)) return;
    std::erase_if(from_state_, [&](const Edge& edge) {
      return edge.to == no_state || (!is_place(edge.to) && !pending(edge.to));
    });
    first_of_state_[state_] = keep(from_state_);
  }

  [[nodiscard]] static constexpr std::uint64_t bit(std::uint32_t label) { return std::uint64_t{1} << label; }
  [[nodiscard]] StateId states() const { return static_cast<StateId>(enabled_in_.size()); }
  [[nodiscard]] bool pending(StateId id) const { return (enabled_in_[id] & pending_bit) != 0; }
  [[nodiscard]] std::uint64_t enabled(StateId id) const { return enabled_in_[id] & ~pending_bit; }
  [[nodiscard]] std::uint8_t permutation(StateId id) const { return permutation_of_[id]; }
  /// Some state was taken for one that it is alike to.
  [[nodiscard]] bool reduced() const { return reduced_; }

  /// All nodes, numbered: the states, then the places.
  [[nodiscard]] std::uint32_t nodes() const {
    return static_cast<std::uint32_t>(enabled_in_.size() + first_of_place_.size());
  }
  [[nodiscard]] std::uint32_t number(NodeId node) const {
    return is_place(node) ? states() + (node & ~place_bit) : node;
  }
  [[nodiscard]] NodeId node(std::uint32_t number) const {
    return number < states() ? number : (number - states()) | place_bit;
  }

  /// The edges that leave a node: for (e = first(node); e != no_edges; e = next(e)) edge(e).
  static constexpr std::uint32_t no_edges = 0xffff'ffff;
  [[nodiscard]] std::uint32_t first(NodeId node) const {
    return is_place(node) ? first_of_place_[node & ~place_bit] : first_of_state_[node];
  }
  [[nodiscard]] std::uint32_t next(std::uint32_t edge) const {
    return (edges_[edge].label & last_bit) != 0 ? no_edges : edge + 1;
  }
  [[nodiscard]] Edge edge(std::uint32_t edge) const {
    const Kept& kept = edges_[edge];
    const std::uint32_t label = kept.label & ~std::uint32_t{last_bit};
    if (is_place(kept.to)) return {kept.to, label};
    return {kept.to & most_states, label, static_cast<std::uint8_t>(kept.to >> permutation_shift)};
  }

  /// Can a run that stays pending for ever pass here?
  [[nodiscard]] bool lasting(NodeId node) const { return node != no_state && (is_place(node) || pending(node)); }
  /// Numbers are running out.
  [[nodiscard]] bool full() const {
    return edges_.size() > no_edges - (1U << 28) || enabled_in_.size() > most_states - (1U << 24);
  }
  [[nodiscard]] std::size_t bytes() const {
    return enabled_in_.bytes() + permutation_of_.bytes() + first_of_state_.bytes() + first_of_place_.bytes() +
           edges_.bytes();
  }

private:
  static constexpr std::uint64_t pending_bit = 1;   // no fair choice has the label 0
  static constexpr std::uint8_t last_bit = 0x80;
  static constexpr unsigned permutation_shift = 28;   // of a state's number, its permutation above it
  static constexpr std::uint32_t most_states = (std::uint32_t{1} << permutation_shift) - 1;
  static_assert(std::uint32_t{most_permutations} << permutation_shift <= place_bit);
  struct __attribute__((packed)) Kept {
    NodeId to;
    std::uint8_t label;   ///< with last_bit: the node's last edge
  };
  struct FromPlace {
    std::size_t place;
    Edge edge;
  };

  std::uint32_t keep(const std::vector<Edge>& edges) {
    const auto first = static_cast<std::uint32_t>(edges_.size());
    for (const Edge& edge : edges) {
      const NodeId to = is_place(edge.to) ? edge.to : edge.to | std::uint32_t{edge.permutation} << permutation_shift;
      edges_.push_back({to, static_cast<std::uint8_t>(edge.label)});
    }
    if (edges.empty()) return no_edges;
    edges_[edges_.size() - 1].label |= last_bit;
    return first;
  }

  void keep_places() {
    std::stable_sort(from_places_.begin(), from_places_.end(),
                     [](const FromPlace& a, const FromPlace& b) { return a.place < b.place; });
    for (auto from = from_places_.begin(); from != from_places_.end();) {
      const std::size_t place = from->place;
      of_place_.clear();
      for (; from != from_places_.end() && from->place == place; ++from) of_place_.push_back(from->edge);
      first_of_place_[place] = keep(of_place_);
    }
    from_places_.clear();
    first_new_place_ = first_of_place_.size();
  }

  [[nodiscard]] bool leads_back(const Edge& edge) const {
    return edge.to == state_ && edge.permutation == permutation_;
  }

  [[nodiscard]] bool leads_elsewhere(const Edge& start) {
    if (ends_step(start)) return !leads_back(start);
    seen_.assign(1, start.to);
    to_look_at_.assign(1, start.to);
    while (!to_look_at_.empty()) {
      const NodeId at = to_look_at_.back();
      to_look_at_.pop_back();
      const auto behind = static_cast<std::ptrdiff_t>(to_look_at_.size());
      for (std::uint32_t e = first(at); e != no_edges; e = next(e)) {
        const Edge taken = edge(e);
        if (taken.label == 0 || leads_back(taken)) continue;
        if (ends_step(taken)) return true;
        if (std::find(seen_.begin(), seen_.end(), taken.to) != seen_.end()) continue;
        seen_.push_back(taken.to);
        to_look_at_.insert(to_look_at_.begin() + behind, taken.to);   // going on is looked at first
      }
    }
    return false;
  }

  static bool ends_step(const Edge& edge) { return edge.to == no_state || !is_place(edge.to); }

  StateId state_ = no_state;
  std::uint8_t permutation_ = 0;
  bool reduced_ = false;
  std::size_t first_new_place_ = 0;
  std::uint64_t enabled_ = 0;
  std::vector<Edge> from_state_, of_place_;
  std::vector<FromPlace> from_places_;
  std::vector<NodeId> seen_, to_look_at_;
  BlockVector<std::uint64_t> enabled_in_;   ///< by state: labels of fair choices that have an effect; pending_bit
  BlockVector<std::uint8_t> permutation_of_;       ///< by state
  BlockVector<std::uint32_t> first_of_state_, first_of_place_;
  BlockVector<Kept> edges_;
};

}  // namespace qpcheck::search
