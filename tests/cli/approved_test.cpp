// What the command prints, word by word, compared with files that a person approved.
#include <catch2/catch.hpp>

#include <cstdlib>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

std::string first_difference(const std::string& approved, const std::string& now) {
  const auto was = lines_of(approved), is = lines_of(now);
  for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
    const std::string old_line = i < was.size() ? was[i] : "(nothing)", new_line = i < is.size() ? is[i] : "(nothing)";
    if (old_line != new_line)
      return "line " + std::to_string(i + 1) + "\n  approved: " + old_line + "\n  now:      " + new_line;
  }
  return "the line ends";
}

void is_approved(const std::string& name, const std::string& now) {
  const std::filesystem::path file = source("tests/cli/approved") / name;
  if (std::getenv("QPCHECK_APPROVE") != nullptr) write(file, now);
  const std::string approved = std::filesystem::exists(file) ? read(file) : "";
  CHECK(approved.empty() == now.empty());
  if (approved == now) return;
  FAIL_CHECK(name << ": " << first_difference(approved, now)
                  << "\nIf it is right: run this test with QPCHECK_APPROVE=1");
}

void prints_as_approved(const std::string& name, const std::vector<std::string>& call, int code) {
  const Ended ended = qpcheck(call, {.folder = source("")});
  CHECK(ended.code == code);
  CHECK(ended.err.empty());
  is_approved(name, without_times(ended.out));
}

TEST_CASE("check prints the verdict, its bounds and the story") {
  prints_as_approved("check-violated.txt", {"check", "target-killed", "--teardown", "connected-flag"}, 1);
  prints_as_approved("check-holds.txt", {"check", "admin-disconnect", "--teardown", "settled"}, 0);
  prints_as_approved("check-two.txt",
                     {"check", "admin-disconnect", "--qpairs", "1", "--teardown", "connected-flag,settled"}, 1);
  prints_as_approved("check-inconclusive.txt", {"check", "reset", "--limit", "states=10"}, 3);
}

TEST_CASE("check --json holds no times") {
  prints_as_approved("check-violated.json", {"check", "target-killed", "--teardown", "connected-flag", "--json"}, 1);
  prints_as_approved("check-holds.json", {"check", "connect-only", "--qpairs", "1", "--property", "finishes", "--json"},
                     0);
}

TEST_CASE("explain tells kept traces") {
  for (const char* const name : {"parked-connected-flag", "parked-in-poll-connected-flag",
                                 "rejected-wait-connected-flag", "timeout-connected-flag"})
    prints_as_approved(std::string("explain-") + name + ".txt",
                       {"explain", std::string("traces/found/") + name + ".json"}, 0);
}

TEST_CASE("replay under another teardown tells what happens there") {
  prints_as_approved("replay-parked-settled.txt",
                     {"replay", "traces/found/parked-connected-flag.json", "--teardown", "settled"}, 0);
}

TEST_CASE("every list") {
  for (const char* const what : {"scenarios", "properties", "teardowns", "transports", "faults", "choices", "stories"})
    prints_as_approved(std::string("list-") + what + ".txt", {"list", what}, 0);
}

TEST_CASE("a diagram of what a search did") {
  prints_as_approved("diagram-explored.dot", {"diagram", "explored", "target-killed", "--teardown", "connected-flag"},
                     0);
}

}  // namespace
}  // namespace qpcheck::tests
