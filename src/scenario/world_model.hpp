// A World as the search's Model: its states are arena images, its edges are choices.
//
// Purpose: successors of a snapshot, with everything that may happen inside a host
// step, and the clock where nothing else would change the state.
// Invariants: emissions come in the order of the choices' names, and within a host
// step with fewer inner choices first; a run that comes to a known place emits nothing.
#pragma once

#include <algorithm>

#include "scenario/control.hpp"
#include "scenario/inner_search.hpp"
#include "scenario/world.hpp"
#include "search/model.hpp"
#include "sim/difference.hpp"

namespace qpcheck::scenario {

// Of states that differ only in which of several alike qpairs is which, one is enough: what
// holds in it holds in the others, and a story of the others is one of it with other names.
enum class Reduction : std::uint8_t { none, symmetry };

class WorldModel {
 public:
  using State = sim::Image;
  static constexpr bool unit_cost = false;
  static constexpr bool liveness = true;

  // `start`: where to begin; borrowed. Null: where the world does.
  explicit WorldModel(World& world, const sim::Image* start = nullptr, Memory memory = Memory::search,
                      Reduction reduction = Reduction::none)
      : world_(world),
        inner_(world, memory),
        start_(start == nullptr ? &world.start_image() : start),
        reduces_(reduction == Reduction::symmetry && starts_alike()) {}

  std::size_t stored_bytes(const State& state) const { return state.used; }
  std::size_t largest_packed() const { return sim::largest_difference(sim::arena_capacity); }
  std::size_t pack(const State& state, std::byte* out) const { return sim::put_difference(*start_, state, out); }
  void unpack(const std::byte* packed, std::size_t bytes, State& state) const {
    sim::take_difference(*start_, packed, bytes, state);
  }
  // Of the state being emitted:
  std::uint64_t fingerprint(const State&) const { return identity_.fingerprint; }
  std::uint8_t permutation(const State&) const { return identity_.permutation; }
  std::uint8_t orbit(const State&) const { return identity_.orbit; }
  bool pending(const State&) const { return pending_; }

  template <class Emit>
  void initial(Emit&& emit) {
    world_.restore(*start_);
    antecedents_.bits |= world_.antecedents().bits;
    identity_ = identify();
    pending_ = world_.pending();
    emit(sim::Arena::get().image());
  }

  template <class Emit>
  void successors(const State& from, Emit&& emit) {
    inner_.from(from);
    from_ = identify();
    emit.places().permuted(from_.permutation);
    if (watched_ != model::nobody) {
      from_control_ = control_state(world_, watched_);
      from_expired_ = world_.next_time_ms() == 0;
    }
    world_.list(choices_);
    for (const Choice& choice : choices_) {
      ++steps_;
      if (watched_ != model::nobody) {
        world_.restore(from);
        choice_name_ = name(world_.kernel(), choice, sim::any_qpair);
      }
      if (choice.actor == Actor::host) take_host(choice, emit);
      else take_environment(from, choice, emit);
    }
    choice_name_ = "advance clock";
    if (!emit.places().happens()) advance_clock(from, emit);
  }

  // The search would never end.
  bool endless() const { return !world_.host().grows().empty(); }

  // While a successor is being emitted: how it came about.
  const Choice& choice() const { return choice_; }
  const std::vector<InnerTaken>& inner() const { return inner_.taken(); }

  // Keep track of one qpair's control state, for a diagram.
  void watch(std::uint8_t qpair) { watched_ = qpair; }
  // While a successor is being emitted: how the watched qpair moved. The name of the
  // choice is that of the state before, so it was taken down then.
  ControlMove move() const {
    const bool meanwhile = choice_.actor == Actor::host && !inner_.taken().empty();
    ControlMove move{from_control_, {}, {}, meanwhile, !world_.violated().empty()};
    if (whole_) move.to = control_state(world_, watched_);
    move.label = move_label(choice_name_, from_expired_, move.from, whole_ ? move.to : move.from);
    return move;
  }

  // Facts about the search so far.
  properties::PropertySet antecedents() const { return antecedents_; }
  const std::string& beyond() const { return inner_.beyond(); }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t inner_runs() const { return inner_.runs(); }
  std::size_t largest_snapshot() const { return largest_snapshot_; }
  std::size_t largest_description() const { return largest_description_; }

 private:
  template <class Emit>
  void take_environment(const State& from, const Choice& choice, Emit&& emit) {
    world_.restore(from);
    world_.begin_step();
    world_.take_environment(choice);
    finish(choice, edge_of(choice), sim::StepEnd::completed, emit);
  }

  template <class Emit>
  void take_host(const Choice& choice, Emit&& emit) {
    inner_.run(choice, emit.places(), [&](sim::StepEnd end) {
      if (end != sim::StepEnd::pruned) return finish(choice, inner_.edge(), end, emit);
      antecedents_.bits |= world_.antecedents().bits;
    });
    antecedents_.bits |= inner_.antecedents().bits;
  }

  // Time moves when, and only when, no fair choice would change the state.
  template <class Emit>
  void advance_clock(const State& from, Emit&& emit) {
    world_.restore(from);
    if (world_.next_time_ms() == sim::no_timer || world_.next_time_ms() == 0) return;
    world_.begin_step();
    world_.advance_clock();
    finish(clock_choice(), edge_of(clock_choice()), sim::StepEnd::completed, emit);
  }

  static search::Edge edge_of(const Choice& choice) {
    search::Edge edge;
    edge.fair = choice.label;
    return edge;
  }

  template <class Emit>
  void finish(const Choice& choice, search::Edge edge, sim::StepEnd end, Emit&& emit) {
    const bool whole = whole_ = end == sim::StepEnd::completed;
    if (whole) world_.end_step();
    antecedents_.bits |= world_.antecedents().bits;
    // What an abandoned step left behind is no state: it is never expanded.
    identity_ = whole ? identify() : World::Identity{from_.fingerprint ^ 0x9E3779B97F4A7C15u};
    edge.permutation = identity_.permutation;
    pending_ = whole && world_.pending();
    choice_ = choice;
    const sim::Image& image = sim::Arena::get().image();
    largest_snapshot_ = std::max(largest_snapshot_, std::size_t{image.used});
    largest_description_ = std::max(largest_description_, world_.description_bytes());
    edge.violation = violation_code();
    emit(edge, image);
  }

  // Else the others would be counted, although they cannot be reached.
  bool starts_alike() {
    if (!world_.config().alike()) return false;
    world_.restore(*start_);
    return world_.symmetric_identity().orbit == 1;
  }

  World::Identity identify() { return reduces_ ? world_.symmetric_identity() : World::Identity{world_.fingerprint()}; }

  // 1 + the first violated property; 0: none.
  std::uint8_t violation_code() const {
    for (std::size_t i = 0; i < properties::property_count; ++i)
      if (world_.violated().has(static_cast<properties::Property>(i))) return static_cast<std::uint8_t>(i + 1);
    return 0;
  }

  World& world_;
  InnerSearch inner_;
  const sim::Image* start_;
  bool reduces_;
  Choices choices_;
  Choice choice_;
  World::Identity identity_, from_;
  bool pending_ = false, whole_ = true;
  std::uint8_t watched_ = model::nobody;
  ControlState from_control_;
  bool from_expired_ = false;
  std::string choice_name_;
  properties::PropertySet antecedents_;
  std::uint64_t steps_ = 0;
  std::size_t largest_snapshot_ = 0, largest_description_ = 0;
};

}  // namespace qpcheck::scenario
