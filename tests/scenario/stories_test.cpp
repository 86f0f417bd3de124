// The stories kept by name, each played under all three teardowns.
#include <catch2/catch.hpp>

#include "scenario/stories.hpp"
#include "story/words.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;
using properties::PropertySet;
using qpair::Teardown;

namespace {

const Story& story_named(std::string_view name) {
  for (const Story& one : stories())
    if (one.name == name) return one;
  FAIL("no story of that name");
  return stories()[0];
}

Played told(std::string_view name, Teardown teardown) {
  const Played first = play(config_of(story_named(name), teardown), wanted_steps(story_named(name)));
  const Played second = play(config_of(story_named(name), teardown), wanted_steps(story_named(name)));
  CHECK(first.trace == second.trace);
  CHECK_FALSE(first.departure);
  return first;
}

// The whole of it is played, and it breaks nothing.
void expect_unharmed(std::string_view name, Teardown teardown) {
  const Played played = told(name, teardown);
  CHECK(played.violated.empty());
  CHECK(played.trace.steps.size() == story_named(name).choices.size());
  CHECK(played.trace.header.violated.empty());
}

void expect_broken(std::string_view name, Teardown teardown, PropertySet properties, std::size_t steps) {
  const Played played = told(name, teardown);
  CHECK(played.violated.bits == properties.bits);
  CHECK(played.trace.steps.size() == steps);
  CHECK_FALSE(played.trace.header.violated.empty());
}

const auto two_waits = set_of({Property::awaited_once, Property::possible_wait});

}  // namespace

TEST_CASE("the origin's story breaks always-wait and neither of the repairs") {
  expect_broken("origin", Teardown::always_wait, two_waits, 5);
  expect_unharmed("origin", Teardown::connected_flag);
  expect_unharmed("origin", Teardown::settled);
}

TEST_CASE("the parked story breaks the published repair as well, and not settled") {
  expect_broken("parked", Teardown::always_wait, two_waits, 4);
  expect_broken("parked", Teardown::connected_flag, two_waits, 4);
  expect_unharmed("parked", Teardown::settled);
}

TEST_CASE("the rejected story leaves the flag set, except in settled") {
  expect_broken("rejected", Teardown::always_wait, set_of({Property::flag_agrees}), 15);
  expect_broken("rejected", Teardown::connected_flag, set_of({Property::flag_agrees}), 15);
  expect_unharmed("rejected", Teardown::settled);
}

TEST_CASE("in the rejected story the wait that follows is impossible too") {
  Config config = config_of(story_named("rejected"), Teardown::connected_flag);
  config.properties = set_of({Property::possible_wait});
  const Played played = play(config, wanted_steps(story_named("rejected")));
  CHECK(played.violated.bits == config.properties.bits);
  CHECK(played.trace.steps.size() == 16);
}

TEST_CASE("the origin's story says what was handled, where the wait was armed, and why nothing can end it") {
  const Played played = told("origin", Teardown::always_wait);
  const std::vector<std::string> lines = observations_of(played.trace);
  CHECK(has(lines, "qp0 DISCONNECTED is parked: fetched, but not handled"));
  CHECK(has(lines, "qp0 DISCONNECTED handled"));
  CHECK(has(lines, "qp0 waits for DISCONNECTED, at most 1000 ms; armed at \"disconnect: after rdma_disconnect\""));
  const std::string& why = story::reasons(played.trace.header.violated);
  CHECK(why.find("it has handled this connection's DISCONNECTED") != std::string::npos);
  CHECK(why.find("none is parked, queued or in flight") != std::string::npos);
}

TEST_CASE("a story's trace replays by its words alone") {
  for (const Story& one : stories())
    for (const Teardown teardown : teardowns) {
      const Played told_once = told(one.name, teardown);
      const auto config = config_of(told_once.trace.header);
      REQUIRE(config);
      const Played again = play(*config, wanted_steps(told_once.trace));
      CHECK(again.trace == told_once.trace);
    }
}
