// A search that begins where a run left off: the same states, the budget that is left,
// and counterexamples that are whole runs from the start.
#include <catch2/catch.hpp>

#include "scenario/check.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

std::vector<WantedStep> first_steps(const trace::Trace& trace, std::size_t count) {
  std::vector<WantedStep> steps = wanted_steps(trace);
  steps.resize(count);
  return steps;
}

std::size_t kills_in(const trace::Trace& trace) {
  const auto choices = choices_of(trace);
  return static_cast<std::size_t>(std::count(choices.begin(), choices.end(), "kill target"));
}

const std::vector<WantedStep> killed = {{{"kill target", {}}, {}}};

}  // namespace

TEST_CASE("after no step it is the check") {
  for (const Teardown teardown : teardowns) {
    const Config config = small_config("target-killed", teardown);
    const CheckResult whole = check(config), after = check_after(config, {});
    CHECK(after.verdict == whole.verdict);
    CHECK(after.search.states == whole.search.states);
    CHECK(after.search.transitions == whole.search.transitions);
    CHECK(after.counterexample == whole.counterexample);
  }
}

TEST_CASE("after any part of a shortest counterexample, one as short is found, and it begins with that part") {
  for (const char* const scenario : {"target-killed", "reset"}) {
    const Config config = small_config(scenario, Teardown::connected_flag, Start::connecting, 2);
    const CheckResult whole = check(config);
    REQUIRE(whole.counterexample);
    const auto& shortest = whole.counterexample->steps;
    for (std::size_t count = 1; count < shortest.size(); ++count) {
      INFO(scenario << " after " << count << " steps");
      const auto before = first_steps(*whole.counterexample, count);
      const CheckResult after = check_after(config, before);
      CHECK(after.verdict == Verdict::violated);
      REQUIRE(after.counterexample);
      CHECK(choices_of(*after.counterexample).size() == choices_of(*whole.counterexample).size());
      CHECK(std::equal(shortest.begin(), shortest.begin() + static_cast<std::ptrdiff_t>(count),
                       after.counterexample->steps.begin()));
      const Played again = play(config, wanted_steps(*after.counterexample));
      CHECK(again.trace == *after.counterexample);
      CHECK(again.violated.bits == after.violated.bits);
    }
  }
}

TEST_CASE("a fault that was spent before is not there again") {
  const Config config = small_config("target-killed", Teardown::always_wait);
  const CheckResult after = check_after(config, killed);
  REQUIRE(after.counterexample);
  CHECK(kills_in(*after.counterexample) == 1);
  CHECK(after.counterexample->steps[0].choice == "kill target");

  const Config once = small_config("target-killed", Teardown::settled);
  Config twice = once;
  twice.faults[model::Fault::kill] = 2;
  CHECK(check_after(once, killed).search.states < check_after(twice, killed).search.states);
}

TEST_CASE("what holds holds after each step of a run, in no more states than before it") {
  const Config config = small_config("target-killed", Teardown::settled);
  std::vector<WantedStep> steps;
  std::uint64_t states = check(config).search.states;
  for (const char* const choice : {"kill target", "deliver DREQ qp0", "poll controller", "request disconnect qp0"}) {
    steps.push_back({{choice, {}}, {}});
    const CheckResult after = check_after(config, steps);
    INFO(choice);
    CHECK((after.verdict == Verdict::holds || after.verdict == Verdict::vacuous));
    CHECK(after.search.complete());
    CHECK(after.search.states < states);
    states = after.search.states;
  }
}

TEST_CASE("a limit ends it as it ends a check") {
  search::Limits limits;
  limits.states = 5;
  CHECK(check_after(small_config("target-killed", Teardown::settled), killed, limits).verdict == Verdict::inconclusive);
}
