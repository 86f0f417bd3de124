// The zoo as a table: what finds each bug, and that its fixed twin holds.
#pragma once

#include <string>
#include <vector>

#include "trace/trace.hpp"

namespace qpcheck::cli {

struct ZooTable {
  std::string text;                 // the table, and each program's history
  std::string unexpected;           // programs whose bug, or whose twin, is not as it must be; empty: all are
  std::vector<trace::Trace> found;  // the counterexamples, in the order of the programs
};

// Checks every program of the zoo and its twin, in the configuration that shows the bug.
ZooTable check_zoo();

}  // namespace qpcheck::cli
