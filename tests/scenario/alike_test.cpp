// Qpairs that are alike: one state stands for those that differ from it only in which is
// which, and nothing is lost by it.
#include <catch2/catch.hpp>

#include "scenario/check.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

CheckResult checked(const Config& config, bool reduce) {
  search::Options options;
  options.reduce = reduce;
  return check(config, {}, options);
}

Config two_alike(Teardown teardown, model::Transport transport = model::Transport::ib) {
  Config config = small_config("target-killed", teardown, Start::established, 2);
  config.transport = transport;
  return config;
}

Config with_fault(Config config, model::Fault fault) {
  config.faults = {};
  config.faults[fault] = 1;
  config.properties = config.required();
  return config;
}

void expect_the_same(const Config& config) {
  INFO(name(config.teardown) << ", " << model::transport_names[static_cast<std::size_t>(config.transport)]);
  const CheckResult reduced = checked(config, true), whole = checked(config, false);
  CHECK(name(reduced.verdict) == name(whole.verdict));
  CHECK(reduced.violated.bits == whole.violated.bits);
  CHECK(reduced.search.depth == whole.search.depth);
  CHECK(whole.search.told_apart == whole.search.states);
  if (whole.search.complete()) {
    CHECK(reduced.search.told_apart == whole.search.states);
    CHECK(reduced.search.states * 2 < whole.search.states + whole.search.states / 10);
  }
  if (!whole.counterexample) return;
  REQUIRE(reduced.counterexample);
  CHECK(choices_of(*reduced.counterexample).size() == choices_of(*whole.counterexample).size());
}

}  // namespace

TEST_CASE("of two alike qpairs the reduced search finds what the whole one finds, whatever the teardown") {
  for (const model::Transport transport : {model::Transport::ib, model::Transport::iw})
    for (const Teardown teardown : teardowns) expect_the_same(two_alike(teardown, transport));
}

TEST_CASE("… and whatever the fault") {
  for (const model::FaultInfo& fault : model::fault_infos)
    for (const Teardown teardown : {Teardown::settled, Teardown::always_wait}) {
      const Config config = with_fault(two_alike(teardown), fault.fault);
      INFO(fault.name);
      if (config.alike()) expect_the_same(config);
    }
}

TEST_CASE("… and with more receives, or two deaths") {
  Config config = two_alike(Teardown::settled);
  config.queue_depth = 2;
  expect_the_same(config);
}

TEST_CASE("qpairs are alike only where nothing is done to them in order, and nothing says which they are") {
  const Config alike = two_alike(Teardown::settled);
  CHECK(alike.alike());
  const auto changed = [&](auto change) {
    Config config = alike;
    change(config);
    return config.alike();
  };
  CHECK_FALSE(changed([](Config& config) { config.qpairs = 1; }));
  CHECK_FALSE(changed([](Config& config) { config.from_connecting = true; }));
  CHECK_FALSE(changed([](Config& config) { config.own_cqs = true; }));
  CHECK_FALSE(changed([](Config& config) { config.sends = 1; }));
  CHECK_FALSE(changed([](Config& config) { config.faults[model::Fault::remove] = 1; }));
  CHECK_FALSE(changed([](Config& config) { config.faults.any = 1; }));
  CHECK_FALSE(changed([](Config& config) { config.requests.add(Ask::shutdown); }));
  CHECK(changed([](Config& config) { config.requests.add(Ask::disconnect); }));
  for (const char* const scenario : {"admin-disconnect", "reset", "failover", "connect-only"})
    CHECK_FALSE(small_config(scenario, Teardown::settled, Start::established, 2).alike());
}

TEST_CASE("where the search begins with one of them gone down, they are told apart") {
  const Config config = two_alike(Teardown::settled);
  const CheckResult result = check_after(config, {{{"request disconnect qp0", {}}, {}}});
  CHECK(result.search.complete());
  CHECK(result.search.told_apart == result.search.states);
}
