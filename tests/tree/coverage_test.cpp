#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/tree/source.hpp"

// docs/contract-coverage.md says which tests show what of the contract: the page is true
// as long as those tests exist, and whole as long as it names all that are about it.

using namespace qpcheck::tree;

namespace {

const File& file(std::string_view path) {
  const auto it = std::ranges::find(this_tree(), path, &File::path);
  REQUIRE(it != this_tree().end());
  return *it;
}

// The literals that follow one another from `at` on, as one text.
std::string literals(std::string_view text, std::size_t at) {
  std::string all;
  while ((at = text.find_first_not_of(" \n", at)) != text.npos && text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
      all += text[at];
    }
    ++at;
  }
  return all;
}

void add_cases(std::string_view text, std::set<std::string>& names) {
  constexpr std::string_view begin = "TEST_CASE(";
  for (std::size_t at = 0; (at = text.find(begin, at)) != text.npos;) names.insert(literals(text, at += begin.size()));
}

std::set<std::string> cases_of(std::initializer_list<std::string_view> paths) {
  std::set<std::string> names;
  for (const std::string_view path : paths) add_cases(file(path).text, names);
  return names;
}

std::set<std::string> all_cases() {
  std::set<std::string> names;
  for (const File& each : this_tree())
    if (is_cpp(each.path) && is_in(each.path, "tests")) add_cases(each.text, names);
  return names;
}

struct Requirement {
  std::string words;
  std::vector<std::string> tests;
  bool confessed = false;  // that nothing shows it
};

std::vector<Requirement> requirements_of(std::string_view page) {
  std::vector<Requirement> all;
  for (const std::string_view line : lines_of(page)) {
    if (line.starts_with("- ")) all.emplace_back().words = line.substr(2);
    else if (line.starts_with("  - `") && line.ends_with("`"))
      all.back().tests.emplace_back(line.substr(5, line.size() - 6));
    else if (line.starts_with("  - not covered: ")) all.back().confessed = true;
    else CHECK_FALSE(line.starts_with(" "));  // a line that would be read as nothing
  }
  return all;
}

const std::vector<Requirement>& requirements() {
  static const auto all = requirements_of(file("docs/contract-coverage.md").text);
  return all;
}

}  // namespace

TEST_CASE("every test that the page of coverage names exists, and every requirement has one or says that it has none") {
  const std::set<std::string> cases = all_cases();
  CHECK(cases.size() > 300);
  CHECK(requirements().size() > 40);
  for (const Requirement& each : requirements()) {
    INFO(each.words);
    CHECK(each.tests.empty() == each.confessed);
    for (const std::string& test : each.tests) {
      INFO("no test has the name: " << test);
      CHECK(cases.contains(test));
    }
  }
}

TEST_CASE("the page of coverage names every test of what must be possible, and of what must never be") {
  std::set<std::string> named;
  for (const Requirement& each : requirements()) named.insert(each.tests.begin(), each.tests.end());
  for (const std::string& test : cases_of({"tests/model/possible_ib_test.cpp", "tests/model/possible_iw_test.cpp",
                                           "tests/model/never_test.cpp", "tests/model/two_connections_test.cpp"})) {
    INFO("not on the page: " << test);
    CHECK(named.contains(test));
  }
}

TEST_CASE("the name of a test is read from one literal or from several, with what is escaped in it") {
  std::set<std::string> names;
  add_cases("TEST_CASE(\"one\") {\nTEST_CASE(\n    \"two, \"\n    \"and \\\"more\\\"\") {", names);
  CHECK(names == std::set<std::string>{"one", "two, and \"more\""});
}
