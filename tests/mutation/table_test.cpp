// The table of mutants fits the sources: looked at in every test run, since a change of
// src/qpair may take away the text that a mutant replaces.
#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <set>

#include "tests/mutation/mutants.hpp"

namespace qpcheck::mutation {
namespace {

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST_CASE("the text that a mutant replaces stands in its file exactly once") {
  for (const Mutant& mutant : all_mutants()) {
    INFO("mutant " << mutant.name << " of " << mutant.file << " replaces:\n" << mutant.replace);
    REQUIRE(!mutant.replace.empty());
    CHECK(occurrences(text_of(source(mutant.file)), mutant.replace) == 1);
    CHECK(mutant.replace != mutant.with);
  }
}

TEST_CASE("the table has enough mutants, and some of each file that the simulator runs") {
  for (const std::string_view file : mutated_files) {
    const std::vector<Mutant> mutants = mutants_of(file);
    INFO(file);
    CHECK(mutants.size() >= 3);
    for (const Mutant& mutant : mutants) CHECK(mutant.file == "src/qpair/" + std::string(file) + ".cpp");
  }
  const std::vector<Mutant> all = all_mutants();
  CHECK(std::ranges::count(all, "", &Mutant::changes_nothing) >= 40);
}

TEST_CASE("no two mutants have the same name or the same change, and each has its sentence") {
  std::set<std::string> names, changes;
  for (const Mutant& mutant : all_mutants()) {
    INFO(mutant.name);
    CHECK(std::regex_match(mutant.name, std::regex("[a-z_]+")));
    CHECK(names.insert(mutant.name).second);
    CHECK(changes.insert(mutant.file + "\n" + mutant.replace + "\n" + mutant.with).second);
    CHECK(mutant.sentence.size() > 10);
    CHECK(mutant.sentence.back() != '.');
  }
}

TEST_CASE("every source file of the library has its mutants") {
  for (const auto& entry : std::filesystem::directory_iterator(source("src/qpair"))) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".cpp" || name.starts_with("ping")) continue;  // the command is not simulated
    INFO(name);
    CHECK(std::ranges::find(mutated_files, name) != mutated_files.end());
  }
}

}  // namespace
}  // namespace qpcheck::mutation
