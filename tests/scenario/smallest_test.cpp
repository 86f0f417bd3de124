// Budgets in order of size, and the first that breaks a property.
#include <catch2/catch.hpp>

#include <algorithm>

#include "scenario/smallest.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using model::Fault;
using model::Transport;
using qpair::Teardown;

namespace {

std::size_t size_of(const model::Budget& budget) {
  std::size_t size = budget.any;
  for (const std::uint8_t count : budget.of) size += count;
  return size;
}

}  // namespace

TEST_CASE("budgets of a size are all different, within the contract, and for the transport") {
  for (const Transport transport : {Transport::ib, Transport::iw})
    for (std::size_t size = 0; size <= 3; ++size) {
      const auto budgets = budgets_of(size, transport);
      for (std::size_t i = 0; i < budgets.size(); ++i) {
        CHECK(size_of(budgets[i]) == size);
        CHECK(budgets[i].within_contract());
        CHECK(std::count(budgets.begin(), budgets.end(), budgets[i]) == 1);
        if (transport == Transport::iw) CHECK_FALSE(budgets[i].allows(Fault::drop));
      }
    }
  // Fourteen faults, eleven on iWARP; with repetition n(n+1)/2 pairs.
  CHECK(budgets_of(0, Transport::ib).size() == 1);
  CHECK(budgets_of(1, Transport::ib).size() == 14);
  CHECK(budgets_of(2, Transport::ib).size() == 105);
  CHECK(budgets_of(2, Transport::iw).size() == 66);
}

TEST_CASE("one kill is the smallest budget that breaks the published fix, and none breaks settled") {
  std::size_t checks = 0;
  const auto counted = [&](const CheckResult&) { ++checks; };
  const Smallest flag = smallest(small_config("reset", Teardown::connected_flag), 2, {}, {}, counted);
  REQUIRE(flag.broken);
  CHECK(flag.broken->config.faults == one(Fault::kill));
  CHECK(flag.size == 1);
  CHECK(flag.checked == 1);
  CHECK(checks == 2);
  const Smallest settled = smallest(small_config("reset", Teardown::settled), 1, {}, {});
  CHECK_FALSE(settled.broken);
  CHECK(settled.size == 1);
  CHECK(settled.checked == 15);
}

TEST_CASE("a budget whose check reaches a limit is counted apart") {
  search::Limits limits;
  limits.states = 5;
  const Smallest found = smallest(small_config("reset", Teardown::settled), 0, limits, {});
  CHECK_FALSE(found.broken);
  CHECK(found.incomplete == 1);
  CHECK(found.checked == 0);
}
