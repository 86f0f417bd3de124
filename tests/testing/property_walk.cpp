// Random runs over the real qpair code: each decision, inner ones included, is
// RapidCheck's, and so is the setting.
#include <set>

#include "tests/scenario/configs.hpp"
#include "testing/random_runs.hpp"
#include "tests/testing/shrunk.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using namespace qpcheck::testing;
using qpair::Teardown;

namespace {

std::string names(properties::PropertySet set) {
  std::string text;
  for (const auto& property : properties::property_infos)
    if (set.has(property.id)) text += std::string(text.empty() ? "" : ", ") + std::string(property.name);
  return text;
}

}  // namespace

TEST_CASE("random runs of settled") {
  for (const Scenario& scenario : scenarios)
    property("whatever happens, in whatever order, settled violates nothing: " + std::string(scenario.name), [&] {
      const Config config = *gen_config({.names = {scenario.name}, .beyond_contract = true});
      RC_ASSERT(names(walk(config, *gen_decisions()).violated) == "");
    });
}

TEST_CASE("random runs of always-wait and connected-flag replay") {
  for (const Scenario& scenario : scenarios)
    property(
        "a run, violating or not, played twice gives one trace and the same violation: " + std::string(scenario.name),
        [&] {
          const Config config = *gen_config({.names = {scenario.name},
                                             .teardowns = {Teardown::always_wait, Teardown::connected_flag},
                                             .beyond_contract = true});
          const Run walked = walk(config, *gen_decisions());
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
      finished += walk(config, decisions).antecedents.has(properties::Property::nothing_left);
    }
    CHECK(finished > 100);
  }
}

TEST_CASE("generated runs have everything in them that can be generated, and mixed") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    const Config config = gen_config()(rc::Random(seed), 100).value();
    const Run run = walk(config, gen_decisions()(rc::Random(seed + 1), 100).value());
    std::set<std::string> asked;
    std::size_t under_way = 0;
    for (const std::string& choice : choices_of(trace_of(run))) {
      const std::string kind = choice.substr(0, choice.find(" qp"));
      if (choice.starts_with("request ")) asked.insert(kind);
      if (choice.starts_with("send ") && ++under_way > 1) seen.insert("several sends");
      seen.insert(kind);
    }
    if (asked.size() > 1) seen.insert("mixed requests");
    if (config.own_cqs && run.antecedents.has(properties::Property::nothing_left))
      seen.insert("a teardown with its own CQ");
    seen.insert(std::to_string(config.qpairs) + " qpairs, " + std::string(model::name(config.transport)));
  }
  for (const char* const kind :
       {"request connect", "request disconnect", "request failover", "request reset", "request shutdown",
        "mixed requests", "send", "several sends", "a teardown with its own CQ", "advance clock", "kill target",
        "stop target", "power off target", "target disconnects", "target refuses", "1 qpairs, ib", "2 qpairs, iwarp",
        "3 qpairs, ib"}) {
    INFO(kind);
    CHECK(seen.contains(kind));
  }
}

TEST_CASE("shrinking tells a short story: connected-flag violated in at most six choices") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Config config = small_config("target-killed", Teardown::connected_flag, Start::established, 2);
    const Run walked = shrunk_violation(config, seed);
    INFO("seed " << seed);
    CHECK(walked.choices() <= 6);
    const Played played = play(config, walked.steps);
    CHECK(names(played.violated) == "awaited-once, possible-wait");
    CHECK(has(choices_of(played.trace), "kill target"));
  }
}
