// qpcheck conform, as a user starts it: what it prints, and its exit codes.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

std::string kernel_log(const std::string& name) { return source("traces/kernel/" + name + ".jsonl").string(); }

std::string doubled_disconnected() {
  std::string text;
  for (const std::string& line : lines_of(read(kernel_log("rxe/a1-q1-1")))) {
    text += line + "\n";
    if (line.find("\"DISCONNECTED\"") != std::string::npos && line.find("\"host\"") != std::string::npos)
      text += line + "\n";
  }
  return text;
}

TEST_CASE("conform: 0 when every log is legal, one line each") {
  const Ended ended = qpcheck({"conform", kernel_log("rxe/a1-q1-1"), kernel_log("siw/a1-q1-1"),
                               source("traces/found/parked-connected-flag.json").string()});
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(occurrences(ended.out, "\n") == 3);
  for (const std::string& line : lines_of(ended.out)) CHECK(line.starts_with("legal "));
}

TEST_CASE("conform and explain take folders: all that is below them, in order, one that holds nothing is refused") {
  const Folder folder;
  CHECK(occurrences(qpcheck({"conform", "--quiet", source("traces/kernel/siw-6.12").string()}).out, "\nlegal ") > 5);
  const Ended told = qpcheck({"explain", source("traces/found").string()});
  CHECK(told.code == 0);
  CHECK(told.out.find("parked-connected-flag.json:\n\ntarget-killed") != std::string::npos);
  for (const char* const verb : {"conform", "explain"}) {
    const Ended empty = qpcheck({verb, folder.path().string()});
    CHECK(empty.code == 2);
    CHECK(empty.err.find("is in this folder or below it") != std::string::npos);
  }
}

TEST_CASE("conform: a trace in which an event was lost for want of memory is legal") {
  const Folder folder;
  const std::vector<std::string> check = {"check",      "reset",    "--teardown", "always-wait", "--transport",
                                          "iwarp",      "--faults", "enomem=1",   "--qpairs",    "1",
                                          "--property", "no-crash", "--out",      "out"};
  CHECK(qpcheck(check, {.folder = folder.path()}).code == 1);
  REQUIRE(read(folder / "out/reset-always-wait-qpairs=1-iwarp-enomem=1-only-no-crash.json")
              .find("no memory for ESTABLISHED") != std::string::npos);
  const Ended ended = qpcheck({"conform", "out/reset-always-wait-qpairs=1-iwarp-enomem=1-only-no-crash.json"},
                              {.folder = folder.path()});
  CHECK(ended.code == 0);
  CHECK(ended.out.starts_with("legal "));
}

TEST_CASE("conform: 1 when a log is not legal, and it says where, what was expected, and which rows would allow it") {
  const Folder folder;
  write(folder / "bad.jsonl", doubled_disconnected());
  const Ended ended = qpcheck({"conform", kernel_log("siw/a1-q1-1"), "bad.jsonl"}, {.folder = folder.path()});
  CHECK(ended.code == 1);
  CHECK(ended.err.empty());
  CHECK(occurrences(ended.out, "\nnot legal bad.jsonl: line ") == 1);
  CHECK(occurrences(ended.out, ": conn 0, host: DISCONNECTED (status 0)\n") == 1);
  for (const char* const words :
       {"expected there:", "id in DISCONNECT", "rows that would have allowed it:", "cma_comp_exch"})
    CHECK(ended.out.find(words) != std::string::npos);
  CHECK(occurrences(qpcheck({"conform", "--quiet", "bad.jsonl"}, {.folder = folder.path()}).out, "\n") == 1);
}

TEST_CASE("conform: 2 when a log cannot be read, in one line, the others are judged all the same") {
  const Folder folder;
  write(folder / "bad.jsonl", "hello\n");
  const Ended ended = qpcheck({"conform", "bad.jsonl", kernel_log("siw/a1-q1-1")}, {.folder = folder.path()});
  CHECK(ended.code == 2);
  CHECK(ended.err.starts_with("qpcheck: bad.jsonl: line 1"));
  CHECK(occurrences(ended.err, "\n") == 1);
  CHECK(ended.out.starts_with("legal "));
}

TEST_CASE("conform: what is wrong with the call is said in one line") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> calls = {
      {{"conform"}, "qpcheck conform --help"},
      {{"conform", "none.jsonl"}, "give the path of a file"},
      {{"conform", "none.jsonl", "--transport", "tcp"}, "'tcp'"},
  };
  for (const auto& [call, words] : calls) {
    const Ended ended = qpcheck(call);
    INFO(ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.out.empty());
    CHECK(occurrences(ended.err, "\n") == 1);
    CHECK(ended.err.find(words) != std::string::npos);
  }
}

}  // namespace
}  // namespace qpcheck::tests
