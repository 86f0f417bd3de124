// The kept stories tell the truth under each teardown, and are what qpcheck finds today.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

// Those that made this tool. The published fix mends the origin's story and no other.
const std::vector<std::string> stories = {"admin-disconnect-always-wait",
                                          "admin-disconnect-connected-flag",
                                          "failover-always-wait",
                                          "failover-connected-flag",
                                          "origin-always-wait",
                                          "parked-always-wait",
                                          "parked-connected-flag",
                                          "parked-in-poll-connected-flag",
                                          "rejected-always-wait",
                                          "rejected-connected-flag",
                                          "rejected-unfetched-connected-flag",
                                          "rejected-wait-connected-flag",
                                          "reset-always-wait",
                                          "reset-connected-flag",
                                          "timeout-connected-flag"};

int expected(const std::string& story, const std::string& teardown) {
  // Under settled nothing is waited for, so time may not move where the story wants it to: it departs.
  if (teardown == "settled") return story.starts_with("timeout-") ? 5 : 0;
  if (teardown == "connected-flag" && story.starts_with("origin-")) return 0;
  return 1;
}

TEST_CASE("the stories that made this tool, under each teardown: only settled mends them all") {
  for (const std::string& story : stories)
    for (const char* const teardown : {"always-wait", "connected-flag", "settled"}) {
      const Ended ended =
          qpcheck({"replay", source("traces/found/" + story + ".json").string(), "--teardown", teardown});
      INFO(story << " under " << teardown << "\n" << ended.out);
      CHECK(ended.code == expected(story, teardown));
      CHECK(ended.err.empty());
      CHECK((ended.out.find("Violated: ") != std::string::npos) == (ended.code == 1));
    }
}

TEST_CASE("the whole corpus replays in one call") {
  const Ended ended = qpcheck({"replay", "traces"}, {.folder = source("")});
  CHECK((ended.code == 1 || ended.code == 5));  // 5: one that was recorded under settled, and is fixed
  CHECK(ended.err.empty());
  for (const std::string& line : lines_of(ended.out)) CHECK(line.starts_with("traces/"));
  CHECK(occurrences(ended.out, ": replayed with the same observations\n") >= stories.size());
}

// Each kept trace has a test of its own as well (kept_trace.cpp).
TEST_CASE("a kept trace that a search found is what the search finds today") {
  const Folder folder;
  CHECK(qpcheck({"check", "admin-disconnect", "reset", "failover", "--teardown", "always-wait,connected-flag", "--out",
                 folder.path().string()}).code == 1);
  for (const auto& [name, bytes] : folder.content()) {
    INFO(name);
    CHECK(bytes == read(source("traces/found") / name));
  }
}

TEST_CASE("a canary is a shortest run that the search finds today for its one property") {
  for (const char* const property : {"awaited-once", "possible-wait", "no-needless-timeout"})
    for (const char* const transport : {"ib", "iwarp"}) {
      const Folder folder;
      INFO(property << " " << transport);
      CHECK(qpcheck({"check", "target-killed", "--qpairs", "1", "--teardown", "always-wait", "--transport", transport,
                     "--property", property, "--out", folder.path().string()})
                .code == 1);
      const std::string iwarp = transport == std::string("ib") ? "" : "-iwarp";
      const std::string written = "target-killed-always-wait-qpairs=1" + iwarp + "-only-" + property + ".json";
      CHECK(read(folder / written) ==
            read(source("traces/negative") / ("always-wait-" + std::string(property) + iwarp + ".json")));
    }
}

TEST_CASE("a kept trace that is a story by name is what the story plays today") {
  for (const auto& [story, teardown] :
       std::vector<std::pair<std::string, std::string>>{{"origin", "always-wait"},
                                                        {"parked", "always-wait"},
                                                        {"parked", "connected-flag"},
                                                        {"rejected", "always-wait"},
                                                        {"rejected", "connected-flag"}}) {
    const Folder folder;
    INFO(story << " " << teardown);
    CHECK(qpcheck({"story", story, "--teardown", teardown, "--out", folder / "story.json"}).code == 1);
    CHECK(read(folder / "story.json") == read(source("traces/found") / (story + "-" + teardown + ".json")));
  }
}

}  // namespace
}  // namespace qpcheck::tests
