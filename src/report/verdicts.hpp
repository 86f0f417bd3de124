// Verdicts for a person and for a machine: what a check found, in plain words.
//
// Purpose: one row for each check; the table, the sentences and the JSON are made
// from it. Ownership: plain values. Threads: any.
// Invariants: `json` holds no times; a verdict is never written without its bounds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/trace.hpp"

namespace qpcheck::report {

struct VerdictRow {
  trace::Header setting;    // of the check; `violated` names the properties
  std::string verdict;      // "holds", "violated", …
  std::string note;         // why it is not plainly one of the first two
  std::vector<std::string> properties;  // that were looked at
  bool all_properties = true;
  bool exhaustive = false;  // every state within the bounds was visited
  std::uint64_t states = 0, transitions = 0;
  std::uint32_t depth = 0;        // choices on the longest of the shortest ways
  double hidden = 0;              // probability that a fingerprint's collision hid a state
  double seconds = 0;             // for the screen only
  std::string trace_file;         // where the counterexample was written; empty: nowhere
};

std::string table(const std::vector<VerdictRow>& rows);
std::string sentences(const VerdictRow& row);
std::string json(const std::vector<VerdictRow>& rows);

}  // namespace qpcheck::report
