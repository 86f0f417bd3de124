// Mutants judged, and counted by kind.
//
// Purpose: the table that the tests print and check: of each kind, how many were made,
// how many are legal by a rule, and how many of the others were found out.
// Ownership: plain values. Threads: none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/conform/mutants.hpp"

namespace qpcheck::tests {

struct Tally {
  std::string name;
  std::size_t made = 0, legal = 0, rejected = 0;  // rejected: of those that are not legal by a rule
  std::size_t rule_too_kind = 0;                  // legal by a rule, and rejected
  std::size_t most_states = 0;                    // that one mutant took
  std::vector<std::string> accepted;              // some that should have been rejected: file and line

  std::size_t illegal() const { return made - legal; }
  double share() const { return illegal() == 0 ? 1 : static_cast<double>(rejected) / static_cast<double>(illegal()); }
};

struct Tallies {
  std::vector<Tally> kinds;
  Tally all() const;
  std::string table() const;
};

Tallies tally(const std::vector<std::filesystem::path>& logs);

// Of traces/kernel, sorted; `quick`: a fixed few, every scenario's kind among them.
std::vector<std::filesystem::path> kernel_logs(bool quick);

}  // namespace qpcheck::tests
