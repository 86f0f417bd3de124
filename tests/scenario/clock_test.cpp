// Time moves when, and only when, no fair choice would change the state; so what
// times out in a run without faults could never have been satisfied.
#include <catch2/catch.hpp>

#include "tests/scenario/configs.hpp"
#include "tests/scenario/graph.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

// A fair choice by itself: a kill inside a poll is not the poll's doing.
bool fair_acts(const Graph& graph, std::uint32_t at) {
  for (const GraphEdge& edge : graph.nodes()[at].edges)
    if (edge.choice.actor != Actor::clock && edge.choice.label != 0 && edge.inner == 0 && edge.to != at) return true;
  return false;
}

bool time_moves(const GraphNode& node) {
  for (const GraphEdge& edge : node.edges)
    if (edge.choice.actor == Actor::clock) return true;
  return false;
}

std::size_t expect_the_rule(const Config& config) {
  INFO(config.scenario->name << ", " << name(config.teardown) << ", from connecting " << config.from_connecting);
  const Graph graph(config);
  std::size_t moves = 0, wrong = 0;
  for (std::uint32_t at = 0; at < graph.nodes().size(); ++at) {
    const GraphNode& node = graph.nodes()[at];
    const bool due = node.next_time_ms != sim::no_timer && node.next_time_ms != 0;
    wrong += time_moves(node) != (due && !fair_acts(graph, at));
    moves += time_moves(node);
  }
  CHECK(wrong == 0);
  return moves;
}

std::size_t timeouts(const Graph& graph) {
  std::size_t count = 0;
  for (const GraphNode& node : graph.nodes())
    for (const GraphEdge& edge : node.edges) count += edge.timed_out;
  return count;
}

}  // namespace

TEST_CASE("time moves exactly where no fair choice would change the state") {
  std::size_t moves = 0;
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns)
      for (const Start start : {Start::established, Start::connecting}) {
        Config config = small_config(scenario.name, teardown, start);
        config.properties = {};  // go on behind an impossible wait: only there time has to move
        moves += expect_the_rule(config);
      }
  CHECK(moves > 0);
}

TEST_CASE("without faults nothing times out, whatever the teardown") {
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns)
      for (const Start start : {Start::established, Start::connecting}) {
        Config config = small_config(scenario.name, teardown, start);
        config.faults = {};
        config.properties = {};
        INFO(scenario.name << ", " << name(teardown) << ", from connecting " << config.from_connecting);
        CHECK(timeouts(Graph(config)) == 0);
      }
}

TEST_CASE("settled gives up on no deadline even when the target is killed or disconnects") {
  for (const Scenario& scenario : scenarios)
    for (const Start start : {Start::established, Start::connecting}) {
      Config config = small_config(scenario.name, Teardown::settled, start);
      config.properties = {};
      INFO(scenario.name << ", from connecting " << config.from_connecting);
      CHECK(timeouts(Graph(config)) == 0);
    }
}

TEST_CASE("the impossible waits of the other two end by their deadline") {
  for (const Teardown teardown : {Teardown::always_wait, Teardown::connected_flag}) {
    Config config = small_config("target-killed", teardown);
    config.properties = {};
    CHECK(timeouts(Graph(config)) > 0);
  }
}
