// The main job's table, cell by cell: verdict, property, and how large the search is.
#include <catch2/catch.hpp>

#include "scenario/check.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;
using qpair::Teardown;

namespace {

std::string words(const Config& config) {
  return std::string(config.scenario->name) + ", " + std::string(name(config.teardown)) + ", " +
         std::to_string(config.qpairs) + " qpairs" + (config.from_connecting ? ", from connecting" : "");
}

void expect_holds(const Config& config) {
  INFO(words(config));
  const CheckResult result = check(config);
  CHECK(name(result.verdict) == "holds");
  CHECK(result.note.empty());  // not vacuous either: every property had something to judge
  CHECK(result.violated.empty());
  CHECK_FALSE(result.counterexample);
  CHECK(result.search.complete());
}

void expect_violated(const Config& config, properties::PropertySet properties) {
  INFO(words(config));
  const CheckResult result = check(config);
  CHECK(name(result.verdict) == "violated");
  CHECK(result.violated.bits == properties.bits);
  CHECK(result.counterexample);
}

const auto two_waits = set_of({Property::awaited_once, Property::possible_wait});

void expect_row(std::string_view scenario, std::uint32_t qpairs) {
  for (const Teardown teardown : teardowns) {
    const Config config = small_config(scenario, teardown, Start::established, qpairs);
    if (teardown == Teardown::settled || scenario == "connect-only") expect_holds(config);
    else expect_violated(config, two_waits);
  }
}

// Exact sizes. A change of program, simulator or search changes them, and then each is
// to be explained before it is written down here: what has become possible, or
// impossible, and is it meant? `qpcheck check SCENARIO --teardown T --no-reduction` prints them.
struct Size {
  std::string_view scenario;
  Teardown teardown;
  Start start;
  std::uint32_t qpairs;
  std::uint64_t states, places;
};
constexpr Size sizes[] = {
    {"target-killed", Teardown::settled, Start::established, 1, 192, 286},
    {"target-killed", Teardown::settled, Start::established, 2, 27951, 147102},
    {"target-killed", Teardown::settled, Start::connecting, 1, 1520, 1985},
    {"target-killed", Teardown::always_wait, Start::established, 2, 661, 2062},
    {"target-killed", Teardown::connected_flag, Start::established, 2, 661, 2062},
    {"admin-disconnect", Teardown::settled, Start::established, 2, 989, 1991},
    {"reset", Teardown::settled, Start::established, 2, 12391, 38556},
    {"failover", Teardown::settled, Start::established, 2, 13455, 38832},
    {"connect-only", Teardown::always_wait, Start::connecting, 2, 2460, 15374},
    {"connect-only", Teardown::connected_flag, Start::connecting, 2, 2460, 15374},
    {"connect-only", Teardown::settled, Start::connecting, 2, 2460, 14408},
};

}  // namespace

TEST_CASE("with two qpairs only settled holds where a target or peer may go away") {
  for (const Scenario& scenario : scenarios) expect_row(scenario.name, 2);
}

TEST_CASE("with one qpair the table is the same") {
  for (const Scenario& scenario : scenarios) expect_row(scenario.name, 1);
}

TEST_CASE("with a live target and no budget all three teardowns hold, and not for want of an antecedent") {
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns)
      for (const std::uint32_t qpairs : {1u, 2u}) {
        Config config = small_config(scenario.name, teardown, Start::established, qpairs);
        config.faults = {};
        expect_holds(config);
      }
}

TEST_CASE("from connecting, one qpair, only settled survives a target that is killed") {
  for (const Teardown teardown : teardowns) {
    const Config config = small_config("target-killed", teardown, Start::connecting);
    if (teardown == Teardown::settled) expect_holds(config);
    else expect_violated(config, set_of({Property::possible_wait}));
  }
}

TEST_CASE("settled holds with two of kill and peer-disconnect, one qpair, from either start") {
  for (const Scenario& scenario : scenarios)
    for (const Start start : {Start::established, Start::connecting}) {
      Config config = small_config(scenario.name, Teardown::settled, start);
      config.faults = two_deaths();
      expect_holds(config);
    }
}

TEST_CASE("with one property selected only that one is judged, and the calls' legality") {
  Config config = small_config("target-killed", Teardown::always_wait);
  config.properties = set_of({Property::awaited_once});
  expect_violated(config, set_of({Property::awaited_once}));
  config.properties = set_of({Property::nothing_left, Property::legal_calls});
  expect_holds(config);
}

TEST_CASE("the third way, REJECTED after ESTABLISHED, is found for connected-flag") {
  for (const Property property : {Property::possible_wait, Property::flag_agrees}) {
    Config config = small_config("target-killed", Teardown::connected_flag, Start::connecting);
    config.properties = set_of({property});
    const CheckResult result = check(config);
    REQUIRE(result.counterexample);
    CHECK(result.violated.bits == config.properties.bits);
    const std::vector<std::string> choices = choices_of(*result.counterexample);
    CHECK(has(choices, "kill target"));
    CHECK_FALSE(has(choices, "deliver DREQ qp0"));
    CHECK(has(observations_of(*result.counterexample), "qp0 REJ is under way to the host"));
    CHECK(has(observations_of(*result.counterexample), "qp0 ESTABLISHED handled"));
  }
}

TEST_CASE("where nobody asks for a teardown the verdict is vacuous, and says of what") {
  Scenario silent = scenarios[0];
  silent.request = static_cast<Request>(99);
  const CheckResult result = check(Config::of(silent, Teardown::settled));
  CHECK(name(result.verdict) == "vacuous");
  for (const Property property : {Property::awaited_once, Property::nothing_left, Property::finishes})
    CHECK(result.note.find(name(property)) != std::string::npos);
  CHECK(result.note.find(name(Property::flag_agrees)) == std::string::npos);
}

TEST_CASE("a fault that no run can spend makes the verdict vacuous, and is named") {
  Config config = small_config("target-killed", Teardown::settled);
  SECTION("a stale refusal, when everything is established") {
    config.faults[model::Fault::stale] = 1;
    CHECK(check(config).note == "no run can spend stale here");
    CHECK(name(check(config).verdict) == "vacuous");
  }
  SECTION("one that the transport does not have") {
    config.transport = model::Transport::iw;
    config.faults = model::one(model::Fault::drop);
    config.faults[model::Fault::reorder] = 2;
    CHECK(check(config).note.find("no run can spend drop, reorder here") != std::string::npos);
    CHECK(name(check(config).verdict) == "vacuous");
  }
  SECTION("a second one of a kind that is spent once is no reason") {
    config.faults[model::Fault::kill] = 2;
    CHECK(name(check(config).verdict) == "holds");
  }
}

TEST_CASE("a limit that is reached makes the verdict inconclusive, and is named") {
  search::Limits limits;
  limits.states = 5;
  const CheckResult result = check(small_config("target-killed", Teardown::settled), limits);
  CHECK(name(result.verdict) == "inconclusive");
  CHECK(result.note.find("states") != std::string::npos);
}

TEST_CASE("states and places are what they were") {
  for (const Size& size : sizes) {
    const Config config = small_config(size.scenario, size.teardown, size.start, size.qpairs);
    INFO(words(config));
    search::Options options;
    options.reduce = false;
    const CheckResult result = check(config, {}, options);
    CHECK(result.search.states == size.states);
    CHECK(result.search.places == size.places);
  }
}
