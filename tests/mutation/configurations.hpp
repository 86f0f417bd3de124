// The fixed set of configurations in which a mutant of src/qpair is searched for.
//
// Purpose: small ones, a second or two each, that together reach every line of src/qpair;
// in each of them the unmutated program holds.
// Ownership: plain values. Threads: none.
// Invariants: the order is fixed, simplest first, because a mutant is put down to the
// first configuration that finds it; new faults and properties are in it by themselves.
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace qpcheck::mutation {

struct Configuration {
  scenario::Config config;
  std::string words;  // as the page says it
};

std::vector<Configuration> configurations();

}  // namespace qpcheck::mutation
