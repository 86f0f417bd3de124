// qpcheck keep: what is kept, what is refused, and that nothing is left of what was refused.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

std::string good_trace() { return read(source("traces/found/parked-connected-flag.json")); }

// A corpus of its own, and a trace beside it.
struct Place {
  Folder folder;
  Surroundings here{.folder = folder.path()};
  Place() {
    std::filesystem::create_directories(folder.path() / "traces/found");
    write(folder / "good.json", good_trace());
  }
  Ended keep(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "keep");
    return qpcheck(arguments, here);
  }
};

TEST_CASE("keep writes the run into the corpus, where replay finds it") {
  const Place place;
  const Ended ended = place.keep({"good.json", "--name", "a-2nd-one"});
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out == "kept as traces/found/a-2nd-one.json: violates awaited-once, possible-wait\n"
                     "replay it: qpcheck replay traces/found/a-2nd-one.json\n");
  CHECK(read(place.folder / "traces/found/a-2nd-one.json") == good_trace());
  CHECK(qpcheck({"replay", "traces"}, place.here).out ==
        "traces/found/a-2nd-one.json: replayed with the same observations\n");
}

TEST_CASE("keep --into negative makes that folder where it is missing, and --traces names the corpus") {
  const Place place;
  CHECK(place.keep({"good.json", "--name", "one", "--into", "negative"}).code == 0);
  CHECK(read(place.folder / "traces/negative/one.json") == good_trace());
  std::filesystem::create_directories(place.folder.path() / "elsewhere");
  CHECK(place.keep({"good.json", "--name", "one", "--traces", "elsewhere"})
            .out.starts_with("kept as elsewhere/found/one.json: "));
}

TEST_CASE("in a checkout keep names the test and how to run it") {
  const Place place;
  std::filesystem::create_directories(place.folder.path() / "tests/cli");
  write(place.folder / "tests/cli/kept_trace.cpp", read(source("tests/cli/kept_trace.cpp")));
  const std::string test =
      "\nits test is \"kept: found/one\": it must go on violating this under connected-flag, and nothing under "
      "settled\n"
      "run it: ./run test -R 'kept: found/one$'\n";
  CHECK(place.keep({"good.json", "--name", "one"}).out.find(test) != std::string::npos);
  CHECK(place.keep({"good.json", "--name", "one", "--into", "negative"}).out.find(
            "\nits test is \"kept: negative/one\": it must go on violating exactly this\n") != std::string::npos);
}

TEST_CASE("keep records the run again in today's words") {
  const Place place;
  write(place.folder / "old.json",
        replaced(replaced(good_trace(), "is under way to", "flies to"), "nothing can satisfy", "no hope for"));
  CHECK(place.keep({"old.json", "--name", "one"}).code == 0);
  CHECK(read(place.folder / "traces/found/one.json") == good_trace());
}

TEST_CASE("the same run under the same name is no mistake, another run is") {
  const Place place;
  REQUIRE(place.keep({"good.json", "--name", "one"}).code == 0);
  const Ended again = place.keep({"good.json", "--name", "one"});
  CHECK(again.code == 0);
  CHECK(again.out.starts_with("was kept before as traces/found/one.json: "));
  write(place.folder / "other.json", read(source("traces/found/origin-always-wait.json")));
  const Ended other = place.keep({"other.json", "--name", "one"});
  CHECK(other.code == 2);
  CHECK(other.err ==
        "qpcheck: --name: traces/found/one.json is there already and holds another run; choose another name\n");
  CHECK(read(place.folder / "traces/found/one.json") == good_trace());
}

TEST_CASE("what does not replay, or violates nothing, is not kept") {
  const Place place;
  write(place.folder / "departs.json", replaced(good_trace(), "\"deliver DREQ qp0\"", "\"deliver DREP qp0\""));
  write(place.folder / "fixed.json",
        replaced(good_trace(), "\"teardown\": \"connected-flag\"", "\"teardown\": \"settled\""));
  const auto before = place.folder.content();
  const Ended departs = place.keep({"departs.json", "--name", "one"}),
              fixed = place.keep({"fixed.json", "--name", "one", "--into", "negative"});
  CHECK(departs.code == 2);
  CHECK(departs.err.starts_with(
      "qpcheck: departs.json: departs at step 2: wanted \"deliver DREP qp0\", enabled are: deliver DREQ qp0, "));
  CHECK(departs.err.ends_with("; only a run that replays can be kept\n"));
  CHECK(fixed.code == 2);
  CHECK(fixed.err == "qpcheck: fixed.json: violates nothing when it is replayed; only a counterexample can be kept\n");
  CHECK((departs.out + fixed.out).empty());
  CHECK(place.folder.content() == before);
}

}  // namespace
}  // namespace qpcheck::tests
