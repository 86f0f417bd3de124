// Small models whose state graphs are known exactly. They test the search alone.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "search/hash.hpp"
#include "search/places.hpp"
#include "search/result.hpp"

namespace qpcheck::search::test {

/// Two clocks with this many hours, either of which may tick: hours^2 states, two
/// transitions from each.
struct TwoClocks {
  struct State {
    std::uint32_t hand[2];
  };
  static constexpr bool unit_cost = true;
  static constexpr bool liveness = false;
  std::uint32_t hours = 12;

  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return hash_object(state); }
  template <class Emit>
  void initial(Emit&& emit) const {
    emit(State{});
  }
  template <class Emit>
  void successors(const State& state, Emit&& emit) const {
    for (int clock = 0; clock < 2; ++clock) {
      State next = state;
      next.hand[clock] = (next.hand[clock] + 1) % hours;
      emit(Edge{}, next);
    }
  }
};

/// A ring of philosophers; each takes the left fork, then the right one, eats and puts
/// both back. The only end state is the one in which everybody holds one fork.
template <std::size_t Count>
struct Philosophers {
  enum : std::uint8_t { thinks, has_left, eats };
  struct State {
    std::array<std::uint8_t, Count> at;
  };
  static constexpr bool unit_cost = true;
  static constexpr bool liveness = false;

  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return hash_object(state); }
  template <class Emit>
  static void initial(Emit&& emit) {
    emit(State{});
  }
  template <class Emit>
  static void successors(const State& state, Emit&& emit) {
    for (std::size_t i = 0; i < Count; ++i) {
      const std::uint8_t left = state.at[(i + Count - 1) % Count], right = state.at[(i + 1) % Count];
      State next = state;
      if (state.at[i] == thinks && left != eats) next.at[i] = has_left;
      else if (state.at[i] == has_left && right == thinks) next.at[i] = eats;
      else if (state.at[i] == eats) next.at[i] = thinks;
      else continue;
      emit(Edge{}, next);
    }
  }
};

/// Two-phase commit: participants prepare or abort, the coordinator decides, the
/// participants follow. 2 * 3^n + 2^n states. A hasty coordinator commits as soon as one
/// is prepared; then one may commit while another has aborted, which is violation 7.
template <std::size_t Count>
struct TwoPhaseCommit {
  enum : std::uint8_t { working, prepared, aborted, committed };
  enum : std::uint8_t { undecided, abort, commit };
  struct State {
    std::array<std::uint8_t, Count> at;
    std::uint8_t decision;
  };
  static constexpr bool unit_cost = true;
  static constexpr bool liveness = false;
  bool hasty = false;

  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return hash_object(state); }
  template <class Emit>
  static void initial(Emit&& emit) {
    emit(State{});
  }
  template <class Emit>
  void successors(const State& state, Emit&& emit) const {
    const auto is = [&](std::uint8_t what) { return count(state, what); };
    if (state.decision == undecided) {
      if (hasty ? is(prepared) > 0 : is(prepared) == Count) emit(Edge{}, decided(state, commit));
      emit(Edge{}, decided(state, abort));
    }
    for (std::size_t i = 0; i < Count; ++i) {
      const auto move = [&](std::uint8_t to) {
        State next = state;
        next.at[i] = to;
        const bool split = count(next, aborted) > 0 && count(next, committed) > 0;
        emit(Edge{.violation = split ? std::uint8_t{7} : std::uint8_t{0}}, next);
      };
      if (state.at[i] == working && state.decision == undecided) move(prepared);
      if (state.at[i] == working) move(aborted);
      if (state.at[i] == prepared && state.decision == commit) move(committed);
      if (state.at[i] == prepared && state.decision == abort) move(aborted);
    }
  }

private:
  static State decided(State state, std::uint8_t decision) {
    state.decision = decision;
    return state;
  }
  static std::size_t count(const State& state, std::uint8_t what) {
    std::size_t n = 0;
    for (const std::uint8_t at : state.at) n += at == what ? 1 : 0;
    return n;
  }
};

/// All words over two letters up to a length, each letter `width` bytes wide, emitted
/// from one buffer that the next emission overwrites: 2^(longest + 1) - 1 states of
/// different sizes. `torn` counts stored words that are not what was emitted.
template <bool UnitCost>
struct Words {
  static constexpr std::size_t width = 97;
  struct State {
    std::uint32_t length;
    std::uint32_t word;   ///< one bit a letter
    std::uint8_t letters[20 * width];
  };
  static constexpr bool unit_cost = UnitCost;
  static constexpr bool liveness = false;
  std::uint32_t longest;
  std::uint64_t torn = 0;

  explicit Words(std::uint32_t longest_word) : longest(longest_word) {}
  static std::size_t stored_bytes(const State& state) { return 8 + state.length * width; }
  static std::uint64_t fingerprint(const State& state) { return hash_bytes(&state, stored_bytes(state)); }
  template <class Emit>
  void initial(Emit&& emit) {
    write(0, 0);
    emit(buffer_);
  }
  template <class Emit>
  void successors(const State& state, Emit&& emit) {
    for (std::size_t i = 0; i < state.length * width; ++i) torn += state.letters[i] != letter(state.word, i) ? 1 : 0;
    if (state.length == longest) return;
    for (std::uint32_t bit = 0; bit < 2; ++bit) {
      write(state.length + 1, state.word | bit << state.length);
      emit(Edge{}, buffer_);
    }
  }

private:
  static std::uint8_t letter(std::uint32_t word, std::size_t i) {
    return static_cast<std::uint8_t>('a' + ((word >> (i / width)) & 1) + i % width);
  }
  void write(std::uint32_t length, std::uint32_t word) {
    std::memset(static_cast<void*>(&buffer_), 0xee, sizeof buffer_);
    buffer_.length = length;
    buffer_.word = word;
    for (std::size_t i = 0; i < length * width; ++i) buffer_.letters[i] = letter(word, i);
  }
  State buffer_;
};

/// Any graph, written down.
template <bool UnitCost, bool Liveness>
struct Graph {
  struct Arrow {
    std::uint32_t to;
    Edge edge;
  };
  struct Node {
    std::vector<Arrow> arrows;
    bool pending = true;
  };
  struct State {
    std::uint32_t node;
  };
  static constexpr bool unit_cost = UnitCost;
  static constexpr bool liveness = Liveness;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> initials = {0};

  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return hash_object(state); }
  template <class Emit>
  void initial(Emit&& emit) const {
    for (const std::uint32_t node : initials) emit(State{node});
  }
  template <class Emit>
  void successors(const State& state, Emit&& emit) const {
    for (const Arrow& arrow : nodes[state.node].arrows) emit(arrow.edge, State{arrow.to});
  }
  bool pending(const State& state) const { return nodes[state.node].pending; }

  /// The path along these nodes; the last transition violates this.
  static Path path(std::vector<std::uint32_t> along, std::uint8_t violation = 0) {
    Path path{mark(hash_object(State{along.front()})), {}, violation};
    for (std::size_t i = 1; i < along.size(); ++i) path.steps.push_back(mark(hash_object(State{along[i]})));
    return path;
  }
};

/// A costed graph whose waiting states are kept in a form of their own: a node's number in
/// one byte for each ten of it, and a last one.
struct Packing : Graph<false, false> {
  static std::size_t largest_packed() { return 32; }
  std::size_t pack(const State& state, std::byte* out) const {
    std::size_t bytes = 0;
    std::uint32_t left = state.node;
    for (; left >= 10; left -= 10) out[bytes++] = std::byte{10};
    out[bytes++] = static_cast<std::byte>(left);
    return bytes;
  }
  void unpack(const std::byte* packed, std::size_t bytes, State& state) const {
    state.node = 0;
    for (std::size_t i = 0; i < bytes; ++i) state.node += std::to_integer<std::uint32_t>(packed[i]);
  }
};

/// A graph whose steps branch on their way, at places that several steps may share. A target
/// below 100 is a state; the others are places.
struct Stepped {
  static constexpr std::uint32_t first_place = 100;
  struct Arrow {
    std::uint32_t to;
    std::uint8_t label = 0;
  };
  struct Place {
    std::uint32_t goes_on_to;
    std::vector<Arrow> choices;
  };
  struct Node {
    std::vector<Arrow> steps;
    bool pending = true;
  };
  struct State {
    std::uint32_t node;
  };
  static constexpr bool unit_cost = false;
  static constexpr bool liveness = true;
  std::vector<Node> nodes;
  std::vector<Place> places;
  std::uint32_t visits = 0;   ///< of places

  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return hash_object(state); }
  bool pending(const State& state) const { return nodes[state.node].pending; }
  template <class Emit>
  void initial(Emit&& emit) const {
    emit(State{0});
  }
  template <class Emit>
  void successors(const State& state, Emit&& emit) {
    for (const Arrow& step : nodes[state.node].steps) follow(step.to, {.fair = step.label}, emit);
  }

private:
  template <class Emit>
  void follow(std::uint32_t to, Edge edge, Emit&& emit) {
    if (to < first_place) return emit(edge, State{to});
    const auto here = emit.places().arrive(edge, to);
    if (!here.go_on) return;
    ++visits;
    edge.from = here.place;
    edge.inner_fair = goes_on;
    follow(places[to - first_place].goes_on_to, edge, emit);
    ++edge.length;
    ++edge.inner;
    for (const Arrow& choice : places[to - first_place].choices) {
      edge.inner_fair = choice.label;
      follow(choice.to, edge, emit);
    }
  }
};

/// A small generator with the same numbers everywhere (splitmix64).
class Numbers {
public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) % bound);
  }

private:
  std::uint64_t state_;
};

}  // namespace qpcheck::search::test
