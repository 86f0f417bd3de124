// All logs of real kernels are legal, and every mutant of every one is judged.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/conform/tally.hpp"

namespace qpcheck::tests {

TEST_CASE("what no kernel could have said is found out, in every log") {
  const Tallies tallies = tally(kernel_logs(false));
  std::cout << tallies.table();
  for (const Tally& kind : tallies.kinds) {
    INFO(kind.name);
    CHECK(kind.made > 0);
    CHECK(kind.share() > 0.9);
  }
  CHECK(tallies.all().share() > 0.99);
}

}  // namespace qpcheck::tests
