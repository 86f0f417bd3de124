// What ends a command from outside: signals, memory, files and outputs that take no more.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

// A search that takes a minute and more.
const std::vector<std::string> long_search = {"check", "reset", "--qpairs", "3", "--transport", "iwarp"};

Surroundings signalled(const std::string& signal) {
  return {.in_front = {"timeout", "--preserve-status", "-s", signal, "1"}};
}
Surroundings shell(const std::string& first) { return {.in_front = {"sh", "-c", first + "; exec \"$@\"", "sh"}}; }

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_CASE("Ctrl-C and SIGTERM end a search, and what it knows by then is told: 3") {
  for (const char* const signal : {"INT", "TERM"}) {
    const Ended ended = qpcheck(long_search, signalled(signal));
    CHECK(ended.code == 3);
    CHECK(ended.out.find(": inconclusive\n  it was interrupted\n  not exhaustive within these bounds: ") !=
          std::string::npos);
  }
}

TEST_CASE("an interrupted call does not begin the checks that are left") {
  const Ended ended = qpcheck(with(long_search, {"--teardown", "settled,always-wait", "--json"}), signalled("INT"));
  CHECK(ended.code == 3);
  CHECK(occurrences(ended.out, "\"verdict\"") == 1);
  CHECK(ended.out.find("\"ended\": \"interrupted\"") != std::string::npos);
}

TEST_CASE("check --smallest, interrupted, says how far it came") {
  const Ended ended = qpcheck(with(long_search, {"--smallest"}), signalled("INT"));
  CHECK(ended.code == 3);
  CHECK(ended.out.find(": interrupted among the budgets of ") != std::string::npos);
}

TEST_CASE("survey, interrupted, prints the tables that it has: 3") {
  const Folder folder;
  const Ended ended = qpcheck({"survey", "--part", "three", "--out", folder.path().string()}, signalled("TERM"));
  CHECK(ended.code == 3);
  CHECK(ended.out.find("\nInterrupted: ") != std::string::npos);
  CHECK(ended.out.find("not the expected one") == std::string::npos);
}

TEST_CASE("standard output that is closed or full: 2, with one line") {
  for (const char* const output : {"exec >&-", "exec > /dev/full"}) {
    const Ended ended = qpcheck({"list", "scenarios"}, shell(output));
    INFO(output);
    CHECK(ended.code == 2);
    CHECK(ended.err == "qpcheck: cannot write to standard output; is it closed, or the disk full?\n");
  }
}

TEST_CASE("a file that cannot be finished is not left half written") {
  const Folder folder;
  const Ended ended =
      qpcheck({"check", "reset", "--teardown", "always-wait", "--out", folder.path().string()}, shell("ulimit -f 1"));
  CHECK(ended.code == 2);
  CHECK(ended.err.find("reset-always-wait.json: File too large; choose another place with --out\n") !=
        std::string::npos);
  CHECK(folder.content().empty());
}

TEST_CASE("a limit of memory is of what is used: twice as much, and the search gets further") {
  const auto states = [](const char* limit) {
    const Ended ended = qpcheck({"check", "reset", "--transport", "iwarp", "--limit", limit, "--json"});
    CHECK(ended.code == 3);
    CHECK(ended.out.find("\"ended\": \"memory\"") != std::string::npos);
    return std::stoul(ended.out.substr(ended.out.find("\"states\": ") + 10));
  };
  const std::size_t few = states("memory=16"), more = states("memory=32"), most = states("memory=64");
  CHECK(more > few);
  CHECK(most > more);
}

#ifndef QPCHECK_SANITIZED  // the sanitizer reserves more than all there is
TEST_CASE("where the system has no more memory, what was found by then is told: 3") {
  const Ended ended = qpcheck({"check", "reset", "--transport", "iwarp"}, shell("ulimit -v 200000"));
  CHECK(ended.code == 3);
  CHECK(ended.out.find(": inconclusive\n  the system has no more memory") != std::string::npos);
  CHECK(ended.err.empty());
}
#endif

}  // namespace
}  // namespace qpcheck::tests
