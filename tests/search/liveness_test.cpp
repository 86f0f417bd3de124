// Stuck states and fair cycles.
#include <catch2/catch.hpp>

#include <bit>
#include <set>

#include "models.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

namespace {

using Live = Graph<true, true>;
using CostedLive = Graph<false, true>;

constexpr Edge must(std::uint8_t label) { return {.fair = label}; }
constexpr Edge may() { return {}; }

/// The nodes on the way, the initial one first.
template <class M>
std::vector<std::uint32_t> nodes_of(M& graph, const Lasso& lasso) {
  std::vector<std::uint32_t> nodes = {graph.initials.front()};
  REQUIRE(replay_lasso(graph, lasso, [&](const auto&, Edge, const auto& next) { nodes.push_back(next.node); }));
  return nodes;
}

constexpr std::uint32_t size_of_random = 7;

Live random_graph(std::uint64_t seed) {
  Numbers numbers(seed);
  Live graph;
  graph.nodes.resize(size_of_random);
  for (auto& node : graph.nodes) {
    node.pending = numbers.below(4) != 0;
    for (std::uint32_t i = 1 + numbers.below(4); i > 0; --i) {
      const std::uint32_t to = numbers.below(size_of_random);
      const bool unfair = numbers.below(8) == 0;
      node.arrows.push_back({to, unfair ? may() : must(static_cast<std::uint8_t>(1 + numbers.below(3)))});
    }
  }
  return graph;
}

using Set = unsigned;   ///< of nodes or of labels, one bit each
bool has(Set set, std::uint32_t element) { return (set >> element & 1) != 0; }

/// The nodes of `within` that can be reached from `from` in at least one step that has an effect.
Set reachable(const Live& graph, std::uint32_t from, Set within) {
  Set reached = 0;
  for (Set todo = 1U << from; todo != 0;) {
    const auto node = static_cast<std::uint32_t>(std::countr_zero(todo));
    todo &= todo - 1;
    for (const auto& arrow : graph.nodes[node].arrows) {
      if (arrow.to == node || !has(within, arrow.to) || has(reached, arrow.to)) continue;
      reached |= 1U << arrow.to;
      todo |= 1U << arrow.to;
    }
  }
  return reached;
}

/// The labels of the fair choices that have an effect in this node, and lead into `into`.
Set effects(const Live& graph, std::uint32_t node, Set into = ~0U) {
  Set labels = 0;
  for (const auto& arrow : graph.nodes[node].arrows) {
    if (arrow.to != node && has(into, arrow.to)) labels |= 1U << arrow.edge.fair;
  }
  return labels & ~1U;
}

/// Is this set of nodes one in which a fair run can stay for ever, visiting all of it?
bool fair_for_ever(const Live& graph, Set set) {
  Set always = ~0U, taken = 0;
  for (std::uint32_t node = 0; node < size_of_random; ++node) {
    if (!has(set, node)) continue;
    if (!graph.nodes[node].pending || (reachable(graph, node, set) & set) != set) return false;
    always &= effects(graph, node);
    taken |= effects(graph, node, set);
  }
  return (always & ~taken) == 0;
}

struct Expected {
  bool stuck = false;
  bool cycle = false;
};

/// All sets of reachable nodes, one by one.
Expected by_definition(const Live& graph) {
  Expected expected;
  const Set all = reachable(graph, 0, ~0U) | 1U;
  for (std::uint32_t node = 0; node < size_of_random; ++node) {
    if (has(all, node) && graph.nodes[node].pending && effects(graph, node) == 0) expected.stuck = true;
  }
  for (Set set = 1; set < 1U << size_of_random; ++set) {
    if ((set & ~all) == 0 && fair_for_ever(graph, set)) expected.cycle = true;
  }
  return expected;
}

/// The cycle closes, stays pending, and leaves no fair choice waiting.
void check_cycle(Live& graph, const Lasso& lasso) {
  const std::size_t stem = lasso.stem.steps.size();
  const auto nodes = nodes_of(graph, lasso);
  CHECK(nodes.back() == nodes[stem]);
  Set always = ~0U, taken = 0;
  for (std::size_t i = stem; i < nodes.size(); ++i) {
    CHECK(graph.nodes[nodes[i]].pending);
    always &= effects(graph, nodes[i]);
  }
  std::size_t step = 0;
  REQUIRE(replay_lasso(graph, lasso, [&](const auto&, Edge edge, const auto&) {
    if (step++ >= stem) taken |= 1U << edge.fair;
  }));
  CHECK((always & ~taken) == 0);
}

}  // namespace

TEST_CASE("a model that finishes has no lasso") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{2, must(1)}}}, {{}, false}}};
  const Result result = explore(graph);
  CHECK(result.complete());
  CHECK_FALSE(result.lasso);
}

TEST_CASE("a pending state without successors is stuck") {
  Live graph{.nodes = {{{{1, must(1)}}}, {}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK(result.lasso->stuck());
  CHECK(result.lasso->stem == Live::path({0, 1}));
  CHECK(result.lasso->cost == Cost{1, 0});
}

TEST_CASE("a pending state in which only unfair choices remain is stuck") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{2, may()}}}, {{}, false}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK(result.lasso->stuck());
  CHECK(nodes_of(graph, *result.lasso) == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("a fair choice without effect does not save a state from being stuck") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{1, must(2)}}}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK(result.lasso->stuck());
}

TEST_CASE("a state that is not pending may stay for ever") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{0, may()}}, false}}};
  CHECK_FALSE(explore(graph).lasso);
}

TEST_CASE("a cycle of one fair choice that does not finish is found") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{2, must(1)}}}, {{{1, must(1)}}}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK_FALSE(result.lasso->stuck());
  CHECK(nodes_of(graph, *result.lasso) == std::vector<std::uint32_t>{0, 1, 2, 1});
}

TEST_CASE("a cycle that a fair choice enabled throughout would leave is not fair") {
  Live graph{.nodes = {{{{1, must(1)}, {2, must(2)}}}, {{{0, must(1)}, {2, must(2)}}}, {{}, false}}};
  CHECK_FALSE(explore(graph).lasso);
}

TEST_CASE("a cycle that switches the leaving fair choice off now and then is fair") {
  Live graph{.nodes = {{{{1, must(1)}, {2, must(2)}}}, {{{0, must(1)}}}, {{}, false}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK(nodes_of(graph, *result.lasso) == std::vector<std::uint32_t>{0, 1, 0});
}

TEST_CASE("a cycle may lead through unfair choices") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{0, may()}, {2, must(2)}}}, {{}, false}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK_FALSE(result.lasso->stuck());
  CHECK(nodes_of(graph, *result.lasso) == std::vector<std::uint32_t>{0, 1, 0});
}

TEST_CASE("a cycle through a state that is not pending is none") {
  Live graph{.nodes = {{{{1, must(1)}}}, {{{0, must(1)}}, false}}};
  CHECK_FALSE(explore(graph).lasso);
}

TEST_CASE("a fair choice without effect cannot keep a cycle fair") {
  // Label 2 stays where it is in state 0 and leaves from both: going round without it is unfair.
  Live graph{.nodes = {{{{0, must(2)}, {1, must(1)}, {2, must(2)}}}, {{{0, must(1)}, {2, must(2)}}}, {{}, false}}};
  CHECK_FALSE(explore(graph).lasso);
}

TEST_CASE("the cycle shown takes every fair choice that has an effect throughout") {
  // Two loops share state 0; labels 1 and 2 have an effect everywhere, so a fair run needs both loops.
  Live graph{.nodes = {{{{1, must(1)}, {2, must(2)}}}, {{{0, must(1)}, {3, must(2)}}}, {{{0, must(2)}, {3, must(1)}}},
                       {{{0, must(1)}, {0, must(2)}}}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  std::set<unsigned> labels;
  std::size_t steps = 0;
  REQUIRE(replay_lasso(graph, *result.lasso, [&](const auto&, Edge edge, const auto&) {
    if (steps++ >= result.lasso->stem.steps.size()) labels.insert(edge.fair);
  }));
  CHECK(labels == std::set<unsigned>{1, 2});
}

TEST_CASE("of several lassos the cheapest is reported") {
  CostedLive graph;
  graph.nodes = {{{{1, {.length = 4, .fair = 1}}, {2, {.length = 1, .fair = 1}}}},
                 {},
                 {{{3, {.length = 2, .fair = 1}}}},
                 {{{4, {.length = 1, .fair = 1}}}},
                 {{{3, {.length = 1, .fair = 1}}}}};
  const Result result = explore(graph);
  REQUIRE(result.lasso);
  CHECK(result.lasso->cost == Cost{3, 0});
  CHECK_FALSE(result.lasso->stuck());
  graph.nodes[0].arrows[0].edge.length = 2;
  const Result again = explore(graph);
  REQUIRE(again.lasso);
  CHECK(again.lasso->stuck());
  CHECK(again.lasso->cost == Cost{2, 0});
}

TEST_CASE("a violating fair choice has an effect, and its state is not stuck") {
  Live graph{.nodes = {{{{1, {.fair = 1, .violation = 5}}}}, {}}};
  const Result result = explore(graph, {}, {.stop_at_violation = false});
  CHECK(result.complete());
  CHECK_FALSE(result.lasso);
}

TEST_CASE("an incomplete search claims nothing about liveness") {
  Live graph{.nodes = {{{{1, must(1)}, {2, must(1)}}}, {}, {{{3, must(1)}}}, {}}};
  CHECK(explore(graph).lasso);
  CHECK_FALSE(explore(graph, {.states = 3}).lasso);
  graph.nodes[2].arrows.push_back({3, {.violation = 1}});
  CHECK_FALSE(explore(graph).lasso);
}

TEST_CASE("random graphs have a lasso exactly where the definition says so") {
  std::size_t stuck = 0, cycles = 0, none = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    INFO("seed " << seed);
    Live graph = random_graph(seed);
    const Expected expected = by_definition(graph);
    const Result result = explore(graph);
    REQUIRE(result.complete());
    REQUIRE(result.lasso.has_value() == (expected.stuck || expected.cycle));
    if (!result.lasso) {
      ++none;
    } else if (result.lasso->stuck()) {
      ++stuck;
      CHECK(expected.stuck);
    } else {
      ++cycles;
      CHECK(expected.cycle);
      check_cycle(graph, *result.lasso);
    }
  }
  CHECK(stuck > 100);
  CHECK(cycles > 100);
  CHECK(none > 100);
}
