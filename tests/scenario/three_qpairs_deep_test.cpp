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

// A search that told the qpairs apart visited 5 980 040 states.
TEST_CASE("with three qpairs and a killed target settled holds, every state visited up to which qpair is which") {
  const CheckResult result = check(small_config("target-killed", qpair::Teardown::settled, Start::established, 3));
  CHECK(name(result.verdict) == "holds");
  CHECK(result.search.complete());
  CHECK(result.search.states == 1'001'306);
  CHECK(result.search.told_apart == 5'980'040);
}
