// Logs that say something that no kernel could have said.
//
// Purpose: each kind of mutation, applied at every place of a log where it makes
// sense. Now and then a mutant is legal by accident (an event that is removed may
// simply not have come yet); then the rule by which it is stands in `legal`. The rules
// are written from the contract and look at the log alone: the judge is not asked.
// Ownership: plain values. Threads: none.
#pragma once

#include <string>
#include <vector>

#include "tests/conform/recorded.hpp"

namespace qpcheck::tests {

struct Mutant {
  Recorded log;
  std::size_t at = 0;   // the line, counted from 0, of the log before
  std::string legal;    // the rule by which it is legal after all; empty: it is not
};

struct Mutation {
  const char* name;
  std::vector<Mutant> (*of)(const Recorded& log);
};

const std::vector<Mutation>& event_mutations();  // of events
const std::vector<Mutation>& call_mutations();   // of calls, completions and times

}  // namespace qpcheck::tests
