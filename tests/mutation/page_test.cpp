// The judgement over all mutants; run after them (the rows are what their runs wrote).
#include <catch2/catch.hpp>

#include <cstdlib>

#include "tests/mutation/page.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::mutation {
namespace {

std::vector<Row> rows_now() { return rows_of(all_mutants(), QPCHECK_MUTATION_ROWS); }

TEST_CASE("every mutant is caught, or argued to change nothing") {
  for (const Row& row : rows_now()) {
    INFO("mutant " << row.mutant.name << " of " << row.mutant.file << ": " << row.mutant.sentence);
    if (row.mutant.changes_nothing.empty()) {
      INFO("no configuration finds it: add one, or a property, or say why it changes nothing");
      CHECK(!row.caught.empty());
    } else {
      INFO("argued to change nothing, and yet found in: " << row.configuration);
      CHECK(row.caught.empty());
    }
  }
}

TEST_CASE("docs/mutants.md is what the runs say") {
  const std::string now = page(rows_now());
  const auto file = source("docs/mutants.md");
  if (std::getenv("QPCHECK_APPROVE") != nullptr) REQUIRE(write_file(file, now).ok());
  INFO("to write it anew: QPCHECK_APPROVE=1 ./run deep -R mutation");
  CHECK(text_of(file) == now);
}

}  // namespace
}  // namespace qpcheck::mutation
