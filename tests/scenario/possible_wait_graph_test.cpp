// possible-wait, decided at once by its monitor, confirmed on the whole graph: a wait is
// impossible if and only if no run from there, with time standing still, satisfies it.
//
// One exception, by design: the monitor leaves time free, so it counts a DREQ that is
// given up, though a REJ is on its way that will be faster. Its verdict comes late then,
// when the REJ has arrived, but it comes. And an answer that the kernel has put off needs
// time: such waits are left out.
#include <catch2/catch.hpp>

#include "tests/scenario/configs.hpp"
#include "tests/scenario/graph.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

// The environment acts and the host polls; no clock, no request of the application.
bool carries_on(const GraphEdge& edge) {
  if (edge.choice.actor != Actor::host) return edge.choice.actor == Actor::environment;
  return is_fair(edge.choice.host.kind);
}

// For each node a bit per qpair: some run from there satisfies its wait.
std::vector<std::uint8_t> satisfiable(const Graph& graph) {
  const std::vector<GraphNode>& nodes = graph.nodes();
  std::vector<std::uint8_t> can(nodes.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t at = nodes.size(); at-- > 0;) {
      std::uint8_t now = can[at];
      for (const GraphEdge& edge : nodes[at].edges)
        if (carries_on(edge) && edge.to != no_node)
          now = static_cast<std::uint8_t>(now | edge.satisfied | (can[edge.to] & ~edge.ended));
      changed = changed || now != can[at];
      can[at] = now;
    }
  }
  return can;
}

// The exception: only the end of the DREQ's retransmissions could satisfy the wait, and
// a datagram is under way that comes before it.
bool will_be_overtaken(Graph& graph, const GraphNode& node, std::uint8_t qpair) {
  graph.world().restore(as_image(node.image));
  const model::Connection& connection = graph.world().kernel().shared.slots[node.waits[qpair].slot].connection;
  return connection.host().ib == model::Ib::dreq_sent && connection.to_side(model::Side::host).count > 0;
}

bool put_off(Graph& graph, const GraphNode& node, std::uint8_t qpair) {
  graph.world().restore(as_image(node.image));
  return graph.world().kernel().shared.slots[node.waits[qpair].slot].answer != sim::Answer::soon;
}

// The environment leads the wait, still on, to a state that the monitor calls impossible.
bool becomes_impossible(const Graph& graph, std::uint32_t at, std::uint8_t qpair) {
  if (((graph.nodes()[at].impossible >> qpair) & 1u) != 0) return true;
  for (const GraphEdge& edge : graph.nodes()[at].edges)
    if (edge.choice.actor == Actor::environment && edge.to != at && becomes_impossible(graph, edge.to, qpair))
      return true;
  return false;
}

struct Confirmed {
  std::size_t possible = 0, impossible = 0;
  std::size_t wrongly_impossible = 0;  // the monitor says impossible, a run satisfies it
  std::size_t late = 0;                // the monitor says possible, though it will be overtaken
  std::size_t wrongly_possible = 0;    // the monitor says possible, no run satisfies it
};

void count(Confirmed& confirmed, Graph& graph, std::uint32_t at, std::uint8_t qpair, bool satisfiable) {
  const GraphNode& node = graph.nodes()[at];
  if (put_off(graph, node, qpair)) return;
  const bool impossible = ((node.impossible >> qpair) & 1u) != 0;
  ++(impossible ? confirmed.impossible : confirmed.possible);
  if (impossible) confirmed.wrongly_impossible += satisfiable;
  if (impossible || satisfiable) return;
  const bool late = will_be_overtaken(graph, node, qpair) && becomes_impossible(graph, at, qpair);
  ++(late ? confirmed.late : confirmed.wrongly_possible);
}

// Without properties nothing is violated, so that the states behind an impossible wait are explored too.
Confirmed confirm(Config config) {
  config.properties = {};
  Graph graph(config);
  const std::vector<std::uint8_t> can = satisfiable(graph);
  Confirmed confirmed;
  for (std::uint32_t at = 0; at < graph.nodes().size(); ++at)
    for (std::uint8_t qpair = 0; qpair < config.qpairs; ++qpair)
      if (graph.nodes()[at].waits_for(qpair)) count(confirmed, graph, at, qpair, ((can[at] >> qpair) & 1u) != 0);
  return confirmed;
}

std::size_t expect_agreement(const Config& config, bool some_impossible) {
  INFO(config.scenario->name << ", " << name(config.teardown) << ", from connecting " << config.from_connecting);
  const Confirmed confirmed = confirm(config);
  CHECK(confirmed.possible > 0);
  CHECK((confirmed.impossible > 0) == some_impossible);
  CHECK(confirmed.wrongly_impossible == 0);
  CHECK(confirmed.wrongly_possible == 0);
  return confirmed.late;
}

}  // namespace

TEST_CASE("a wait is called impossible if and only if no run satisfies it: one qpair, a target that is killed") {
  for (const Teardown teardown : teardowns)
    CHECK(expect_agreement(small_config("target-killed", teardown), teardown != Teardown::settled) == 0);
}

TEST_CASE("… from connecting, where a REJ may be on its way") {
  CHECK(expect_agreement(small_config("target-killed", Teardown::settled, Start::connecting), false) == 0);
  for (const Teardown teardown : {Teardown::always_wait, Teardown::connected_flag})
    CHECK(expect_agreement(small_config("target-killed", teardown, Start::connecting), true) == 0);
}

TEST_CASE("… a peer that disconnects, a reset, a failover") {
  for (const char* const scenario : {"admin-disconnect", "reset", "failover"})
    for (const Teardown teardown : teardowns)
      expect_agreement(small_config(scenario, teardown), teardown != Teardown::settled);
}

TEST_CASE("… two of kill and peer-disconnect") {
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns) {
      Config config = small_config(scenario.name, teardown);
      config.faults = two_deaths();
      expect_agreement(config, teardown != Teardown::settled);
    }
}

TEST_CASE("… and two qpairs on one channel") {
  for (const Teardown teardown : {Teardown::connected_flag, Teardown::settled}) {
    const bool some_impossible = teardown != Teardown::settled;
    expect_agreement(small_config("admin-disconnect", teardown, Start::established, 2), some_impossible);
    expect_agreement(small_config("reset", teardown, Start::established, 2), some_impossible);
  }
}
