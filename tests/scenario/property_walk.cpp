// Random runs over the real qpair code: each decision, inner ones included, is
// RapidCheck's, and so is the setting.
#include "tests/scenario/configs.hpp"
#include "tests/scenario/walk.hpp"
#include "tests/support/property.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

std::string names(properties::PropertySet set) {
  std::string text;
  for (const auto& property : properties::property_infos)
    if (set.has(property.id)) text += std::string(text.empty() ? "" : ", ") + std::string(property.name);
  return text;
}

// Of a property that is false: the run at which shrinking ended.
Walked shrunk(const Config& config, std::uint64_t seed) {
  Walked last;
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = 2000;
  const auto result = rc::detail::checkTestable(
      [&] {
        Walked walked = walk(config, *gen_decisions());
        if (walked.violated.empty()) return;
        last = std::move(walked);
        RC_FAIL("violated");
      },
      rc::detail::TestMetadata{}, params);
  CHECK(result.template is<rc::detail::FailureResult>());
  return last;
}

}  // namespace

TEST_CASE("random runs of settled") {
  for (const Scenario& scenario : scenarios)
    property("whatever happens, in whatever order, settled violates nothing: " + std::string(scenario.name), [&] {
      const Config config = *gen_config(scenario, Teardown::settled);
      RC_ASSERT(names(walk(config, *gen_decisions()).violated) == "");
    });
}

TEST_CASE("random runs of connected-flag replay") {
  for (const Scenario& scenario : scenarios)
    property("a run, violating or not, played twice gives one trace and the same violation: " + std::string(scenario.name), [&] {
      const Config config = *gen_config(scenario, Teardown::connected_flag);
      const Walked walked = walk(config, *gen_decisions());
      const Played first = play(config, walked.steps), second = play(config, walked.steps);
      RC_ASSERT(!first.departure);
      RC_ASSERT(first.trace == second.trace);
      RC_ASSERT(names(first.violated) == names(walked.violated));
      RC_ASSERT(play(config, wanted_steps(first.trace)).trace == first.trace);  // by words alone, too
    });
}

TEST_CASE("random runs go deep: from either start most long ones finish a teardown") {
  for (const Start start : {Start::established, Start::connecting}) {
    const Config config = small_config("target-killed", Teardown::settled, start, 2);
    int finished = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const std::vector<Decision> decisions = gen_decisions()(rc::Random(seed), 100).value();
      finished += walk(config, decisions).premises.has(properties::Property::nothing_left);
    }
    CHECK(finished > 100);
  }
}

TEST_CASE("shrinking tells a short story: connected-flag violated in at most six choices") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Config config = small_config("target-killed", Teardown::connected_flag, Start::established, 2);
    const Walked walked = shrunk(config, seed);
    INFO("seed " << seed);
    CHECK(walked.choices() <= 6);
    const Played played = play(config, walked.steps);
    CHECK(names(played.violated) == "awaited-once, possible-wait");
    CHECK(has(choices_of(played.trace), "kill target"));
  }
}
