// What a search really did, as a diagram shows it.
#include <catch2/catch.hpp>

#include "scenario/check.hpp"
#include "scenario/stories.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

struct Watched {
  Watch watch;
  CheckResult result;
};

Watched watched(const Config& config, std::uint8_t qpair = 0) {
  Watched seen;
  seen.watch.qpair = qpair;
  seen.result = check(config, {}, {}, &seen.watch);
  return seen;
}

bool knows(const Explored& explored, const ControlMove& move) {
  return std::find(explored.moves().begin(), explored.moves().end(), move) != explored.moves().end();
}

bool knows(const Explored& explored, const ControlState& state) {
  return std::find(explored.states().begin(), explored.states().end(), state) != explored.states().end();
}

bool shows(const ControlMove& move) { return move.from != move.to || move.violating; }

ControlMove move_between(ControlState from, ControlState to, const char* label, bool meanwhile = false) {
  return {from, to, label, meanwhile, false};
}

constexpr ControlState up{4, 1, 0, 9}, down{9, 0, 0, 9};

}  // namespace

TEST_CASE("the parked story's last move is marked as the violating one") {
  const Watched seen = watched(small_config("target-killed", Teardown::connected_flag));
  REQUIRE(seen.result.counterexample);
  REQUIRE(seen.watch.path.size() == stories()[1].choices.size());
  CHECK(choices_of(*seen.result.counterexample) ==
        std::vector<std::string>(stories()[1].choices.begin(), stories()[1].choices.end()));
  for (const ControlMove& move : seen.watch.path) CHECK(move.violating == (&move == &seen.watch.path.back()));
  CHECK(seen.watch.path.back().label.starts_with("request disconnect qpair"));
}

TEST_CASE("a counterexample's whole path is among the moves, and its states among the states") {
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : {Teardown::always_wait, Teardown::connected_flag})
      for (const std::uint32_t qpairs : {1u, 2u})
        for (std::uint8_t qpair = 0; qpair < qpairs; ++qpair) {
          INFO(scenario.name << ", " << name(teardown) << ", seen from qp" << int{qpair} << " of " << qpairs);
          const Watched seen = watched(small_config(scenario.name, teardown, Start::established, qpairs), qpair);
          for (const ControlMove& move : seen.watch.path) {
            CHECK(knows(seen.watch.explored, move.from));
            CHECK((!shows(move) || knows(seen.watch.explored, move)));
          }
        }
}

TEST_CASE("every move leads between states that are shown, and only a violating check has violating moves") {
  for (const Teardown teardown : teardowns) {
    const Watched seen = watched(small_config("target-killed", teardown));
    std::size_t violating = 0;
    for (const ControlMove& move : seen.watch.explored.moves()) {
      CHECK(shows(move));
      CHECK(knows(seen.watch.explored, move.from));
      CHECK((move.violating || knows(seen.watch.explored, move.to)));
      violating += move.violating;
    }
    CHECK((violating > 0) == (teardown != Teardown::settled));
  }
}

TEST_CASE("the first state is the established one, and the parked event is said in its words") {
  const Watched seen = watched(small_config("target-killed", Teardown::connected_flag));
  REQUIRE(seen.watch.path.size() == stories()[1].choices.size());
  CHECK(words(seen.watch.explored.states().front()) == "connected\nconnected = true\nCM: ESTABLISHED");
  CHECK(words(seen.watch.path.back().from) == "connected\nconnected = true\nparked: DISCONNECTED\nCM: DREQ_RCVD");
}

TEST_CASE("watching changes neither the verdict nor the states") {
  const Config config = small_config("reset", Teardown::connected_flag);
  const CheckResult plain = check(config);
  const Watched seen = watched(config);
  CHECK(plain.search.states == seen.result.search.states);
  REQUIRE(plain.counterexample);
  CHECK(*plain.counterexample == *seen.result.counterexample);
}

TEST_CASE("a move that needs the environment's help is left out when the choice alone makes it") {
  Explored explored;
  explored.see(move_between(up, down, "poll qpair"));
  explored.see(move_between(up, down, "poll qpair", true));
  CHECK(explored.moves().size() == 1);
  explored.see(move_between(down, up, "poll qpair", true));
  CHECK(explored.moves().size() == 2);
}

TEST_CASE("a move that changes nothing that is shown is left out, unless it violates") {
  Explored explored;
  explored.start(up);
  explored.see(move_between(up, up, "poll controller"));
  CHECK(explored.moves().empty());
  ControlMove broken = move_between(up, up, "poll controller");
  broken.violating = true;
  explored.see(broken);
  CHECK(explored.moves().size() == 1);
  CHECK(explored.states() == std::vector<ControlState>{up});
}

TEST_CASE("a move's label has the choice, and the row of the life's table") {
  CHECK(move_label("deliver DREQ qpair", false, up, up) == "deliver DREQ qpair");
  const ControlState waiting{8, 1, 0, 10};
  CHECK(move_label("request disconnect qpair", false, up, waiting) ==
        "request disconnect qpair [disconnect, the teardown waits]");
  CHECK(move_label("poll qpair", false, waiting, down) == "poll qpair [DISCONNECTED]");
  CHECK(move_label("poll qpair", true, waiting, down) == "poll qpair [DISCONNECTED or timeout]");
}

TEST_CASE("a picture's choices do not say which qpair it is") {
  const Watched seen = watched(small_config("target-killed", Teardown::settled, Start::established, 2), 1);
  std::size_t about_a_qpair = 0;
  for (const ControlMove& move : seen.watch.explored.moves()) {
    INFO(move.label);
    about_a_qpair += move.label.find("qpair") != std::string::npos;
    for (const char* const number : {"qp0", "qp1"}) CHECK(move.label.find(number) == std::string::npos);
  }
  CHECK(about_a_qpair > 10);
}
