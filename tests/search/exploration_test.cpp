// What a search counts, where it stops, and that nothing but the model decides it.
#include <catch2/catch.hpp>

#include "models.hpp"
#include "search/engine.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

namespace {
bool same_counts(const Result& a, const Result& b) {
  return a.states == b.states && a.transitions == b.transitions && a.end_states == b.end_states && a.depth == b.depth &&
         a.ended == b.ended;
}
}  // namespace

TEST_CASE("two clocks have the square of their hours as states and never end") {
  TwoClocks clocks{.hours = 12};
  const Result result = explore(clocks);
  CHECK(result.complete());
  CHECK(result.states == 144);
  CHECK(result.transitions == 288);
  CHECK(result.end_states == 0);
  CHECK(result.depth == 22);
}

TEST_CASE("philosophers have the states of their forks and one end state") {
  // Words over {thinks, has left, eats} round the ring in which thinks follows eats:
  // the trace of {{1,1,1},{1,1,1},{1,0,0}} to the power of the ring's size.
  Philosophers<3> three;
  Philosophers<5> five;
  Philosophers<8> eight;
  CHECK(explore(three).states == 14);
  CHECK(explore(five).states == 82);
  const Result result = explore(eight);
  CHECK(result.states == 1154);
  CHECK(result.end_states == 1);
}

TEST_CASE("two-phase commit with n participants has 2*3^n + 2^n states") {
  TwoPhaseCommit<1> one;
  TwoPhaseCommit<4> four;
  TwoPhaseCommit<7> seven;
  CHECK(explore(one).states == 2 * 3 + 2);
  CHECK(explore(four).states == 2 * 81 + 16);
  CHECK(explore(seven).states == 2 * 2187 + 128);
  CHECK(explore(seven).violations.empty());
}

TEST_CASE("states of different sizes are stored whole, in the order of levels and of costs") {
  Words<true> by_level(12);
  Words<false> by_cost(12);
  const Result levels = explore(by_level);
  const Result costs = explore(by_cost);
  CHECK(levels.states == 8191);
  CHECK(levels.end_states == 4096);
  CHECK(levels.depth == 12);
  CHECK(by_level.torn == 0);
  CHECK(same_counts(levels, costs));
  CHECK(by_cost.torn == 0);
}

TEST_CASE("the frontier holds what waits and not all that was seen") {
  TwoClocks clocks{.hours = 700};
  const Result result = explore(clocks);
  CHECK(result.states == 490'000);
  CHECK(result.frontier_bytes > 0);
  CHECK(result.frontier_bytes < 490'000 * sizeof(TwoClocks::State) / 4);
}

TEST_CASE("every initial state is searched, and a repeated one counts once") {
  Graph<true, false> graph{.nodes = {{{{1, {}}}}, {}, {{{3, {}}}}, {}}, .initials = {0, 2, 0, 3}};
  const Result result = explore(graph);
  CHECK(result.states == 4);
  CHECK(result.transitions == 2);
  CHECK(result.depth == 1);
}

TEST_CASE("the size of the visited set at the start changes nothing") {
  Philosophers<8> model;
  const Result grown = explore(model, {}, {.initial_slots = 1});
  const Result roomy = explore(model, {}, {.initial_slots = 1 << 18});
  CHECK(grown.states == 1154);
  CHECK(same_counts(grown, roomy));
  CHECK(grown.visited_bytes < roomy.visited_bytes);
}

TEST_CASE("an observer sees every transition and each new state once") {
  TwoPhaseCommit<4> model;
  std::uint64_t transitions = 0, fresh = 0;
  const Result unseen = explore(model);
  const Result seen = explore(model, {}, {}, [&](const auto& from, Edge edge, const auto& next, bool is_new) {
    CHECK(std::memcmp(&from, &next, sizeof from) != 0);
    CHECK(edge.length == 1);
    ++transitions;
    fresh += is_new ? 1 : 0;
  });
  CHECK(transitions == seen.transitions);
  CHECK(fresh == seen.states - 1);
  CHECK(same_counts(unseen, seen));
}

TEST_CASE("a limit on states ends the search and says so") {
  TwoClocks clocks{.hours = 100};
  const Result result = explore(clocks, {.states = 500});
  CHECK(result.ended == Ended::states);
  CHECK_FALSE(result.complete());
  CHECK(result.states >= 500);
  CHECK(result.states < 520);
}

TEST_CASE("a limit on time ends the search and says so") {
  TwoClocks clocks{.hours = 100'000};
  const Result result = explore(clocks, {.states = 5'000'000, .seconds = 0.005});
  CHECK(result.ended == Ended::time);
  CHECK_FALSE(result.complete());
}

TEST_CASE("a limit on memory ends the search before the visited set grows beyond it") {
  TwoClocks clocks{.hours = 100'000};
  const Result result = explore(clocks, {.states = 5'000'000, .bytes = 4 << 20});
  CHECK(result.ended == Ended::memory);
  CHECK_FALSE(result.complete());
  CHECK(result.visited_bytes <= 4 << 20);
  CHECK(result.record_bytes > 1 << 20);
}

TEST_CASE("a search without limits is complete and tells how likely a state was hidden") {
  TwoClocks clocks{.hours = 64};
  const Result result = explore(clocks);
  CHECK(result.complete());
  CHECK(result.expected_omissions() == Approx(4096.0 * 4096.0 / 36893488147419103232.0));
  CHECK(result.hidden_probability() == Approx(result.expected_omissions()));
}

TEST_CASE("progress is told while the search goes on") {
  TwoClocks clocks{.hours = 100};
  std::vector<std::uint64_t> states;
  const Options options{.progress = [&](const Progress& now) { states.push_back(now.states); }, .progress_seconds = 0};
  const Result result = explore(clocks, {}, options);
  REQUIRE(states.size() > 10);
  CHECK(std::is_sorted(states.begin(), states.end()));
  CHECK(states.back() <= result.states);
  CHECK(states.back() > 0);
}
