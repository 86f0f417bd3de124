// The same command writes the same bytes, whatever the memory held before, wherever
// it lies, and whatever the machine calls its time, its language and its folders.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

struct Machine {
  std::string name;
  Surroundings surroundings;
};

// Whether a program can be started with addresses that are not randomised.
bool setarch_works() { return qpcheck({"--version"}, {.in_front = {"setarch", "-R"}}).code == 0; }

std::vector<Machine> machines() {
  std::vector<Machine> list = {
      {"memory filled with 01", {.environment = {{"MALLOC_PERTURB_", "1"}}}},
      {"memory filled with a5, another place, a large environment",
       {.environment = {{"MALLOC_PERTURB_", "165"},
                        {"TZ", "Asia/Kathmandu"},
                        {"LANG", "tr_TR.UTF-8"},
                        {"LC_ALL", "tr_TR.UTF-8"},
                        {"HOME", "/"},
                        {"QPCHECK_TEST", std::string(100000, 'x')}},
        .folder = "/"}},
  };
  if (setarch_works()) list.push_back({"addresses not randomised", {.in_front = {"setarch", "-R"}}});
  return list;
}

struct Written {
  std::string out;
  std::map<std::string, std::string> files;
};

// OUT in the call stands for a folder of its own, and in the output for its name.
Written run(const std::vector<std::string>& call, int code, Surroundings surroundings) {
  const Folder folder;
  std::vector<std::string> arguments;
  for (const std::string& word : call) arguments.push_back(replaced(word, "OUT", folder.path().string()));
  if (surroundings.folder.empty()) surroundings.folder = folder.path();
  const Ended ended = qpcheck(arguments, surroundings);
  CHECK(ended.code == code);
  CHECK(ended.err.empty());
  return {replaced(ended.out, folder.path().string(), "OUT"), folder.content()};
}

void writes_the_same(const std::vector<std::string>& call, int code, std::size_t files) {
  const Written first = run(call, code, {});
  CHECK(first.files.size() == files);
  CHECK_FALSE((first.out.empty() && first.files.empty()));
  for (const Machine& machine : machines()) {
    INFO(machine.name);
    const Written again = run(call, code, machine.surroundings);
    CHECK(again.out == first.out);
    CHECK(again.files == first.files);
  }
}

TEST_CASE("check writes the same JSON and the same traces on every run") {
  writes_the_same({"check", "target-killed", "admin-disconnect", "reset", "failover", "--teardown", "all", "--json",
                   "--out", "OUT/deep/er"},
                  1, 10);
}

TEST_CASE("check prints the same text on every run, times apart") {
  const std::vector<std::string> call = {"check", "target-killed", "--from", "connecting", "--qpairs",
                                         "1",     "--teardown",    "all"};
  const std::string first = without_times(run(call, 1, {}).out);
  for (const Machine& machine : machines()) {
    INFO(machine.name);
    CHECK(without_times(run(call, 1, machine.surroundings).out) == first);
  }
}

TEST_CASE("diagrams are the same bytes on every run") {
  for (const char* const what : {"qpair", "cma", "cm-ib", "cm-iw"})
    for (const char* const format : {"dot", "svg", "png"}) {
      INFO(what << " " << format);
      writes_the_same({"diagram", what, "--format", format, "--out", "OUT/picture"}, 0, 1);
    }
  for (const char* const format : {"dot", "svg"})
    writes_the_same({"diagram", "explored", "target-killed", "--teardown", "connected-flag", "--format", format,
                     "--out", "OUT/picture"},
                    0, 1);
}

TEST_CASE("stories and replays are the same bytes on every run") {
  writes_the_same({"story", "rejected", "--teardown", "connected-flag", "--out", "OUT/story.json"}, 1, 1);
  writes_the_same(
      {"replay", source("traces/found/parked-in-poll-connected-flag.json").string(), "--out", "OUT/again.json"}, 1, 1);
  writes_the_same({"replay", source("traces/found/origin-always-wait.json").string(), "--quiet", "--teardown",
                   "connected-flag", "--search-on", "--out", "OUT/found.json"},
                  1, 1);
}

}  // namespace
}  // namespace qpcheck::tests
