// The search: everything a Model can do, cheapest first.
//
//   Result result = explore(model, limits, options);
//
// Expands every reachable state once, in the order of cost (length, then inner
// choices) and, among equals, of discovery. For models of unit cost that is
// breadth-first search. The model and the observer are borrowed for the call; the
// Result owns what it holds. One thread; exceptions of the model pass through.
//
// Invariants:
//   1. The same model gives the same Result (but for seconds and sizes), whatever the
//      initial size of the visited set, with or without an observer.
//   2. A state is expanded at its least cost, and its link leads to the earliest parent
//      of that cost. A state found again more cheaply, before its expansion, is moved.
//      Options::exact_costs says what inner choices cost.
//   3. The state behind a violating transition is not stored and not expanded. With
//      stop_at_violation the search ends once no cheaper violation can come.
//   4. A search that ended early leaves Result::lasso empty: it claims nothing about
//      liveness.
//   5. Where the system has no more memory the search ends, with what it found so far.
#pragma once

#include <chrono>
#include <memory>
#include <new>
#include <type_traits>

#include "search/batch.hpp"
#include "search/liveness.hpp"
#include "search/model.hpp"
#include "search/orders.hpp"
#include "search/places.hpp"
#include "search/records.hpp"
#include "search/result.hpp"
#include "search/visited.hpp"

namespace qpcheck::search {

/// Sees each transition: observer(parent, edge, next, is_new). For a violating one
/// is_new is false. This one sees nothing and compiles away.
struct NoObserver {
  template <class State>
  void operator()(const State&, Edge, const State&, bool) const {}
};

namespace detail {

template <Model M, class Observer>
class Search {
public:
  Search(M& model, const Limits& limits, const Options& options, Observer& observer)
      : model_(model), limits_(limits), options_(options), observer_(observer),
        visited_(options.initial_slots), order_(model), links_(options.keep_links), places_(options.exact_costs) {}

  Result run() {
    try {
      model_.initial([&](const State& state) {
        const std::uint64_t fingerprint = model_.fingerprint(state);
        admit(state, fingerprint, {no_state, mark(fingerprint)}, {});
      });
      result_.ended = search();
      flush();
      if constexpr (M::liveness) {
        if (result_.complete()) find_lasso();
      }
    } catch (const std::bad_alloc&) {
      kept_for_the_end_.reset();
      result_.ended = Ended::no_memory;
    }
    finish();
    return std::move(result_);
  }

private:
  using State = typename M::State;
  static constexpr bool costed = !M::unit_cost;
  static constexpr bool numbered = costed || M::liveness;   // must a state be found again by its number?
  static constexpr bool batched = !numbered && sizeof(State) <= 64 && std::is_same_v<Observer, NoObserver>;
  static constexpr std::uint64_t check_every = 256;         // expansions
  using Order = std::conditional_t<costed, CostOrder<M>, LevelOrder<M>>;

  Ended search() {
    check_limits();   // a limit of nothing is reached at once
    for (std::uint64_t expanded = 1;; ++expanded) {
      if (result_.states >= limits_.states) return Ended::states;
      if (expanded % check_every == 0) check_limits();
      if (options_.interrupted != nullptr && *options_.interrupted != 0) return Ended::interrupted;
      if (over_) return *over_;
      if (too_costly_) return Ended::states;
      if (batched && order_.level_done()) flush();
      Taken<State> taken;
      if (!order_.take(model_, taken)) return exhausted();
      if (violation_settled(taken.cost)) return Ended::violation;
      if (!outdated(taken)) expand(taken);
      order_.drop(model_, taken);
      if (violation_settled(taken.cost + Edge{static_cast<std::uint16_t>(M::unit_cost)})) return Ended::violation;
    }
  }

  [[nodiscard]] Ended exhausted() const {
    return options_.stop_at_violation && violations_.any() ? Ended::violation : Ended::exhausted;
  }

  struct Emitter {
    void operator()(const Edge& edge, const State& next) {
      ++emitted;
      search.emit(taken, edge, next);
    }
    auto& places() { return search.places_; }
    Search& search;
    const Taken<State>& taken;
    std::uint32_t emitted = 0;
  };

  void expand(const Taken<State>& taken) {
    Emitter emitter{*this, taken};
    if constexpr (M::liveness) places_.begin(taken.id, taken.cost);
    model_.successors(*taken.state, emitter);
    if constexpr (M::liveness) places_.finish();
    result_.transitions += emitter.emitted;
    result_.end_states += emitter.emitted == 0;
    result_.depth = taken.cost.length;
  }

  void emit(const Taken<State>& from, const Edge& emitted, const State& next) {
    const Edge edge = costed && !options_.exact_costs ? without_inner(emitted) : emitted;
    const std::uint64_t fingerprint = model_.fingerprint(next);
    const Link link{from.id, mark(fingerprint)};
    if (edge.violation != 0) [[unlikely]] return violate(from, link, edge, next);
    if constexpr (batched) {
      if (batch_.full()) settle_oldest();
      visited_.prefetch(fingerprint);
      batch_.push(model_, next, fingerprint, link);
    } else {
      const auto [id, is_new] = admit(next, fingerprint, link, from.cost + edge);
      if constexpr (M::liveness) places_.record(edge, id);
      observer_(*from.state, edge, next, is_new);
    }
  }

  /// Looks the state up; stores it if it is new, moves it if it was found more cheaply.
  typename VisitedTable<numbered>::Inserted admit(const State& state, std::uint64_t fingerprint, Link link, Cost cost) {
    const auto inserted = visited_.insert(fingerprint, static_cast<StateId>(result_.states));
    if (inserted.is_new) {
      ++result_.states;
      if constexpr (ReducedBySymmetry<M>) result_.told_apart += model_.orbit(state);
      links_.append(link);
      if constexpr (costed) {
        costs_.push_back(cost);
        too_costly_ |= !KeptCost::fits(cost);
      }
      if constexpr (M::liveness) places_.add_state(model_.pending(state));
      order_.push(model_, state, inserted.id, cost);
    } else if constexpr (costed) {
      if (cost < Cost(costs_[inserted.id])) {
        links_.replace(inserted.id, link);
        costs_[inserted.id] = cost;
        order_.push(model_, state, inserted.id, cost);
      }
    }
    return inserted;
  }

  void settle_oldest() {
    const auto& entry = batch_.pop();
    admit(entry.state(), entry.fingerprint, entry.link, {});
  }

  void flush() {
    if constexpr (batched) {
      while (!batch_.empty()) settle_oldest();
    }
  }

  [[nodiscard]] bool outdated(const Taken<State>& taken) const {
    if constexpr (costed) return Cost(costs_[taken.id]) != taken.cost;   // it was moved to a cheaper place
    return false;
  }

  __attribute__((noinline)) void violate(const Taken<State>& from, Link link, Edge edge, const State& next) {
    violations_.add(edge.violation, from.cost + edge, link);
    if constexpr (M::liveness) places_.record(edge, no_state);
    observer_(*from.state, edge, next, false);
  }

  [[nodiscard]] bool violation_settled(Cost cheapest_to_come) const {
    return options_.stop_at_violation && violations_.any() && violations_.settled_at(cheapest_to_come);
  }

  __attribute__((noinline)) void check_limits() {
    const std::size_t bytes = held_bytes() + bytes_to_judge();
    const double seconds = elapsed();
    // Numbers are running out.
    if (result_.states >= place_bit - (1U << 24) || places_.full()) over_ = Ended::states;
    if (bytes + visited_.growth_soon() + places_.growth_soon() > limits_.bytes) over_ = Ended::memory;
    if (seconds > limits_.seconds) over_ = Ended::time;
    if constexpr (requires { model_.endless(); }) {
      if (model_.endless()) over_ = Ended::endless;
    }
    if (options_.progress && seconds >= next_progress_) {
      next_progress_ = seconds + options_.progress_seconds;
      options_.progress({result_.states, result_.transitions, order_.waiting(), result_.depth, bytes, seconds});
    }
  }

  void finish() {
    result_.violations = violations_.sorted(links_);
    result_.visited_bytes = visited_.bytes();
    result_.frontier_bytes = order_.peak_bytes();
    result_.record_bytes = record_bytes();
    result_.waiting_state_bytes = order_.average_bytes();
    result_.places = places_.count();
    if constexpr (!ReducedBySymmetry<M>) result_.told_apart = result_.states;
    result_.seconds = elapsed();
  }

  void find_lasso() {
    const FairRuns runs(places_.graph());
    if (places_.graph().reduced() && goes_round(runs)) {
      result_.undecided = true;
      return;
    }
    std::optional<StateId> best;
    for (StateId id = 0; id < places_.graph().states(); ++id) {
      if (!runs.stuck(id) && !runs.on_fair_cycle(id)) continue;
      if (!best || cost_of(id) < cost_of(*best)) best = id;
      if (!costed) break;   // numbered by cost already
    }
    if (!best) return;
    Lasso lasso{cost_of(*best), links_.path_to(*best), {}};
    if (!runs.stuck(*best))
      for (const FairRuns::Step& step : runs.cycle_through(*best))
        lasso.cycle.push_back({step.begun_with, links_.mark_of(step.to)});
    result_.lasso = std::move(lasso);
  }

  [[nodiscard]] bool goes_round(const FairRuns& runs) const {
    for (StateId id = 0; id < places_.graph().states(); ++id)
      if (runs.goes_round(id)) return true;
    return false;
  }

  [[nodiscard]] Cost cost_of(StateId id) const {
    if constexpr (costed) return costs_[id];
    return {static_cast<std::uint32_t>(links_.path_to(id).steps.size()), 0};
  }

  [[nodiscard]] std::size_t record_bytes() const { return links_.bytes() + costs_.bytes() + places_.bytes(); }
  [[nodiscard]] std::size_t held_bytes() const { return visited_.bytes() + order_.bytes() + record_bytes(); }
  /// What liveness will take at the end.
  [[nodiscard]] std::size_t bytes_to_judge() const {
    if constexpr (M::liveness) return FairRuns::bytes_for(places_.graph());
    return 0;
  }
  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  M& model_;
  const Limits& limits_;
  const Options& options_;
  Observer& observer_;
  Result result_;
  VisitedTable<numbered> visited_;
  Order order_;
  Links links_;
  BlockVector<KeptCost> costs_;   // only where edges differ in cost
  bool too_costly_ = false;       // one of them is greater than can be kept
  [[no_unique_address]] std::conditional_t<batched, Batch<M>, NoBatch> batch_;
  [[no_unique_address]] std::conditional_t<M::liveness, Places, NoPlaces> places_;
  Violations violations_;
  std::unique_ptr<std::byte[]> kept_for_the_end_ = std::make_unique<std::byte[]>(std::size_t{1} << 20);
  std::optional<Ended> over_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double next_progress_ = 0;
};

}  // namespace detail

/// Searches all the model can do. See the top of this file.
template <Model M, class Observer = NoObserver>
[[nodiscard]] Result explore(M& model, const Limits& limits = {}, const Options& options = {},
                             Observer&& observer = Observer{}) {
  return detail::Search<M, std::remove_reference_t<Observer>>(model, limits, options, observer).run();
}

}  // namespace qpcheck::search
