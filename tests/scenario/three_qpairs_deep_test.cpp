// Three qpairs, to the last state: minutes each.
#include <catch2/catch.hpp>

#include "tests/scenario/configs.hpp"
#include "scenario/check.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;

TEST_CASE("with three qpairs settled holds through reset and failover, every state visited") {
  for (const char* const scenario : {"reset", "failover"}) {
    const CheckResult result = check(small_config(scenario, qpair::Teardown::settled, Start::established, 3));
    INFO(scenario);
    CHECK(name(result.verdict) == "holds");
    CHECK(result.search.complete());
  }
}

// All of its states take a quarter of an hour and more: six hundred thousand are a sample, and
// are said to be one.
TEST_CASE("with three qpairs and a killed target no violation is among the first 600 000 states") {
  search::Limits limits;
  limits.states = 600'000;
  const CheckResult result = check(small_config("target-killed", qpair::Teardown::settled, Start::established, 3), limits);
  CHECK(name(result.verdict) == "inconclusive");
}
