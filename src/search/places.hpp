// Places in the middle of steps, remembered over the whole search like states.
//
// A step of a model may branch on its way. At each place where it could, the model says
// where it is, and is told whether to go on from there: whatever can come of a place is
// found once, with the first step that gets there. A place that is reached again by fewer
// choices is gone on from again, so that states behind it get their least cost.
//
//   for (each choice of the state) {
//     ... run; at a place:
//     Places::Arrival here = emit.places().arrive(edge, key);   edge.from: the place before
//     if (here.go_on) ... one run goes on with edge.from = here.place, and one for each
//                         inner choice, edge.inner_fair being its label
//     else ... this run ends here and emits nothing
//     ... at the end: emit(edge, next)
//   }
//   if (!emit.places().happens()) ... the clock
//
// REQUIRES: equal keys mean equal futures up to the end of the step, and of the same
// choices; every way on from a new place is run before the model says that it is done.
// Owned by the engine, or by who expands one state alone. One thread.
#pragma once

#include "search/fair_graph.hpp"
#include "search/records.hpp"
#include "search/visited.hpp"

namespace qpcheck::search {

class Places {
public:
  struct Arrival {
    NodeId place;
    bool go_on;
  };

  explicit Places(bool exact_costs) : exact_costs_(exact_costs), table_(16) {}

  void add_state(bool pending) { graph_.add_state(pending); }
  void begin(StateId state, Cost cost) {
    cost_ = cost;
    graph_.begin(state);
  }

  /// Which of those alike the state is that is being expanded (Model::permutation).
  void permuted(std::uint8_t permutation) { graph_.permuted(permutation); }

  /// It will be asked for this place before long.
  void prefetch(std::uint64_t key) const { table_.prefetch(stored(key)); }

  Arrival arrive(const Edge& edge, std::uint64_t key) {
    const Cost cost = cost_ + (exact_costs_ ? edge : without_inner(edge));
    too_costly_ |= !KeptCost::fits(cost);
    const auto [index, is_new] = table_.insert(key, static_cast<StateId>(costs_.size()));
    const NodeId place = index | place_bit;
    if (is_new) {
      costs_.push_back(cost);
      graph_.add_place();
    }
    record(edge, place);
    if (!is_new && !(cost < Cost(costs_[index]))) return {place, false};
    costs_[index] = cost;
    return {place, true};
  }

  /// The transition ends there; no_state: it violates.
  void record(const Edge& edge, NodeId to) {
    graph_.record(edge.from, {to, edge.from == the_state ? edge.fair : edge.inner_fair, edge.permutation});
  }

  /// Of the state's choices so far: a fair choice has an effect.
  [[nodiscard]] bool happens() { return graph_.happens(); }
  void finish() { graph_.finish(); }

  [[nodiscard]] const FairGraph& graph() const { return graph_; }
  [[nodiscard]] std::uint64_t count() const { return costs_.size(); }
  [[nodiscard]] std::size_t bytes() const { return table_.bytes() + costs_.bytes() + graph_.bytes(); }
  [[nodiscard]] std::size_t growth_soon() const { return table_.growth_soon(); }
  /// Numbers are running out, or a cost is greater than can be kept.
  [[nodiscard]] bool full() const { return graph_.full() || too_costly_ || count() >= place_bit - (1U << 24); }

private:
  bool exact_costs_;
  bool too_costly_ = false;
  Cost cost_;   ///< of the state that is being expanded
  VisitedTable<true> table_;
  BlockVector<KeptCost> costs_;
  FairGraph graph_;
};

/// Stands in where steps have no places, and no liveness is asked for.
struct NoPlaces {
  explicit NoPlaces(bool) {}
  [[nodiscard]] static std::uint64_t count() { return 0; }
  [[nodiscard]] static std::size_t bytes() { return 0; }
  [[nodiscard]] static std::size_t growth_soon() { return 0; }
  [[nodiscard]] static bool full() { return false; }
};

}  // namespace qpcheck::search
