#include "tests/tree/shape.hpp"

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

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "x\n";
  return text;
}

}  // namespace

TEST_CASE("no source file is longer than one can read in one go") {
  const Findings findings = over_the_tree(check_length);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("no line of C++ is longer than one can read beside another") {
  const Findings findings = over_the_tree(check_lines);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("every header opens with its contract") {
  const Findings findings = over_the_tree(check_header_opening);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("no file holds a place on one machine") {
  const Findings findings = over_the_tree(check_machine_paths);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("every file is text") {
  const Findings findings = over_the_tree(check_text);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("a file that is too long is found") {
  CHECK(check_length(File{"sim/a.cpp", lines(longest_file)}).empty());
  CHECK(check_length(File{"sim/a.cpp", lines(longest_file + 1)}).size() == 1);
  CHECK(check_length(File{"run", lines(longest_file + 1)}).size() == 1);
  CHECK(check_length(File{"traces/a.json", lines(longest_file + 1)}).empty());
}

TEST_CASE("a line that is too long is found") {
  CHECK(check_lines(File{"sim/a.cpp", "a\n" + std::string(longest_line, 'x') + "\n"}).empty());
  const Findings findings = check_lines(File{"sim/a.hpp", "a\n" + std::string(longest_line + 1, 'x') + "\n"});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].starts_with("sim/a.hpp:2: "));
  CHECK(check_lines(File{"docs/a.md", std::string(longest_line + 1, 'x') + "\n"}).empty());
}

TEST_CASE("a header without its contract is found") {
  CHECK(check_header_opening(File{"sim/a.hpp", "// What it is.\n#pragma once\n"}).empty());
  CHECK(check_header_opening(File{"sim/a.hpp", "#pragma once\n// What it is.\n"}).size() == 1);
  CHECK(check_header_opening(File{"sim/a.hpp", "// What it is.\n"}).size() == 1);
  CHECK(check_header_opening(File{"sim/a.cpp", "int a;\n"}).empty());
}

TEST_CASE("a place on one machine is found") {
  for (const std::string_view path : machine_paths) {
    const Findings findings = check_machine_paths(File{"docs/a.md", "a\nsee " + std::string(path)});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].starts_with("docs/a.md:2: "));
  }
}

TEST_CASE("what is not text is found") {
  CHECK(check_text(File{"a", "caf\xC3\xA9 \xE2\x86\x92\t\n"}).empty());
  CHECK(check_text(File{"a", ""}).empty());
  CHECK(check_text(File{"a", "no line's end"}).size() == 1);
  CHECK(check_text(File{"a", "caf\xE9\n"}).size() == 1);
  CHECK(check_text(File{"a", std::string("a\0b\n", 4)}).size() == 1);
  CHECK(check_text(File{"a", "dos\r\n"}).size() == 1);
  CHECK(check_text(File{"a", "\xC3\n"}).size() == 1);
  CHECK(check_text(File{"tests/fuzz/found/trace/a", "\xC3"}).empty());
}
