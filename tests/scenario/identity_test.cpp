// A state's identity: states with equal descriptions have equal futures, whatever
// their bytes are.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "search/engine.hpp"
#include "tests/scenario/configs.hpp"
#include "tests/scenario/graph.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

struct Successor {
  std::uint64_t fingerprint;
  std::uint8_t fair, violation;
  std::uint16_t length;
  bool pending;
  auto operator<=>(const Successor&) const = default;
};

// `state`: its fingerprint.
std::vector<Successor> successors_of(WorldModel& model, const std::vector<std::byte>& image, std::uint64_t state) {
  std::vector<Successor> all;
  const auto keep = [&](const search::Edge& edge, const sim::Image& next, std::uint64_t fingerprint) {
    all.push_back({fingerprint, edge.fair, edge.violation, edge.length, model.pending(next)});
  };
  search::expand_alone(model, as_image(image), state, keep);
  std::sort(all.begin(), all.end());
  return all;
}

// Another image of a known state.
struct Twin {
  std::uint32_t node;
  std::vector<std::byte> image;
};

// All twins with different bytes; of large graphs every n-th.
std::vector<Twin> twins_of(Graph& graph, std::size_t every) {
  std::set<std::vector<std::byte>> seen;
  std::vector<Twin> twins;
  std::size_t count = 0;
  graph.each_repetition([&](std::uint32_t node, const sim::Image& image) {
    std::vector<std::byte> bytes = bytes_of(image);
    if (bytes == graph.nodes()[node].image || count++ % every != 0) return;
    if (seen.insert(bytes).second) twins.push_back({node, std::move(bytes)});
  });
  return twins;
}

std::size_t expect_equal_futures(const Config& config, std::size_t every = 1) {
  INFO(config.scenario->name << ", " << name(config.teardown) << ", qpairs " << config.qpairs);
  Graph graph(config);
  std::size_t different = 0;
  const std::vector<Twin> twins = twins_of(graph, every);
  for (const Twin& twin : twins) {
    const GraphNode& node = graph.nodes()[twin.node];
    different += successors_of(graph.model(), twin.image, node.fingerprint) !=
                 successors_of(graph.model(), node.image, node.fingerprint);
  }
  CHECK(different == 0);
  return twins.size();
}

}  // namespace

TEST_CASE("with one qpair every image of a state has the same successors") {
  std::size_t twins = 0;
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns)
      for (const Start start : {Start::established, Start::connecting})
        twins += expect_equal_futures(small_config(scenario.name, teardown, start));
  CHECK(twins > 100);  // else this test says nothing
}

TEST_CASE("with two qpairs a sample of the images of a state has the same successors") {
  CHECK(expect_equal_futures(small_config("admin-disconnect", Teardown::settled, Start::established, 2)) > 100);
  CHECK(expect_equal_futures(small_config("connect-only", Teardown::settled, Start::established, 2)) > 100);
  CHECK(expect_equal_futures(small_config("reset", Teardown::settled, Start::established, 2), 100) > 100);
}

TEST_CASE("the engine and a plain queue find the same states and transitions") {
  for (const Scenario& scenario : scenarios) {
    const Config config = small_config(scenario.name, Teardown::settled);
    std::size_t states = 0, transitions = 0;
    {
      const Graph graph(config);
      states = graph.nodes().size();
      transitions = graph.transitions();
    }
    World world(config);
    WorldModel model(world, nullptr, Memory::step);
    const search::Result result = search::explore(model);
    CHECK(result.states == states);
    CHECK(result.transitions == transitions);
  }
}
