// Replaying by words: where it departs, and what a header must say.
#include <catch2/catch.hpp>

#include "scenario/stories.hpp"
#include "story/words.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

std::vector<WantedStep> wanted(std::initializer_list<const char*> choices) {
  std::vector<WantedStep> steps;
  for (const char* const choice : choices) steps.push_back({{choice, {}}, {}});
  return steps;
}

Played played(const std::vector<WantedStep>& steps) {
  return play(small_config("target-killed", Teardown::settled), steps);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

trace::Header good_header() { return header_of(small_config("target-killed", Teardown::settled)); }

// The header with one thing spoilt is refused, in words that name what is wrong.
template <class Spoil>
void expect_refused(Spoil&& spoil, std::initializer_list<std::string_view> parts) {
  trace::Header header = good_header();
  spoil(header);
  const auto config = config_of(header);
  REQUIRE_FALSE(config);
  const std::string line = config.error().line();
  INFO(line);
  for (const std::string_view part : parts) CHECK(contains(line, part));
  CHECK_FALSE(contains(line, "\n"));
}

}  // namespace

TEST_CASE("a choice that is not enabled: the departure says which step, what was wanted and what was enabled") {
  const Played run = played(wanted({"kill target", "deliver REP qp0", "poll controller"}));
  REQUIRE(run.departure);
  CHECK(run.departure->step == 2);
  CHECK(run.departure->line ==
        "wanted \"deliver REP qp0\", enabled are: deliver DREQ qp0, poll controller, poll qp0, request disconnect qp0");
  CHECK(run.violated.empty());
  CHECK(run.trace.steps.size() == 1);  // those that were played
}

TEST_CASE("a departure at the first step, and at a choice that nobody knows") {
  const Played run = played(wanted({"dance"}));
  REQUIRE(run.departure);
  CHECK(run.departure->step == 1);
  CHECK(contains(run.departure->line, "wanted \"dance\""));
}

TEST_CASE("a run that can be played departs nowhere, and an empty one is empty") {
  CHECK_FALSE(played(wanted({"kill target", "deliver DREQ qp0", "poll controller"})).departure);
  const Played nothing = played({});
  CHECK_FALSE(nothing.departure);
  CHECK(nothing.trace.steps.empty());
  CHECK(nothing.trace.header == good_header());
}

TEST_CASE("an inner choice that is not enabled, or falls before a call that is never made, is a departure") {
  std::vector<WantedStep> steps = wanted({"request disconnect qp0"});
  steps[0].inner = {{1, {"deliver DREP qp0", {}}}};
  const Played never = played(steps);
  REQUIRE(never.departure);
  CHECK(never.departure->step == 1);
  CHECK(never.departure->line ==
        "wanted \"deliver DREP qp0\" before call 1, but this step makes no call that anything can come before");

  steps = wanted({"kill target", "deliver DREQ qp0", "poll controller"});
  steps[2].inner = {{1, {"deliver DREQ qp0", {}}}};
  const Played wrong = played(steps);
  REQUIRE(wrong.departure);
  CHECK(wrong.departure->step == 3);
  CHECK(wrong.departure->line == "wanted \"deliver DREQ qp0\" before rdma_get_cm_event (call 1), enabled are: none");

  steps[2].inner = {{9, {"kill target", {}}}};
  const Played late = played(steps);
  REQUIRE(late.departure);
  CHECK(late.departure->line ==
        "wanted \"kill target\" before call 9, but the last call of this step that anything can come before is "
        "rdma_get_cm_event (call 1)");
}

TEST_CASE("an inner choice is played before its call and stands in the trace") {
  std::vector<WantedStep> steps = wanted({"kill target", "deliver DREQ qp0", "poll controller"});
  steps[2].inner = {{1, {"deliver DREQ qp1", {}}}};
  const Config config = small_config("target-killed", Teardown::settled, Start::established, 2);
  const Played run = play(config, steps);
  CHECK_FALSE(run.departure);
  REQUIRE(run.trace.steps.size() == 3);
  CHECK(run.trace.steps[2].inner == std::vector<trace::InnerChoice>{{1, "rdma_get_cm_event", "deliver DREQ qp1"}});
  const std::vector<std::string> lines = observations_of(run.trace);
  CHECK(has(lines, "before rdma_get_cm_event: deliver DREQ qp1"));
  CHECK(has(lines, "qp1 DISCONNECTED fetched"));
  CHECK(play(config, wanted_steps(run.trace)).trace == run.trace);
}

TEST_CASE("a run ends with the step that violates, whatever was wanted after it") {
  std::vector<WantedStep> steps = wanted_steps(stories()[1]);
  steps.push_back({{"poll qp0", {}}, {}});
  const Played run = play(config_of(stories()[1], Teardown::connected_flag), steps);
  CHECK_FALSE(run.departure);
  CHECK(run.trace.steps.size() == stories()[1].choices.size());
  CHECK(story::names(run.trace.header.violated) == "awaited-once, possible-wait");
}

TEST_CASE("a header with an unknown word is refused in one line that names it") {
  expect_refused([](auto& header) { header.program = "other"; }, {"program", "'other'", "'qpair'"});
  expect_refused([](auto& header) { header.scenario = "noon"; }, {"scenario", "'noon'", "qpcheck list scenarios"});
  expect_refused([](auto& header) { header.teardown = "never"; }, {"teardown", "'never'", "qpcheck list teardowns"});
  expect_refused([](auto& header) { header.transport = "tcp"; }, {"transport", "'tcp'", "list transports"});
  expect_refused([](auto& header) { header.from = "midway"; }, {"'midway'", "'established' or 'connecting'"});
}

TEST_CASE("a header with a number out of range is refused in one line that names the range") {
  expect_refused([](auto& header) { header.qpairs = 0; }, {"qpairs 0", "1 to 3"});
  expect_refused([](auto& header) { header.qpairs = 4; }, {"qpairs 4", "1 to 3"});
  expect_refused([](auto& header) { header.faults["storm"] = 1; }, {"fault", "'storm'", "qpcheck list faults"});
  expect_refused([](auto& header) { header.faults["kill"] = 10; }, {"'kill'", "10", "at most 9"});
  expect_refused([](auto& header) { header.faults["kill"] = 256; }, {"'kill'", "256"});
}

TEST_CASE("a header without faults has a budget of none, not the scenario's") {
  trace::Header header = good_header();
  header.faults.clear();
  const auto config = config_of(header);
  REQUIRE(config);
  CHECK(config->faults == decltype(config->faults){});
}

TEST_CASE("time does not move in a story while something else would happen") {
  const Config config = small_config("target-killed", Teardown::settled);
  const Played played = play(config, {{{"request disconnect qp0", {}}, {}}, {{"advance clock", {}}, {}}});
  REQUIRE(played.departure);
  CHECK(played.departure->step == 2);
  CHECK(played.departure->line.find("deliver DREQ qp0 at target") != std::string::npos);
  CHECK(played.violated.empty());
}

TEST_CASE("a step that violates is no departure, whatever else was wanted in it") {
  const Story& parked = stories()[1];
  std::vector<WantedStep> steps = wanted_steps(parked);
  steps.back().inner = {{9, {"deliver DREQ qp1", {}}}};  // the wait is armed before that many calls
  const Played violating = play(config_of(parked, Teardown::connected_flag), steps);
  CHECK_FALSE(violating.departure);
  CHECK(story::names(violating.trace.header.violated) == "awaited-once, possible-wait");
}
