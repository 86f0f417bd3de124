// docs/mutants.md, from the table of mutants and what their runs said.
//
// Purpose: which slip is caught by which property, in which configuration, and how soon.
// Ownership: plain values. Threads: none.
// Invariants: no times; the same rows give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "tests/mutation/mutants.hpp"

namespace qpcheck::mutation {

struct Row {
  Mutant mutant;
  std::vector<std::string> caught;  // the properties that the story's last step violates; empty: nothing was found
  std::string configuration;
  std::size_t choices = 0;
};

// A row for each mutant of the table, from the files that the runs wrote.
std::vector<Row> rows_of(const std::vector<Mutant>& mutants, const std::filesystem::path& folder);

std::string page(const std::vector<Row>& rows);

}  // namespace qpcheck::mutation
