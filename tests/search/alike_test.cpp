// States alike taken for one: as many, told apart, as there are; the same stuck states; and
// nothing said of fair cycles where labels would have to be permuted.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

namespace {

/// Node 0 is its own mirror image; 1 and 2, 3 and 4 … are each other's, and so are places, and labels.
constexpr std::uint32_t mirrored(std::uint32_t one) { return one == 0 ? 0 : ((one - 1) ^ 1) + 1; }
constexpr std::uint32_t mirrored_target(std::uint32_t to) {
  return to < Stepped::first_place ? mirrored(to) : Stepped::first_place + ((to - Stepped::first_place) ^ 1);
}
constexpr Stepped::Arrow mirrored(Stepped::Arrow arrow) {
  return {mirrored_target(arrow.to), static_cast<std::uint8_t>(mirrored(arrow.label))};
}

/// Takes a node and its mirror image for one.
struct Halved : Stepped {
  explicit Halved(const Stepped& whole) : Stepped(whole) {}
  static std::uint64_t fingerprint(const State& state) {
    return hash_object(State{std::min(state.node, mirrored(state.node))});
  }
  static std::uint8_t permutation(const State& state) { return state.node > mirrored(state.node) ? 1 : 0; }
  static std::uint8_t orbit(const State& state) { return state.node == mirrored(state.node) ? 1 : 2; }
  template <class Emit>
  void successors(const State& state, Emit&& emit) {
    struct Permuting {
      void operator()(Edge edge, const State& next) {
        edge.permutation = permutation(next);
        emit(edge, next);
      }
      auto& places() { return emit.places(); }
      Emit& emit;
    };
    emit.places().permuted(permutation(state));
    Stepped::successors(state, Permuting{emit});
  }
};

/// Any graph that is its own mirror image.
Stepped random_graph(std::uint64_t seed) {
  Numbers numbers(seed);
  constexpr std::uint32_t pairs_of_nodes = 3, pairs_of_places = 2;
  const auto target = [&] {
    return numbers.below(3) == 0 ? Stepped::first_place + numbers.below(2 * pairs_of_places)
                                 : numbers.below(2 * pairs_of_nodes + 1);
  };
  const auto arrow = [&] { return Stepped::Arrow{target(), static_cast<std::uint8_t>(numbers.below(5))}; };
  Stepped graph;
  graph.nodes.resize(2 * pairs_of_nodes + 1);
  for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
    auto& [steps, pending] = graph.nodes[node];
    if (node != 0 && node % 2 == 0) {
      for (const auto& step : graph.nodes[mirrored(node)].steps) steps.push_back(mirrored(step));
      pending = graph.nodes[mirrored(node)].pending;
      continue;
    }
    pending = numbers.below(4) != 0;
    for (std::uint32_t i = 1 + numbers.below(3); i > 0; --i) {
      steps.push_back(arrow());
      if (node == 0) steps.push_back(mirrored(steps.back()));
    }
  }
  // A place leads to states, and to places behind it.
  const auto behind = [&](std::uint32_t place) {
    Stepped::Arrow to = arrow();
    if (to.to >= Stepped::first_place && (to.to - Stepped::first_place) / 2 <= place / 2)
      to.to = numbers.below(2 * pairs_of_nodes + 1);
    return to;
  };
  graph.places.resize(2 * pairs_of_places);
  for (std::uint32_t place = 0; place < graph.places.size(); place += 2) {
    graph.places[place] = {behind(place).to, {behind(place)}};
    graph.places[place + 1] = {mirrored_target(graph.places[place].goes_on_to),
                               {mirrored(graph.places[place].choices[0])}};
  }
  return graph;
}

struct Both {
  Result whole, halved;
};
Both searched(Stepped graph) {
  Halved half(graph);
  return {explore(graph), explore(half)};
}

}  // namespace

TEST_CASE("told apart, states alike are as many as without taking them for one") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const auto [whole, halved] = searched(random_graph(seed));
    INFO("seed " << seed);
    CHECK(halved.told_apart == whole.states);
    CHECK(halved.states < whole.states + (whole.states == 1 ? 1 : 0));
  }
}

TEST_CASE("what is decided of runs that never finish is right, and what goes round is not decided") {
  int decided = 0, stuck = 0, undecided = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const auto [whole, halved] = searched(random_graph(seed));
    INFO("seed " << seed);
    undecided += halved.undecided;
    CHECK(halved.complete() != halved.undecided);
    if (halved.undecided) {
      CHECK_FALSE(halved.lasso);
      continue;
    }
    ++decided;
    REQUIRE(halved.lasso.has_value() == whole.lasso.has_value());
    if (!whole.lasso) continue;
    ++stuck;
    CHECK(whole.lasso->stuck());
    CHECK(halved.lasso->stuck());
    CHECK(halved.lasso->cost == whole.lasso->cost);
  }
  CHECK(decided > 300);
  CHECK(stuck > 100);
  CHECK(undecided > 300);
}

TEST_CASE("a step to the other of two alike is one that has an effect, and goes round") {
  Stepped token;
  token.nodes = {{{{1, 1}, {2, 2}}}, {{{2, 1}}}, {{{1, 2}}}};
  const auto [whole, halved] = searched(token);
  REQUIRE(whole.lasso);
  CHECK(whole.lasso->cycle.size() == 2);   // 1, 2, 1: each passes it on
  CHECK(halved.states == 2);
  CHECK(halved.undecided);                 // as one state it would be stuck
}

TEST_CASE("labels permutation round a cycle: taken for one, two fair choices would look like one") {
  // From 1 to 3 by the choice 1, and back from 3 to 2 by the choice 4, which is 3's mirror
  // image: round the cycle each of 1, 2, 3, 4 is taken, which in the halved graph only 1 and 4 are.
  Stepped graph;
  graph.nodes = {{{{1, 1}, {2, 2}}}, {{{3, 1}}}, {{{4, 2}}}, {{{2, 4}}}, {{{1, 3}}}};
  const auto [whole, halved] = searched(graph);
  REQUIRE(whole.lasso);
  CHECK_FALSE(whole.lasso->stuck());
  CHECK(halved.undecided);
}

TEST_CASE("a path that was found among states alike can be walked") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Halved half(random_graph(seed));
    const Result result = explore(half);
    if (!result.lasso) continue;
    INFO("seed " << seed);
    std::uint32_t last = 0;
    CHECK(replay_lasso(half, *result.lasso, [&](const auto&, Edge, const auto& next) { last = next.node; }));
    CHECK(half.nodes[last].pending);
  }
}
