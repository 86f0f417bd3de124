// What is remembered of places in the middle of steps loses nothing: the search that
// remembers them for good and the one that forgets them with each step find the same.
#include <catch2/catch.hpp>

#include <fcntl.h>

#include <algorithm>
#include <memory>

#include "search/engine.hpp"
#include "sim/program.hpp"
#include "tests/scenario/configs.hpp"
#include "tests/scenario/graph.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;
using qpair::Teardown;

namespace {

struct Found {
  search::Result search;
  std::vector<std::uint64_t> states;
  properties::PropertySet antecedents;
  std::uint64_t runs = 0;
};

Found found_by(const Config& config, Memory memory, bool exact_costs, bool stop = false) {
  World world(config);
  WorldModel model(world, nullptr, memory);
  Found found;
  search::Options options;
  options.exact_costs = exact_costs;
  options.stop_at_violation = stop;
  found.search =
      search::explore(model, {}, options, [&](const auto&, const auto&, const sim::Image& next, bool is_new) {
        if (is_new) found.states.push_back(model.fingerprint(next));
      });
  std::sort(found.states.begin(), found.states.end());
  found.antecedents = model.antecedents();
  found.runs = model.inner_runs();
  return found;
}

// Of each code the length of the cheapest violation, and the lasso's.
std::vector<std::pair<unsigned, std::uint32_t>> lengths(const search::Result& result) {
  std::vector<std::pair<unsigned, std::uint32_t>> all;
  for (const search::Violation& violation : result.violations) all.emplace_back(violation.code, violation.cost.length);
  if (result.lasso) all.emplace_back(1000u + result.lasso->stuck(), result.lasso->cost.length);
  std::sort(all.begin(), all.end());
  return all;
}

// Two entry points make the same calls, which return the same; what they then do differs.
struct TwoPolls final : sim::Program {
  static constexpr std::array<sim::Entry, 2> entry_points = {
      {{"poll a", sim::EntryKind::poll}, {"poll b", sim::EntryKind::poll}}};
  void start(std::uint64_t) override {
    channel = rdma_create_event_channel();
    fcntl(channel->fd, F_SETFL, O_NONBLOCK);
  }
  std::span<const sim::Entry> entries() const override { return entry_points; }
  bool offers(std::size_t) const override { return true; }
  void enter(std::size_t entry, std::uint64_t) override {
    rdma_cm_event* event = nullptr;
    for (int i = 0; i < 2; ++i) rdma_get_cm_event(channel, &event);
    called |= 1 << entry;
  }
  bool connected() const override { return true; }
  bool going_down() const override { return false; }
  rdma_event_channel* channel = nullptr;
  int called = 0;
};
constexpr sim::ProgramInfo two_polls{.name = "two-polls",
                                     .sentence = "",
                                     .history = "",
                                     .link = "",
                                     .make = [](bool) -> sim::Program* { return new TwoPolls; },
                                     .from_connecting = true};

void expect_the_same(const Config& config) {
  INFO((config.program != nullptr ? config.program->name : config.scenario->name)
       << ", " << name(config.teardown) << ", " << config.qpairs << " qpairs, from connecting "
       << config.from_connecting
       << ", iWARP " << (config.transport == model::Transport::iw));
  const Found step = found_by(config, Memory::step, true), quick = found_by(config, Memory::search, false),
              exact = found_by(config, Memory::search, true);
  CHECK(quick.states == step.states);
  CHECK(exact.states == step.states);
  CHECK(lengths(quick.search) == lengths(step.search));
  CHECK(lengths(exact.search) == lengths(step.search));
  CHECK(quick.antecedents.bits == step.antecedents.bits);
  CHECK(quick.search.depth == step.search.depth);
  CHECK(exact.search.depth == step.search.depth);
  CHECK(quick.runs <= exact.runs);
  CHECK(exact.runs <= step.runs);
  for (std::size_t i = 0; i < step.search.violations.size(); ++i)
    CHECK(exact.search.violations.at(i).cost == step.search.violations.at(i).cost);
}

}  // namespace

TEST_CASE("places of the whole search: the same states, lengths and lassos as of each step, with one qpair") {
  for (const model::Transport transport : {model::Transport::ib, model::Transport::iw})
    for (const Scenario& scenario : scenarios)
      for (const Teardown teardown : teardowns)
        for (const Start start : {Start::established, Start::connecting}) {
          Config config = small_config(scenario.name, teardown, start);
          config.transport = transport;
          expect_the_same(config);
        }
}

TEST_CASE("… with each fault alone") {
  for (const model::FaultInfo& fault : model::fault_infos)
    for (const std::string_view scenario : {"reset", "connect-only"}) {
      Config config = small_config(scenario, Teardown::settled, Start::connecting);
      config.faults = {};
      config.faults[fault.fault] = 1;
      config.sends = 1;
      config.properties = config.applicable();
      expect_the_same(config);
      if (fault.on == model::On::ib) continue;
      config.transport = model::Transport::iw;
      expect_the_same(config);
    }
}

TEST_CASE("… with messages, two devices, and two of the faults that excuse") {
  Config config = small_config("failover", Teardown::settled);
  config.devices = 2;
  config.sends = 1;
  expect_the_same(config);
  config = small_config("reset", Teardown::settled);
  config.queue_depth = config.sends = 2;
  expect_the_same(config);
  config.faults = two_deaths();
  config.sends = 0;
  expect_the_same(config);
}

TEST_CASE("… with two qpairs") {
  for (const Teardown teardown : teardowns)
    expect_the_same(small_config("admin-disconnect", teardown, Start::established, 2));
  expect_the_same(small_config("reset", Teardown::settled, Start::established, 2));
  expect_the_same(small_config("connect-only", Teardown::settled, Start::connecting, 2));
}

TEST_CASE("a place is that of its entry point") {
  const Config config = Config::of(two_polls, false);
  expect_the_same(config);
  CHECK(found_by(config, Memory::search, false).states.size() == 4);  // which were called
}

TEST_CASE("a place is known again in another step, and then the step is not gone on with") {
  const Config config = small_config("target-killed", Teardown::settled, Start::established, 2);
  const Found quick = found_by(config, Memory::search, false), step = found_by(config, Memory::step, true);
  CHECK(quick.states == step.states);
  CHECK(quick.runs * 3 < step.runs);
  CHECK(quick.search.places * 3 < step.search.places);
}
