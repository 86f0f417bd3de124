// qpcheck replay: several traces, folders of them, and the search that goes on where a
// run departs.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

std::string kept(const std::string& name) { return source("traces/found/" + name + ".json").string(); }

// As if the code had changed: at its second step the kept story wants what is not enabled.
std::string departing(const Folder& folder) {
  const std::string file = folder / "departing.json";
  write(file, replaced(read(kept("parked-connected-flag")), "\"deliver DREQ qp0\"", "\"deliver DREP qp0\""));
  return file;
}

const std::string where =
    "departs at step 2: wanted \"deliver DREP qp0\", enabled are: deliver DREQ qp0, deliver DREQ qp1, "
    "poll controller, poll qp0, poll qp1, request disconnect qp0, request disconnect qp1";

TEST_CASE("a folder means every trace below it, in sorted order, a line each") {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "b/deeper");
  write(folder / "b/deeper/z.json", read(kept("origin-always-wait")));
  write(folder / "b/a.json", read(kept("parked-connected-flag")));
  write(folder / "c.json", read(kept("parked-connected-flag")));
  write(folder / "notes.txt", "no trace\n");
  const std::string same = ": replayed with the same observations\n";
  const Surroundings here{.folder = folder.path()};
  const Ended ended = qpcheck({"replay", "c.json", "b"}, here);
  CHECK(ended.code == 1);
  CHECK(ended.err.empty());
  CHECK(ended.out == "c.json" + same + "b/a.json" + same + "b/deeper/z.json" + same);
  CHECK(qpcheck({"replay", "."}, here).out == "./b/a.json" + same + "./b/deeper/z.json" + same + "./c.json" + same);
  CHECK(qpcheck({"replay", "b", "--teardown", "settled"}, here).out ==
        "b/a.json: violates nothing\nb/deeper/z.json: violates nothing\n");
}

TEST_CASE("of several traces the worst code counts, and one that cannot be read hides no other") {
  const Folder folder;
  const std::string good = kept("parked-connected-flag"), departs = departing(folder);
  CHECK(qpcheck({"replay", good, kept("origin-always-wait"), "--teardown", "settled"}).code == 0);
  CHECK(qpcheck({"replay", good, kept("origin-always-wait"), "--teardown", "connected-flag"}).code == 1);
  CHECK(qpcheck({"replay", departs, good}).code == 5);
  write(folder / "bad.json", "{}\n");
  const Ended ended = qpcheck({"replay", folder / "bad.json", good});
  CHECK(ended.code == 2);
  CHECK(ended.out == good + ": replayed with the same observations\n");
  CHECK(occurrences(ended.err, "\n") == 1);
  CHECK(ended.err.starts_with("qpcheck: " + folder / "bad.json"));
}

TEST_CASE("replay --property judges by that one, and goes on past the others") {
  const std::string good = kept("parked-connected-flag");
  CHECK(qpcheck({"replay", good, "--quiet", "--property", "no-needless-timeout"}).out == good + ": violates nothing\n");
  const Ended ended = qpcheck({"replay", good, "--quiet", "--property", "possible-wait"});
  CHECK(ended.code == 1);
  CHECK(ended.out == good + ": violates possible-wait\n");
}

TEST_CASE("replay --search-on: where a run departs, the search goes on, and what it finds is one whole trace") {
  const Folder folder;
  const std::string found = folder / "found.json";
  const Ended ended = qpcheck({"replay", departing(folder), "--search-on", "--out", found});
  CHECK(ended.code == 1);
  CHECK(ended.err.empty());
  CHECK(ended.out.find("departing.json: " + where + "\nsearched on from the state after step 1:\n") !=
        std::string::npos);
  CHECK(ended.out.find("faults: kill=1: violated\n  violated: awaited-once, possible-wait\n") != std::string::npos);
  CHECK(ended.out.find("stopped at a shortest story: ") != std::string::npos);
  CHECK(ended.out.find("written to " + found) != std::string::npos);
  CHECK(read(found) == read(kept("parked-connected-flag")));  // the only one as short after that step
}

TEST_CASE("replay --search-on under another teardown: from where the run departs, or from its end") {
  const std::string departs = kept("timeout-connected-flag");  // settled waits for nothing: time may not move
  const Ended ended = qpcheck(
      {"replay", departs, "--quiet", "--teardown", "settled", "--search-on", "--property", "finishes,possible-wait"});
  CHECK(ended.code == 0);
  CHECK(ended.out.starts_with(departs + ": departs at step 11: wanted \"advance clock\", enabled are: "));
  CHECK(ended.out.find("; searched on from the state after step 10: holds, ") != std::string::npos);

  const Folder folder;
  const std::string fixed = kept("origin-always-wait"), found = folder / "found.json";
  const Ended other =
      qpcheck({"replay", fixed, "--quiet", "--teardown", "connected-flag", "--search-on", "--out", found});
  CHECK(other.code == 1);
  CHECK(other.out.starts_with(
      fixed + ": violates nothing; searched on from the state after step 5: violated (awaited-once, possible-wait), "));
  CHECK(qpcheck({"replay", found, "--quiet"}).out == found + ": replayed with the same observations\n");
}

TEST_CASE("replay --search-on ends with the code of its verdict: 3 at a limit, 4 where nothing is left to judge") {
  const Folder folder;
  const Ended limited = qpcheck(
      {"replay", departing(folder), "--quiet", "--search-on", "--limit", "states=5", "--out", folder / "found.json"});
  CHECK(limited.code == 3);
  CHECK(limited.out == folder / "departing.json" + ": " + where +
                           "; searched on from the state after step 1: inconclusive, 8 states\n");
  CHECK_FALSE(std::filesystem::exists(folder / "found.json"));
  const Ended vacuous = qpcheck({"replay", kept("timeout-connected-flag"), "--teardown", "settled", "--search-on"});
  CHECK(vacuous.code == 4);
  CHECK(vacuous.out.find("faults: kill=1: vacuous\n  awaited-once (never: ") != std::string::npos);
}

TEST_CASE("replay --search-on: a run that violates what it says ends there, as without") {
  const std::string good = kept("parked-connected-flag");
  for (const std::vector<std::string>& call :
       std::vector<std::vector<std::string>>{{"replay", good}, {"replay", good, "--teardown", "always-wait"}}) {
    std::vector<std::string> on = call;
    on.emplace_back("--search-on");
    const Ended plain = qpcheck(call), searched = qpcheck(on);
    CHECK(searched.code == 1);
    CHECK(searched.code == plain.code);
    CHECK(searched.out == plain.out);
  }
}

}  // namespace
}  // namespace qpcheck::tests
