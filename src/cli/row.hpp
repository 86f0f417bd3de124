// A check's result as a row of a report.
#pragma once

#include "report/verdicts.hpp"
#include "scenario/check.hpp"
#include "scenario/player.hpp"

namespace qpcheck::cli {

inline report::VerdictRow row_of(const scenario::CheckResult& result) {
  report::VerdictRow row;
  row.setting = scenario::header_of(result.config);
  if (result.counterexample) row.setting.violated = result.counterexample->header.violated;
  row.verdict = scenario::name(result.verdict);
  row.note = result.note;
  row.exhaustive = result.search.complete() && result.verdict != scenario::Verdict::inconclusive;
  row.states = result.search.states;
  row.transitions = result.search.transitions;
  row.depth = result.search.depth;
  row.hidden = result.search.hidden_probability();
  row.seconds = result.search.seconds;
  return row;
}

inline std::string file_name(const scenario::Config& config) {
  return std::string(config.scenario->name) + "-" + std::string(scenario::name(config.teardown)) + ".json";
}

}  // namespace qpcheck::cli
