#include "tests/tree/banned.hpp"

#include <catch2/catch.hpp>

using namespace qpcheck::tree;

namespace {

Findings over_the_tree(Findings (*check)(const File&)) {
  Findings all;
  for (const File& file : this_tree()) {
    for (std::string& finding : check(file)) all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace

TEST_CASE("no code of ours reads a real clock, rolls dice or shows a hash's order") {
  const Findings findings = over_the_tree(check_banned);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("the code under test is one text, without conditional parts and stand-ins") {
  const Findings findings = over_the_tree(check_one_text);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("each banned use is found") {
  const auto [path, line] = GENERATE(table<const char*, const char*>({
      {"sim/a.cpp", "auto t = std::chrono::steady_clock::now();"},
      {"model/a.hpp", "using C = std::chrono::system_clock;"},
      {"src/search/a.hpp", "auto t = time (nullptr);"},
      {"src/qpair/a.cpp", "clock_gettime(CLOCK_MONOTONIC, &t);"},
      {"src/trace/a.cpp", "int x = std::rand();"},
      {"properties/a.cpp", "std::random_device d;"},
      {"src/report/a.cpp", "std::unordered_map<int, int> m;"},
  }));
  CAPTURE(path, line);
  CHECK(check_banned(File{path, line}).size() == 1);
}

TEST_CASE("what only looks like a banned use passes") {
  const auto [path, line] = GENERATE(table<const char*, const char*>({
      {"sim/a.cpp", "// steady_clock is not for us"},
      {"sim/a.cpp", "say(\"steady_clock\");"},
      {"sim/a.cpp", "int operand(int brand);"},
      {"sim/a.cpp", "world.time(0); clock->time(0); uint64_t time(World& w);"},
      {"src/search/a.hpp", "std::unordered_map<int, int> m;"},
      {"src/cli/a.cpp", "std::chrono::steady_clock::now();"},
      {"tests/sim/a.cpp", "std::random_device d;"},
      {"docs/a.md", "std::random_device"},
  }));
  CAPTURE(path, line);
  CHECK(check_banned(File{path, line}).empty());
}

TEST_CASE("a test branch or a stand-in in the code under test is found") {
  CHECK(check_one_text(File{"src/qpair/a.cpp", "#ifdef TESTING\n#endif\n"}).size() == 1);
  CHECK(check_one_text(File{"src/qpair/a.cpp", " # if X\n#else\n#endif\n"}).size() == 2);
  CHECK(check_one_text(File{"src/qpair/a.cpp", "struct FakeChannel;\n"}).size() == 1);
  CHECK(check_one_text(File{"src/qpair/mock.hpp", "#pragma once\n"}).size() == 1);
  CHECK(check_one_text(File{"src/qpair/a.hpp", "#pragma once\n// no mock here\n"}).empty());
  CHECK(check_one_text(File{"sim/a.cpp", "#ifdef X\n#endif\n"}).empty());
}
