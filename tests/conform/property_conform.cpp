// Mutated logs are found out: a fixed few, for every day. All of them: deep_conform.cpp.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/conform/tally.hpp"

namespace qpcheck::tests {

TEST_CASE("what no kernel could have said is found out, in a few logs of every kind") {
  const Tallies tallies = tally(kernel_logs(true));
  std::cout << tallies.table();
  CHECK(tallies.kinds.size() >= 20);
  for (const Tally& kind : tallies.kinds) {
    INFO(kind.name);
    CHECK(kind.made > 0);
    CHECK(kind.share() > 0.8);
  }
  CHECK(tallies.all().share() > 0.95);
}

}  // namespace qpcheck::tests
