// Verdicts for a person and for a machine: what a check found, in plain words.
//
// Purpose: one row for each check; the table, the sentences and the JSON are made
// from it. Ownership: plain values. Threads: any.
// Invariants: `json` (docs/check-json.md) holds no times; a verdict is never written
// without its bounds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trace/trace.hpp"

namespace qpcheck::report {

// Of a search through budgets of faults (check --smallest).
struct Budgets {
  std::size_t largest = 0;     // faults in the last that was tried
  std::size_t held = 0;        // budgets whose check was complete and held
  std::size_t incomplete = 0;  // budgets without a complete verdict
};

struct VerdictRow {
  trace::Header setting;    // of the check; `violated` names the properties
  std::string verdict;      // "holds", "violated", …
  std::vector<std::string> violated;  // by the counterexample's last step
  std::string note;         // why it is not plainly one of the first two
  std::vector<std::string> properties;  // that were looked at
  bool all_properties = true;
  bool exhaustive = false;  // every state within the bounds was visited
  std::uint64_t states = 0, places = 0;  // between steps; in the middle of one
  std::uint64_t states_told_apart = 0;   // without taking those for one that differ only in which qpair is which
  std::uint32_t depth = 0;        // choices on the longest of the shortest ways
  double hidden = 0;              // probability that a fingerprint's collision hid a state
  double seconds = 0;             // for the screen only
  std::optional<std::uint32_t> sends;  // that each qpair may send; none: not src/qpair
  std::map<std::string, std::uint64_t> limits;  // that were set: states, time (s), memory (MiB)
  std::string ended;              // what ended the search: "exhausted", "violation", or the limit's name
  std::optional<Budgets> budgets; // then the numbers are those of the one that broke, or of all together
  std::string trace_file;         // where the counterexample was written; empty: nowhere
};

std::string table(const std::vector<VerdictRow>& rows);
std::string sentences(const VerdictRow& row);
std::string json(const std::vector<VerdictRow>& rows);

}  // namespace qpcheck::report
