// Settings drawn at random, in which qpairs are alike: the reduced search and the whole one
// say the same. Minutes.
#include "scenario/check.hpp"
#include "testing/random_runs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

Config any_alike_config() {
  Config config = *testing::gen_config(
      {.teardowns = {Teardown::always_wait, Teardown::connected_flag, Teardown::settled}, .beyond_contract = true});
  config.scenario = scenario_named("target-killed");
  config.requests = {};
  if (*rc::gen::arbitrary<bool>()) config.requests.add(Ask::disconnect);
  config.qpairs = 2;
  config.sends = 0;
  config.from_connecting = config.own_cqs = false;
  config.faults.any = 0;
  config.faults[model::Fault::remove] = 0;
  config.properties = config.required();
  return config;
}

CheckResult checked(const Config& config, bool reduce) {
  search::Limits limits;
  limits.states = 60'000;
  search::Options options;
  options.reduce = reduce;
  return check(config, limits, options);
}

}  // namespace

TEST_CASE("alike qpairs") {
  property("the reduced search says what the whole one says, and counts as many states", [] {
    const Config config = any_alike_config();
    RC_ASSERT(config.alike());
    const CheckResult whole = checked(config, false), reduced = checked(config, true);
    RC_PRE(whole.verdict != Verdict::inconclusive);
    RC_ASSERT(name(reduced.verdict) == name(whole.verdict));
    RC_ASSERT(reduced.violated.bits == whole.violated.bits);
    RC_ASSERT(reduced.note == whole.note);
    RC_ASSERT(reduced.search.depth == whole.search.depth);
    if (whole.search.complete()) RC_ASSERT(reduced.search.told_apart == whole.search.states);
    if (!whole.counterexample) return;
    const auto choices = [](const CheckResult& result) {
      std::size_t count = 0;
      for (const trace::Step& step : result.counterexample->steps) count += 1 + step.inner.size();
      return count;
    };
    RC_ASSERT(choices(reduced) == choices(whole));
  });
}
