// A property that is false on purpose: what a user sees of it is checked by CTest.
#include "testing/random_runs.hpp"

using namespace qpcheck;
using namespace qpcheck::testing;

TEST_CASE("a false property") {
  random_runs("connected-flag never awaits what it has handled",
              {.names = {"target-killed"}, .teardowns = {qpair::Teardown::connected_flag}},
              [](const Run& run) { return !run.violated.has(properties::Property::awaited_once); });
}
