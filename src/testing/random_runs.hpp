// A property of your own over random runs of the real code, in a few lines.
//
//   TEST_CASE("disconnecting") {
//     qpcheck::testing::random_runs("each run does this or that", {}, [](const Run& run) { return …; });
//   }
//
// Purpose: generated scenarios (qpairs, transports, budgets of faults and what peers do
// with them, completion queues, queue depths, messages, orders of requests), run by a
// chooser whose every decision is RapidCheck's, so that shrinking shrinks the story.
// A run of which the sentence is false is told in the end, as short as it got.
// Ownership: one World at a time; your function gets a finished run.
// Threads: Catch2's rule, assertions on one thread. Seeds: testing/property.hpp.
#pragma once

#include <rapidcheck.h>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "testing/property.hpp"
#include "testing/walk.hpp"

namespace qpcheck::testing {

// Which scenarios are generated.
struct Scenarios {
  std::vector<std::string_view> names = {};  // empty: all
  std::vector<qpair::Teardown> teardowns = {qpair::Teardown::settled};
  bool beyond_contract = false;         // faults beyond the CM's contract, too
  // Which of qpcheck's own properties end a run; all that its budget allows by default.
  bool judge = true;
};

rc::Gen<std::vector<Decision>> gen_decisions();
rc::Gen<model::Budget> gen_budget(bool beyond_contract);
rc::Gen<scenario::Config> gen_config(const Scenarios& scenarios = {});

// The story of a run of which the sentence is false.
std::string story_of(const Run& run, const std::string& sentence);

template <std::predicate<const Run&> Good>
void random_runs(const std::string& sentence, const Scenarios& scenarios, Good good) {
  property(sentence, [&] {
    const scenario::Config config = *gen_config(scenarios);
    const Run run = walk(config, *gen_decisions());
    if (!good(run)) RC_FAIL(story_of(run, sentence));
  });
}

}  // namespace qpcheck::testing
