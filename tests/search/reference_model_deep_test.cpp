// Three qpairs: the visited set grows to a size that no cache holds.
#include <catch2/catch.hpp>

#include "bench/reference_model.hpp"
#include "search/engine.hpp"

TEST_CASE("the reference model of three qpairs has the numbers that spin found") {
  using namespace qpcheck;
  bench::ReferenceModel<3, 0, bench::Teardown::fixed, 0> model;
  const search::Result result = search::explore(model);
  REQUIRE(result.complete());
  CHECK(result.violations.empty());
  CHECK(result.states == 13'341'324);
  CHECK(result.transitions == 71'921'408);
  CHECK(result.depth + 1 == 47);
  CHECK(result.end_states == 64);
  CHECK(result.hidden_probability() < 1e-5);
}
