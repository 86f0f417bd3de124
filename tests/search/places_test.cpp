// Steps that branch on their way: fair runs through them, their least costs, and what is
// remembered of them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <set>

#include "models.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

namespace {

constexpr std::uint32_t a = 100, b = 101, c = 102;   // places

/// One way through a step, by definition.
struct Way {
  std::uint32_t to;
  std::set<unsigned> labels;   ///< of its choices; 0: an unfair one
  Cost cost;
  std::uint8_t begun_with;
};

std::vector<Way> ways_from(const Stepped& model, std::uint32_t node) {
  std::vector<Way> ways;
  std::function<void(std::uint32_t, Way)> follow = [&](std::uint32_t to, Way way) {
    way.to = to;
    if (to < Stepped::first_place) return ways.push_back(way);
    const auto& place = model.places[to - Stepped::first_place];
    follow(place.goes_on_to, way);
    for (const auto& choice : place.choices) {
      Way more = way;
      more.labels.insert(choice.label);
      more.cost = more.cost + Edge{.length = 1, .inner = 1};
      follow(choice.to, more);
    }
  };
  for (const auto& step : model.nodes[node].steps) follow(step.to, {step.to, {step.label}, {1, 0}, step.label});
  return ways;
}

using Set = unsigned;   ///< of nodes or labels, one bit each
bool has(Set set, std::uint32_t element) { return (set >> element & 1) != 0; }

/// Labels whose steps lead elsewhere by fair choices alone.
Set effects(const Stepped& model, std::uint32_t node) {
  Set labels = 0;
  for (const Way& way : ways_from(model, node))
    if (way.to != node && !way.labels.contains(0)) labels |= 1u << way.begun_with;
  return labels;
}

Set reachable(const Stepped& model, std::uint32_t from, Set within) {
  Set reached = 0;
  for (std::vector<std::uint32_t> todo = {from}; !todo.empty();) {
    const std::uint32_t node = todo.back();
    todo.pop_back();
    for (const Way& way : ways_from(model, node)) {
      if (way.to == node || !has(within, way.to) || has(reached, way.to)) continue;
      reached |= 1u << way.to;
      todo.push_back(way.to);
    }
  }
  return reached;
}

bool fair_for_ever(const Stepped& model, Set set) {
  Set always = ~0u, taken = 0;
  for (std::uint32_t node = 0; node < model.nodes.size(); ++node) {
    if (!has(set, node)) continue;
    if (!model.nodes[node].pending || (reachable(model, node, set) & set) != set) return false;
    always &= effects(model, node);
    for (const Way& way : ways_from(model, node))
      if (way.to != node && has(set, way.to))
        for (const unsigned label : way.labels) taken |= 1u << label;
  }
  return (always & ~taken & ~1u) == 0;
}

Stepped random_model(std::uint64_t seed) {
  Numbers numbers(seed);
  Stepped model;
  model.nodes.resize(4);
  model.places.resize(5);
  const auto label = [&] { return static_cast<std::uint8_t>(numbers.below(4)); };
  const auto target = [&](std::uint32_t after) {   // a state, or a place that lies behind: no step goes round
    const std::uint32_t behind = static_cast<std::uint32_t>(model.places.size()) - after;
    const std::uint32_t at = numbers.below(4 + behind);
    return at < 4 ? at : Stepped::first_place + after + at - 4;
  };
  for (auto& node : model.nodes) {
    node.pending = numbers.below(5) != 0;
    for (std::uint32_t i = 1 + numbers.below(3); i > 0; --i) node.steps.push_back({target(0), label()});
  }
  for (std::uint32_t i = 0; i < model.places.size(); ++i) {
    model.places[i].goes_on_to = target(i + 1);
    for (std::uint32_t n = numbers.below(3); n > 0; --n) model.places[i].choices.push_back({target(i + 1), label()});
  }
  return model;
}

}  // namespace

TEST_CASE("a cycle that is fair only because a choice inside a step is taken is found") {
  // Label 2 is enabled in both states, between steps; on the cycle it is taken inside a step only.
  Stepped model{.nodes = {{{{a, 1}, {2, 2}}}, {{{0, 1}, {2, 2}}}, {{}, false}}, .places = {{2, {{1, 2}}}}};
  const Result result = explore(model);
  REQUIRE(result.lasso);
  CHECK_FALSE(result.lasso->stuck());
  model.places[0].choices[0].label = 3;   // then nobody takes 2
  CHECK_FALSE(explore(model).lasso);
}

TEST_CASE(
    "a step that an unfair choice inside it makes effective has taken its fair choice, and had no effect of its own") {
  // The poll of label 1 leads to the other state only by an unfair choice: it is not enabled, so state 0 is stuck.
  Stepped model{.nodes = {{{{a, 1}}}, {{{0, 1}}}}, .places = {{0, {{1, 0}}}}};
  const Result result = explore(model);
  REQUIRE(result.lasso);
  CHECK(result.lasso->stuck());
  model.places[0].choices[0].label = 2;   // a fair choice: now it is
  const Result again = explore(model);
  REQUIRE(again.lasso);
  CHECK_FALSE(again.lasso->stuck());
  CHECK(again.lasso->cycle.size() == 2);
}

TEST_CASE("a step that leads back to its own state takes nothing") {
  // 0 and 1 go round by label 1; label 2, enabled in both, leads out, or inside its step back to where it began.
  Stepped model{.nodes = {{{{1, 1}, {a, 2}}}, {{{0, 1}, {b, 2}}}, {{}, false}},
                .places = {{2, {{0, 3}}}, {2, {{1, 3}}}}};
  CHECK_FALSE(explore(model).lasso);
  model.places[1].choices[0].to = 0;   // from 1 it leads to 0: taken
  CHECK(explore(model).lasso);
}

TEST_CASE("what has an effect is known also where the step ends at a place of an earlier one") {
  // State 1's only step runs into place b, which state 0's step has met: it is not stuck there.
  Stepped model{.nodes = {{{{b, 1}, {1, 2}}}, {{{b, 1}}}, {{}, false}}, .places = {{}, {2, {}}}};
  const Result result = explore(model);
  CHECK_FALSE(result.lasso);
  CHECK(result.places == 1);
  CHECK(model.visits == 1);
}

TEST_CASE("a place that is reached again by fewer choices is gone on from again") {
  // c is met first by two inner choices of a step, then by none of the next one.
  Stepped model{.nodes = {{{{a, 1}, {c, 1}}}, {{}, false}, {{}, false}},
                .places = {{1, {{b, 1}}}, {1, {{c, 1}}}, {2, {}}}};
  const Result result = explore(model);
  CHECK(model.visits == 4);
  REQUIRE(replay_path(model, {mark(hash_object(Stepped::State{0})), {mark(hash_object(Stepped::State{2}))}},
                      [](const auto&, Edge edge, const auto&) { CHECK(edge.length == 1); }));
  CHECK(result.depth == 1);
}

TEST_CASE("random steps: states, least costs and lassos are those of the definition") {
  std::size_t stuck = 0, cycles = 0, none = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    INFO("seed " << seed);
    Stepped model = random_model(seed);
    const Set all = reachable(model, 0, ~0u) | 1u;
    bool any_stuck = false, any_cycle = false;
    for (std::uint32_t node = 0; node < model.nodes.size(); ++node)
      if (has(all, node) && model.nodes[node].pending && (effects(model, node) & ~1u) == 0) any_stuck = true;
    for (Set set = 1; set < 1u << model.nodes.size(); ++set)
      if ((set & ~all) == 0 && (set & (set - 1)) != 0 && fair_for_ever(model, set)) any_cycle = true;
    const Result result = explore(model);
    REQUIRE(result.states == static_cast<std::uint64_t>(__builtin_popcount(all)));
    REQUIRE(result.lasso.has_value() == (any_stuck || any_cycle));
    if (!result.lasso) ++none;
    else if (result.lasso->stuck()) ++stuck;
    else ++cycles;
    if (!result.lasso) continue;
    std::uint32_t at = 0;
    std::vector<std::uint32_t> walked = {0};
    const auto visit = [&](const auto&, Edge, const auto& next) { walked.push_back(at = next.node); };
    REQUIRE(replay_lasso(model, *result.lasso, visit));
    CHECK(at == walked[result.lasso->stem.steps.size()]);
    for (const bool exact : {false, true}) {
      Stepped again = random_model(seed);
      const Result other = explore(again, {}, {.exact_costs = exact});
      CHECK(other.states == result.states);
      CHECK(other.depth == result.depth);
      CHECK(other.lasso->cost.length == result.lasso->cost.length);
    }
  }
  CHECK(std::min({stuck, cycles, none}) > 50);
}
