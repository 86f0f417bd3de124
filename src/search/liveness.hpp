// Runs that never finish what is pending, under weak fairness for the obligations.
//
// A pending state is stuck if no obligation has an effect in it: nothing need ever
// happen. A component of pending states is a fair cycle if every obligation that has
// an effect in all of its states is also taken inside it: a run can go round it for
// ever without leaving any obligation waiting for ever. Looking at whole components
// is enough: an obligation that has an effect in all states and leads only out of the
// component stays so in every part of it. Transitions without effect count as not
// taken. Options may be part of a cycle; nothing obliges a run to take them.
//
// REQUIRES: a complete search; fingerprints that do not identify states up to a
// permutation of obligation labels (labels must keep their meaning round a cycle).
#pragma once

#include <algorithm>
#include <vector>

#include "search/components.hpp"
#include "search/obligations.hpp"

namespace qpcheck::search {

class FairRuns {
public:
  using Edge = ObligationGraph::Edge;

  explicit FairRuns(const ObligationGraph& graph)
      : graph_(graph), components_(graph), always_(components_.count(), ~std::uint64_t{0}),
        ever_(components_.count()), taken_(components_.count()), cyclic_(components_.count()) {
    for (StateId id = 0; id < graph.states(); ++id) {
      if (graph.pending(id)) look_at(id);
    }
  }

  [[nodiscard]] bool stuck(StateId id) const { return graph_.pending(id) && graph_.enabled(id) == 0; }

  [[nodiscard]] bool on_fair_cycle(StateId id) const {
    if (!graph_.pending(id)) return false;
    const StateId c = components_.of(id);
    return cyclic_[c] && (always_[c] & ~taken_[c]) == 0;
  }

  /// A closed walk from this state that shows its fairness: each obligation of the
  /// component is taken on it, or has no effect in one of the states it visits.
  [[nodiscard]] std::vector<Edge> cycle_through(StateId start) const {
    std::vector<Edge> walk;
    const StateId c = components_.of(start);
    for (std::uint32_t label = 1; label <= last_obligation; ++label) {
      const std::uint64_t bit = ObligationGraph::bit(label);
      const bool always = (always_[c] & bit) != 0;
      if ((ever_[c] & bit) == 0) continue;
      const auto fair = [&](const Edge& edge) {
        return edge.label == label || (!always && (graph_.enabled(edge.to) & bit) == 0);
      };
      const bool fair_at_start = !always && (graph_.enabled(start) & bit) == 0;
      if (!fair_at_start && std::none_of(walk.begin(), walk.end(), fair)) extend(walk, start, fair);
    }
    if (walk.empty() || walk.back().to != start) {
      extend(walk, start, [&](const Edge& edge) { return edge.to == start; });
    }
    return walk;
  }

private:
  void look_at(StateId id) {
    const StateId c = components_.of(id);
    always_[c] &= graph_.enabled(id);
    ever_[c] |= graph_.enabled(id);
    for (std::uint32_t i = 0; i < graph_.degree(id); ++i) {
      const Edge& edge = graph_.edge(id, i);
      if (components_.of(edge.to) != c) continue;
      cyclic_[c] = true;
      if (edge.label != 0) taken_[c] |= ObligationGraph::bit(edge.label);
    }
  }

  /// Appends the shortest way, inside the component, whose last edge is a goal.
  template <class Goal>
  void extend(std::vector<Edge>& walk, StateId start, Goal goal) const {
    struct Reached {
      Edge by;
      std::size_t before;
    };
    constexpr std::size_t origin = ~std::size_t{0};
    const StateId from = walk.empty() ? start : walk.back().to;
    std::vector<Reached> reached;
    std::vector<bool> seen(graph_.states());
    const auto look = [&](StateId at, std::size_t before) {
      for (std::uint32_t i = 0; i < graph_.degree(at); ++i) {
        const Edge edge = graph_.edge(at, i);
        if (components_.of(edge.to) != components_.of(start)) continue;
        if (goal(edge)) return reached.push_back({edge, before}), true;
        if (!seen[edge.to]) reached.push_back({edge, before});
        seen[edge.to] = true;
      }
      return false;
    };
    bool found = look(from, origin);
    for (std::size_t i = 0; !found && i < reached.size(); ++i) found = look(reached[i].by.to, i);
    const std::size_t old_length = walk.size();
    for (std::size_t i = reached.size() - 1; i != origin; i = reached[i].before) walk.push_back(reached[i].by);
    std::reverse(walk.begin() + static_cast<std::ptrdiff_t>(old_length), walk.end());
  }

  const ObligationGraph& graph_;
  Components components_;
  std::vector<std::uint64_t> always_;   ///< per component: labels with an effect in all of its states,
  std::vector<std::uint64_t> ever_;     ///< in some of its states,
  std::vector<std::uint64_t> taken_;    ///< and on some edge inside it
  std::vector<bool> cyclic_;
};

}  // namespace qpcheck::search
