// Remembering inside a host step loses nothing: the same states and the same
// violations as every sequence of inner choices, run one by one.
#include <catch2/catch.hpp>

#include "scenario/player.hpp"
#include "tests/scenario/configs.hpp"
#include "tests/scenario/naive.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;
using qpair::Teardown;

namespace {

struct Found {
  std::vector<std::uint64_t> states;
  properties::PropertySet violated;
  std::uint64_t runs = 0;
};

Found by_remembering(const Config& config) {
  Graph graph(config);
  Found found;
  for (const GraphNode& node : graph.nodes()) found.states.push_back(node.fingerprint);
  std::sort(found.states.begin(), found.states.end());
  found.violated = graph.violated();
  found.runs = graph.model().inner_runs();
  return found;
}

Found by_every_way(const Config& config) {
  const NaiveSearch search(config);
  Found found;
  for (const auto& [fingerprint, number] : search.states()) found.states.push_back(fingerprint);
  found.violated = search.violated();
  found.runs = search.runs();
  return found;
}

void expect_the_same(const Config& config) {
  INFO(config.scenario->name << ", " << name(config.teardown) << ", qpairs " << config.qpairs << ", from connecting "
                             << config.from_connecting);
  const Found quick = by_remembering(config), slow = by_every_way(config);
  CHECK(quick.states == slow.states);
  CHECK(quick.violated.bits == slow.violated.bits);
  CHECK(quick.runs <= slow.runs);
}

}  // namespace

TEST_CASE("remembering finds the states and violations that every way finds, with one qpair") {
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns)
      for (const Start start : {Start::established, Start::connecting})
        expect_the_same(small_config(scenario.name, teardown, start));
}

TEST_CASE("… with no property that could end a run early") {
  for (const Teardown teardown : teardowns) {
    Config config = small_config("target-killed", teardown, Start::connecting);
    config.properties = {};
    expect_the_same(config);
  }
}

TEST_CASE("… with two of kill and peer-disconnect") {
  for (const Scenario& scenario : scenarios) {
    Config config = small_config(scenario.name, Teardown::settled);
    config.faults = two_deaths();
    expect_the_same(config);
  }
}

TEST_CASE("a step with more ways than are kept is not taken for searched") {
  World world(small_config("target-killed", Teardown::settled, Start::established, 2));
  play(world, {{{"kill target", {}}, {}}, {{"deliver DREQ qp0", {}}, {}}});
  const auto* const image = reinterpret_cast<const std::byte*>(&sim::Arena::get().image());
  const std::vector<std::byte> before(image, image + sim::Arena::get().image().used);
  Choices choices;
  world.list(choices);
  const auto* const poll = std::find_if(choices.begin(), choices.end(), [&](const Choice& choice) {
    return name(world.kernel(), choice) == "poll controller";
  });
  REQUIRE(poll != choices.end());
  InnerSearch whole(world), cut(world, Memory::search, 0);
  for (InnerSearch* const search : {&whole, &cut}) {
    search::Places places(true);
    places.add_state(true);
    places.begin(0, {});
    search->from(*reinterpret_cast<const sim::Image*>(before.data()));
    search->run(*poll, places, [](sim::StepEnd) {});
  }
  CHECK(whole.beyond() == "");
  CHECK(cut.beyond().find("not each of its ways was tried") != std::string::npos);
  CHECK(cut.runs() < whole.runs());
}

TEST_CASE("… and with two qpairs on one channel") {
  for (const Teardown teardown : teardowns)
    expect_the_same(small_config("admin-disconnect", teardown, Start::established, 2));
  const Config config = small_config("admin-disconnect", Teardown::settled, Start::established, 2);
  CHECK(by_remembering(config).runs < by_every_way(config).runs);
}
