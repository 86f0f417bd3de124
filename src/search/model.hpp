// What can be searched.
//
// A Model is a struct that knows its initial states and, for any state, its
// successors; the engine knows everything else (order, visited set, paths,
// limits, liveness). Models own no search memory, the engine owns no model
// memory.
//
//   using State = ...;                    trivially copyable
//   static constexpr bool unit_cost;      every edge costs {1, 0}: the fast path
//   static constexpr bool liveness;       look for stuck states and fair cycles
//   size_t stored_bytes(const State&);    how many leading bytes make up the state
//   uint64_t fingerprint(const State&);   its identity, well mixed
//   void initial(emit);                   emit(state), 1..n times
//   void successors(const State&, emit);  emit(Edge, next), any number of times
//   bool pending(const State&);           only with liveness: something requested
//                                         in this state has not finished
// A model whose states are large may keep those that wait in a form of its own:
//   size_t largest_packed();              no packed state has more bytes
//   size_t pack(const State&, std::byte*);       returns the bytes written
//   void unpack(const std::byte*, size_t, State&);
// A model may take one state for several that are alike, each of which a permutation turns into the
// others (one connection for another): its symmetry. Then they have one fingerprint, and it says
//   uint8_t permutation(const State&);    which of them it is, below most_permutations
//   uint8_t orbit(const State&);          how many they are, itself included
// of an emitted state; the same in Edge::permutation, and to emit.places().permuted() of the state that
// is being expanded. Transitions must be permuted with the states; labels of fair choices need not be.
// A model with liveness may stop in the middle of a step, at a place: then it says so to
// emit.places(), and asks it whether a fair choice has an effect (places.hpp).
//
// Invariants a Model keeps:
//   1. The same state emits the same successors, always, but for those behind places
//      that it was told to leave (places.hpp). "The same" means equal stored bytes.
//   2. Equal fingerprints mean equal futures, equal pending(), equal verdicts.
//   3. stored_bytes reads only the bytes it counts.
// What the engine promises:
//   1. fingerprint (and, for a state not seen before, pending) is called exactly
//      once per emitted state, on the emitted reference itself, before the state is
//      copied. The next emit may therefore overwrite the same buffer.
//   2. The state given to successors stays valid and unchanged during the call.
//      Bytes after its stored bytes are readable but mean nothing.
//   3. One thread.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace qpcheck::search {

/// A state, or a place in the middle of a step.
using NodeId = std::uint32_t;
inline constexpr NodeId place_bit = 0x8000'0000;
inline constexpr NodeId the_state = 0xffff'ffff;   ///< the one that is being expanded
inline constexpr std::uint8_t goes_on = 64;        ///< stands in for a label: the step goes on, without a choice
constexpr bool is_place(NodeId node) { return (node & place_bit) != 0; }

/// What one transition costs and means.
struct Edge {
  std::uint16_t length = 1;      ///< how many choices it takes from the state, inner ones included
  std::uint16_t inner = 0;       ///< how many of these were inner
  std::uint8_t fair = 0;   ///< of the choice that it begins with: 0: an unfair one; 1..63: the fair choice's label
  std::uint8_t violation = 0;    ///< 0: none; else the code of the violated property
  std::uint8_t inner_fair = goes_on;   ///< the same of the choice that was taken at `from`
  NodeId from = the_state;       ///< the place that it leaves last
  std::uint8_t permutation = 0;         ///< of the state that it leads to (Model::permutation)
};

/// An edge as a search counts it that does not count inner choices.
constexpr Edge without_inner(Edge edge) {
  edge.inner = 0;
  return edge;
}

/// Costs are compared by length, then by inner choices.
struct Cost {
  std::uint32_t length = 0;
  std::uint32_t inner = 0;
  friend auto operator<=>(const Cost&, const Cost&) = default;
  friend Cost operator+(Cost cost, Edge edge) { return {cost.length + edge.length, cost.inner + edge.inner}; }
};

using StateId = std::uint32_t;   ///< states are numbered in the order of their discovery
inline constexpr StateId no_state = 0xffff'ffff;

/// What a path keeps of a state: enough to tell it from the other successors of its parent.
constexpr std::uint32_t mark(std::uint64_t fingerprint) { return static_cast<std::uint32_t>(fingerprint >> 32); }

class Places;
inline constexpr std::uint8_t last_fair = 63;
inline constexpr std::uint8_t most_permutations = 8;

namespace detail {
template <class State>
struct EmitInitial {
  void operator()(const State&) const {}
};
template <class State>
struct EmitSuccessor {
  void operator()(Edge, const State&) const {}
  Places& places() const;
};
}  // namespace detail

template <class M>
concept Packs = requires(M& model, const typename M::State& state, typename M::State& into, std::byte* bytes) {
  { model.largest_packed() } -> std::convertible_to<std::size_t>;
  { model.pack(state, bytes) } -> std::convertible_to<std::size_t>;
  model.unpack(bytes, std::size_t{}, into);
};

template <class M>
concept ReducedBySymmetry = requires(M& model, const typename M::State& state) {
  { model.permutation(state) } -> std::same_as<std::uint8_t>;
  { model.orbit(state) } -> std::same_as<std::uint8_t>;
};

template <class M>
concept Model = std::is_trivially_copyable_v<typename M::State> &&
    requires(M& model, const typename M::State& state) {
      { std::bool_constant<M::unit_cost>{} };
      { std::bool_constant<M::liveness>{} };
      { model.stored_bytes(state) } -> std::convertible_to<std::size_t>;
      { model.fingerprint(state) } -> std::same_as<std::uint64_t>;
      model.initial(detail::EmitInitial<typename M::State>{});
      model.successors(state, detail::EmitSuccessor<typename M::State>{});
    } && (!M::liveness || requires(M& model, const typename M::State& state) {
      { model.pending(state) } -> std::same_as<bool>;
    });

}  // namespace qpcheck::search
