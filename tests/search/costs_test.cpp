// The order of costs, the cheapest violation, and the path to it.
#include <catch2/catch.hpp>

#include <map>

#include "models.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

namespace {

using Costed = Graph<false, false>;
using Unit = Graph<true, false>;

constexpr Edge costs(std::uint16_t length, std::uint16_t inner = 0) { return {.length = length, .inner = inner}; }
constexpr Edge bad(std::uint8_t code, std::uint16_t length = 1, std::uint16_t inner = 0) {
  return {.length = length, .inner = inner, .violation = code};
}

/// The least cost of each node, by going over all edges until nothing changes.
std::map<std::uint32_t, Cost> least_costs(const Costed& graph) {
  std::map<std::uint32_t, Cost> least = {{0, {}}};
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [node, cost] : std::map(least)) {
      for (const auto& arrow : graph.nodes[node].arrows) {
        if (arrow.edge.violation != 0) continue;
        const auto [it, added] = least.try_emplace(arrow.to, cost + arrow.edge);
        if (!added && !(cost + arrow.edge < it->second)) continue;
        it->second = cost + arrow.edge;
        changed = true;
      }
    }
  }
  return least;
}

Costed random_graph(Numbers& numbers) {
  Costed graph;
  graph.nodes.resize(14);
  for (auto& node : graph.nodes) {
    for (std::uint32_t i = numbers.below(5); i > 0; --i) {
      const auto length = static_cast<std::uint16_t>(1 + numbers.below(4));
      const bool violates = numbers.below(12) == 0;
      node.arrows.push_back({numbers.below(14), {.length = length,
                                                 .inner = static_cast<std::uint16_t>(numbers.below(length)),
                                                 .violation = violates ? std::uint8_t{3} : std::uint8_t{0}}});
    }
  }
  return graph;
}

}  // namespace

TEST_CASE("a violation is reported with a shortest path") {
  TwoPhaseCommit<4> hasty{.hasty = true};
  const Result result = explore(hasty);
  REQUIRE(result.violation() != nullptr);
  CHECK(result.ended == Ended::violation);
  CHECK(result.violation()->code == 7);
  CHECK(result.violation()->cost == Cost{4, 0});   // prepare, commit, follow, abort alone
  CHECK(result.violation()->path.steps.size() == 4);
}

TEST_CASE("a path replays to the state of the violation") {
  TwoPhaseCommit<4> hasty{.hasty = true};
  const Result result = explore(hasty);
  TwoPhaseCommit<4>::State last{};
  std::size_t steps = 0;
  Edge edge_of_last;
  REQUIRE(replay_path(hasty, result.violation()->path, [&](const auto& from, Edge edge, const auto& next) {
    CHECK(std::memcmp(&from, &last, sizeof last) == 0);
    last = next;
    edge_of_last = edge;
    ++steps;
  }));
  CHECK(steps == 4);
  CHECK(edge_of_last.violation == 7);
  CHECK(std::count(last.at.begin(), last.at.end(), TwoPhaseCommit<4>::committed) == 1);
  CHECK(std::count(last.at.begin(), last.at.end(), TwoPhaseCommit<4>::aborted) == 1);
}

TEST_CASE("a path that the model cannot take is refused") {
  Unit graph{.nodes = {{{{1, {}}}}, {{{2, {}}, {0, bad(3)}}}, {}, {}}};
  const auto ignore = [](const auto&, Edge, const auto&) {};
  CHECK(replay_path(graph, Unit::path({0, 1, 2}), ignore));
  CHECK(replay_path(graph, Unit::path({0, 1, 0}, 3), ignore));
  CHECK_FALSE(replay_path(graph, Unit::path({0, 1, 3}), ignore));
  CHECK_FALSE(replay_path(graph, Unit::path({0, 1, 0}), ignore));
  CHECK_FALSE(replay_path(graph, Unit::path({0, 1, 2}, 3), ignore));
  CHECK_FALSE(replay_path(graph, Unit::path({1, 2}), ignore));
}

TEST_CASE("of two transitions to one state the walk takes the cheaper, and of equals the first") {
  Costed graph{.nodes = {{{{1, costs(3, 2)}, {1, costs(2, 1)}, {1, {.length = 2, .inner = 1, .fair = 9}}}}, {}}};
  Edge walked;
  REQUIRE(replay_path(graph, Costed::path({0, 1}), [&](const auto&, Edge edge, const auto&) { walked = edge; }));
  CHECK(walked.length == 2);
  CHECK(walked.fair == 0);
}

TEST_CASE("states of different sizes replay from the buffer they were emitted in") {
  Words<false> words(12);
  std::uint32_t word = 0;
  Path path;
  const std::vector<std::uint32_t> bits = {1, 0, 1, 1, 0, 1};
  Words<false>::State state;
  words.initial([&](const auto& first) {
    path.initial = mark(words.fingerprint(first));
    std::memcpy(static_cast<void*>(&state), &first, sizeof state);
  });
  for (const std::uint32_t bit : bits) {
    std::uint32_t emission = 0;
    const auto from = state;
    words.successors(from, [&](Edge, const auto& next) {
      if (emission++ == bit) std::memcpy(static_cast<void*>(&state), &next, sizeof state);
    });
    path.steps.push_back(mark(words.fingerprint(state)));
  }
  REQUIRE(replay_path(words, path, [&](const auto&, Edge, const auto& next) { word = next.word; }));
  CHECK(word == 0b101101);
  CHECK(words.torn == 0);
}

TEST_CASE("among equally short paths the earliest parent wins") {
  Unit graph{.nodes = {{{{1, {}}, {2, {}}}}, {{{3, {}}}}, {{{3, {}}}}, {{{0, bad(1)}}}}};
  CHECK(explore(graph).violation()->path == Unit::path({0, 1, 3, 0}, 1));
  graph.nodes[1].arrows.clear();
  CHECK(explore(graph).violation()->path == Unit::path({0, 2, 3, 0}, 1));
}

TEST_CASE("a state found again more cheaply is expanded once, at its lower cost") {
  // 0 -> 1 costs 5, but 0 -> 2 -> 1 costs 2.
  Costed graph{.nodes = {{{{1, costs(5)}, {2, costs(1)}}}, {{{3, costs(1)}}}, {{{1, costs(1)}}}, {{{0, bad(1)}}}}};
  const Result result = explore(graph, {}, {.stop_at_violation = false});
  CHECK(result.states == 4);
  CHECK(result.transitions == 5);
  CHECK(result.depth == 3);
  CHECK(result.violation()->cost == Cost{4, 0});
  CHECK(result.violation()->path == Costed::path({0, 2, 1, 3, 0}, 1));
}

TEST_CASE("of two paths of one length the one with fewer inner choices is preferred") {
  // 0 -> 1 in one step with an inner choice, emitted first; 0 -> 2 -> 1 in two steps.
  Costed graph{.nodes = {{{{1, costs(2, 1)}, {2, costs(1)}}}, {{{0, bad(1)}}}, {{{1, costs(1)}}}}};
  const Result result = explore(graph);
  CHECK(result.violation()->cost == Cost{3, 0});
  CHECK(result.violation()->path == Costed::path({0, 2, 1, 0}, 1));
}

TEST_CASE("a way longer than can be counted ends the search, and is not taken for a shorter one") {
  constexpr std::uint32_t nodes = 80;
  Costed graph;
  graph.nodes.resize(nodes);
  for (std::uint32_t node = 0; node + 1 < nodes; ++node) graph.nodes[node].arrows.push_back({node + 1, costs(65535)});
  const Result result = explore(graph);
  CHECK(result.ended == Ended::states);
  CHECK(result.states < nodes);
  graph.nodes.resize(60);
  graph.nodes.back().arrows.clear();
  CHECK(explore(graph).complete());
}

TEST_CASE("length counts before inner choices") {
  Costed graph{.nodes = {{{{1, costs(3, 0)}, {1, costs(2, 2)}}}, {{{0, bad(1)}}}}};
  CHECK(explore(graph).violation()->cost == Cost{3, 2});
}

TEST_CASE("the search goes on past a violation while a cheaper one can come") {
  // The first violation met costs 9; the cheaper one is two expansions away.
  Costed graph{.nodes = {{{{0, bad(1, 9)}, {1, costs(1)}}}, {{{2, costs(1)}}}, {{{0, bad(2, 1)}}}}};
  const Result result = explore(graph);
  CHECK(result.violation()->code == 2);
  CHECK(result.violation()->cost == Cost{3, 0});
  CHECK(result.ended == Ended::violation);
}

TEST_CASE("the search stops as soon as no cheaper violation can come") {
  // State 2 waits on the level of state 1, but its violations could only be as cheap.
  Unit graph{.nodes = {{{{1, {}}, {2, {}}}}, {{{0, bad(1)}}}, {{{3, {}}}}, {}}};
  const Result result = explore(graph);
  CHECK(result.ended == Ended::violation);
  CHECK(result.states == 3);
  CHECK(result.transitions == 3);
}

TEST_CASE("a search that goes on counts the violations of each code and keeps the cheapest") {
  Unit graph{.nodes = {{{{1, {}}, {2, {}}}},
                       {{{0, bad(4)}, {0, bad(9)}, {3, {}}}},
                       {{{0, bad(4)}}},
                       {{{0, bad(4)}, {0, bad(5)}}}}};
  const Result result = explore(graph, {}, {.stop_at_violation = false});
  CHECK(result.complete());
  CHECK(result.states == 4);
  REQUIRE(result.violations.size() == 3);
  CHECK(result.violations[0].code == 4);
  CHECK(result.violations[0].count == 3);
  CHECK(result.violations[0].path == Unit::path({0, 1, 0}, 4));
  CHECK(result.violations[1].code == 9);
  CHECK(result.violations[1].count == 1);
  CHECK(result.violations[2].code == 5);
  CHECK(result.violations[2].cost == Cost{3, 0});
}

TEST_CASE("the state behind a violating transition is reached by another one all the same") {
  Unit graph{.nodes = {{{{1, bad(1)}, {1, {}}}}, {{{2, {}}}}, {}}};
  CHECK(explore(graph, {}, {.stop_at_violation = false}).states == 3);
}

TEST_CASE("without links there are no paths and the same counts") {
  TwoPhaseCommit<4> hasty{.hasty = true};
  const Result with = explore(hasty);
  const Result without = explore(hasty, {}, {.keep_links = false});
  CHECK(without.violation()->cost == with.violation()->cost);
  CHECK(without.states == with.states);
  CHECK(without.violation()->path.steps.empty());
  CHECK(without.record_bytes == 0);
}

TEST_CASE("paths and costs do not depend on the size of the visited set or on an observer") {
  TwoPhaseCommit<6> hasty{.hasty = true};
  const Result one = explore(hasty, {}, {.initial_slots = 1});
  const Result two = explore(hasty, {}, {.initial_slots = 1 << 16});
  const Result three = explore(hasty, {}, {}, [](const auto&, Edge, const auto&, bool) {});
  CHECK(one.violation()->path == two.violation()->path);
  CHECK(one.violation()->path == three.violation()->path);
  CHECK(one.states == three.states);
  CHECK(one.transitions == three.transitions);
}

TEST_CASE("random graphs have the costs and cheapest violations of a naive search") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Numbers numbers(seed);
    Costed graph = random_graph(numbers);
    const auto least = least_costs(graph);
    std::optional<Cost> cheapest;
    std::uint64_t transitions = 0, depth = 0;
    for (const auto& [node, cost] : least) {
      depth = std::max<std::uint64_t>(depth, cost.length);
      for (const auto& arrow : graph.nodes[node].arrows) {
        ++transitions;
        if (arrow.edge.violation != 0 && (!cheapest || cost + arrow.edge < *cheapest)) cheapest = cost + arrow.edge;
      }
    }
    INFO("seed " << seed);
    const Result all = explore(graph, {}, {.stop_at_violation = false});
    CHECK(all.states == least.size());
    CHECK(all.transitions == transitions);
    CHECK(all.depth == depth);
    Packing packing{graph};
    const Result packed = explore(packing, {}, {.stop_at_violation = false});
    CHECK(packed.states == all.states);
    CHECK(packed.transitions == all.transitions);
    CHECK(packed.depth == all.depth);
    const Result stopped = explore(graph);
    REQUIRE((stopped.violation() != nullptr) == cheapest.has_value());
    if (!cheapest) continue;
    CHECK(stopped.violation()->cost == *cheapest);
    CHECK(stopped.violations.at(0).path == all.violations.at(0).path);
    Cost walked;
    REQUIRE(replay_path(graph, stopped.violation()->path,
                        [&](const auto&, Edge edge, const auto&) { walked = walked + edge; }));
    CHECK(walked == *cheapest);
  }
}
