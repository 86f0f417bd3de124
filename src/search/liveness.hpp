// Runs that never finish what is pending, under weak fairness.
//
// A pending state is stuck if no fair choice has an effect in it: nothing need ever
// happen. A component of pending states is a fair cycle if every fair choice that has
// an effect in all of its states is also taken inside it: a run can go round it for
// ever without leaving any fair choice waiting for ever. Looking at whole components
// is enough: a fair choice that has an effect in all states and leads only out of the
// component stays so in every part of it. Steps without effect count as not
// taken. Options may be part of a cycle; nothing obliges a run to take them.
//
// Places in the middle of steps are transparent: what has an effect is a matter of the
// states between steps. A step that begins with a fair choice has taken it, whatever else
// was chosen on its way; so has an inner choice that is one.
//
// Where states alike were taken for one, a way round a cycle may lead to another of them, and
// labels are permuted on it: what is fair is not decided here. That nothing goes round at all is.
//
// REQUIRES: a complete search.
#pragma once

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <vector>

#include "search/components.hpp"
#include "search/fair_graph.hpp"

namespace qpcheck::search {

class FairRuns {
public:
  /// A whole step between two states of a component.
  struct Step {
    StateId to;
    std::uint8_t begun_with;   ///< the label of its first choice; 0: an unfair one
    std::uint64_t taken;       ///< the labels of all of its choices
    auto operator<=>(const Step&) const = default;
  };

  explicit FairRuns(const FairGraph& graph) : graph_(graph), components_(graph), states_in_(components_.count()) {
    for (StateId id = 0; id < graph.states(); ++id)
      if (graph.pending(id) && states_in_[components_.of(id)] < 2) ++states_in_[components_.of(id)];
    for (StateId id = 0; id < graph.states(); ++id)
      if (cyclic(id)) look_at(id);
  }

  /// What looking at this graph takes at most.
  [[nodiscard]] static std::size_t bytes_for(const FairGraph& graph) {
    return Components::bytes_for(graph) + graph.nodes();
  }

  [[nodiscard]] bool stuck(StateId id) const { return graph_.pending(id) && graph_.enabled(id) == 0; }

  [[nodiscard]] bool on_fair_cycle(StateId id) const {
    if (!cyclic(id)) return false;
    const Labels& labels = labels_.at(components_.of(id));
    return (labels.always & ~labels.taken) == 0;
  }

  /// Round this pending state, or another one alike, leads a way that has an effect.
  [[nodiscard]] bool goes_round(StateId id) const {
    return cyclic(id) || (graph_.pending(id) && leads_to_permuted(id));
  }

  /// A closed walk from this state that shows its fairness: each fair choice of the
  /// component is taken on it, or has no effect in one of the states it visits.
  [[nodiscard]] std::vector<Step> cycle_through(StateId start) const {
    std::vector<Step> walk;
    const Labels& labels = labels_.at(components_.of(start));
    for (std::uint32_t label = 1; label <= last_fair; ++label) {
      const std::uint64_t bit = FairGraph::bit(label);
      const bool always = (labels.always & bit) != 0;
      if ((labels.ever & bit) == 0) continue;
      const auto fair = [&](const Step& step) {
        return (step.taken & bit) != 0 || (!always && (graph_.enabled(step.to) & bit) == 0);
      };
      const bool fair_at_start = !always && (graph_.enabled(start) & bit) == 0;
      if (!fair_at_start && std::none_of(walk.begin(), walk.end(), fair)) extend(walk, start, fair);
    }
    if (walk.empty() || walk.back().to != start) {
      extend(walk, start, [&](const Step& step) { return step.to == start; });
    }
    return walk;
  }

private:
  /// Of a component: with an effect in all of its states, in some of them, and on a step inside it.
  struct Labels {
    std::uint64_t always = ~std::uint64_t{0}, ever = 0, taken = 0;
  };

  void look_at(StateId id) {
    Labels& labels = labels_[components_.of(id)];
    labels.always &= graph_.enabled(id);
    labels.ever |= graph_.enabled(id);
    for (const Step& step : steps_within(id)) labels.taken |= step.taken;
  }

  /// Round one state alone leads only what has no effect.
  [[nodiscard]] bool cyclic(StateId id) const { return graph_.pending(id) && states_in_[components_.of(id)] > 1; }

  /// A step leads from this state, which is alone in its component, to another one alike.
  [[nodiscard]] bool leads_to_permuted(StateId id) const {
    std::vector<NodeId> nodes = {id};
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::uint32_t e = graph_.first(nodes[i]); e != FairGraph::no_edges; e = graph_.next(e)) {
        const auto [to, label, permutation] = graph_.edge(e);
        if (to == id && permutation != graph_.permutation(id)) return true;
        if (components_.of(to) == components_.of(id) && std::find(nodes.begin(), nodes.end(), to) == nodes.end())
          nodes.push_back(to);
      }
    return false;
  }

  /// The steps from this state that have an effect and stay in its component.
  [[nodiscard]] std::vector<Step> steps_within(StateId from) const {
    struct Way {
      NodeId at;
      std::uint8_t begun_with;
      std::uint64_t taken;
      auto operator<=>(const Way&) const = default;
    };
    std::vector<Way> ways;
    std::set<Way> seen;
    std::vector<Step> steps;
    const auto reach = [&](const Way& way) {
      if (components_.of(way.at) != components_.of(from) || !seen.insert(way).second) return;
      if (is_place(way.at)) ways.push_back(way);
      else if (way.at != from) steps.push_back({way.at, way.begun_with, way.taken});
    };
    for (std::uint32_t e = graph_.first(from); e != FairGraph::no_edges; e = graph_.next(e)) {
      const auto edge = graph_.edge(e);
      reach({edge.to, static_cast<std::uint8_t>(edge.label), taken_by(edge.label)});
    }
    for (std::size_t next = 0; next < ways.size(); ++next) {
      const Way way = ways[next];
      for (std::uint32_t e = graph_.first(way.at); e != FairGraph::no_edges; e = graph_.next(e)) {
        const auto edge = graph_.edge(e);
        reach({edge.to, way.begun_with, way.taken | taken_by(edge.label)});
      }
    }
    return steps;
  }

  static std::uint64_t taken_by(std::uint32_t label) {
    return label == 0 || label == goes_on ? 0 : FairGraph::bit(label);
  }

  /// Appends the shortest way, inside the component, whose last step is a goal.
  template <class Goal>
  void extend(std::vector<Step>& walk, StateId start, Goal goal) const {
    struct Reached {
      Step by;
      std::size_t before;
    };
    constexpr std::size_t origin = ~std::size_t{0};
    const StateId from = walk.empty() ? start : walk.back().to;
    std::vector<Reached> reached;
    std::vector<bool> seen(graph_.states());
    const auto look = [&](StateId at, std::size_t before) {
      for (const Step& step : steps_within(at)) {
        if (goal(step)) return reached.push_back({step, before}), true;
        if (!seen[step.to]) reached.push_back({step, before});
        seen[step.to] = true;
      }
      return false;
    };
    bool found = look(from, origin);
    for (std::size_t i = 0; !found && i < reached.size(); ++i) found = look(reached[i].by.to, i);
    const std::size_t old_length = walk.size();
    for (std::size_t i = reached.size() - 1; i != origin; i = reached[i].before) walk.push_back(reached[i].by);
    std::reverse(walk.begin() + static_cast<std::ptrdiff_t>(old_length), walk.end());
  }

  const FairGraph& graph_;
  Components components_;
  std::vector<std::uint8_t> states_in_;   ///< per component: 0, 1, or more
  std::map<StateId, Labels> labels_;      ///< of those with more; there are few
};

}  // namespace qpcheck::search
