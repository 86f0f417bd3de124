// What liveness needs to remember of a search: which states are pending, which
// obligations have an effect in them, and the transitions between pending states.
//
// Edges are eight bytes and lie together by the state they leave. Filled during the
// search, read after it. One thread.
//
// Invariants:
//   1. A transition that leads back to its own state is no effect and is not kept.
//   2. Edges lead from pending states to pending states only.
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "search/memory.hpp"
#include "search/model.hpp"

namespace qpcheck::search {

class ObligationGraph {
public:
  struct Edge {
    StateId to;
    std::uint32_t label : 8;      ///< 0: an option
    std::uint32_t emission : 24;
  };

  void add_state(bool pending) { nodes_.push_back({.pending = pending}); }

  /// The transitions recorded from now on leave this state.
  void begin(StateId from) {
    from_ = from;
    nodes_[from].first = edges_.size();
  }

  void record(StateId to, std::uint32_t emission, std::uint8_t label) {
    Node& node = nodes_[from_];
    if (!node.pending || to == from_) return;
    if (label != 0) node.enabled |= bit(label);
    if (!nodes_[to].pending) return;
    assert(emission < (1U << 24));
    edges_.push_back({to, label, emission & 0xff'ffffU});
    ++node.degree;
  }

  /// A violating transition: an effect, but one that leads nowhere.
  void record_violation(std::uint8_t label) {
    if (label != 0) nodes_[from_].enabled |= bit(label);
  }

  [[nodiscard]] static constexpr std::uint64_t bit(std::uint32_t label) { return std::uint64_t{1} << label; }
  [[nodiscard]] StateId states() const { return static_cast<StateId>(nodes_.size()); }
  [[nodiscard]] bool pending(StateId id) const { return nodes_[id].pending; }
  [[nodiscard]] std::uint64_t enabled(StateId id) const { return nodes_[id].enabled; }
  [[nodiscard]] std::uint32_t degree(StateId id) const { return nodes_[id].degree; }
  [[nodiscard]] const Edge& edge(StateId id, std::uint32_t i) const { return edges_[nodes_[id].first + i]; }
  [[nodiscard]] std::size_t bytes() const { return nodes_.bytes() + edges_.bytes(); }

private:
  struct Node {
    std::uint64_t enabled = 0;   ///< labels of the obligations that have an effect
    std::uint64_t first = 0;
    std::uint32_t degree : 31 = 0;
    std::uint32_t pending : 1 = 0;
  };

  StateId from_ = no_state;
  BlockVector<Node> nodes_;
  BlockVector<Edge> edges_;
};

/// Stands in for the graph where no liveness is asked for.
struct NoObligations {
  [[nodiscard]] static std::size_t bytes() { return 0; }
};

}  // namespace qpcheck::search
