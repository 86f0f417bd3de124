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
  properties::PropertySet looked_at = result.config.properties;
  looked_at.bits |= properties::PropertySet::always().bits;
  row.all_properties = looked_at.bits == result.config.applicable().bits;
  for (const auto& property : properties::property_infos) {
    if (looked_at.has(property.id)) row.properties.emplace_back(property.name);
    if (result.violated.has(property.id)) row.violated.emplace_back(property.name);
  }
  row.exhaustive = result.search.complete() && result.verdict != scenario::Verdict::inconclusive;
  row.states = result.search.states;
  row.states_told_apart = result.search.told_apart;
  row.places = result.search.places;
  row.depth = result.search.depth;
  row.hidden = result.search.hidden_probability();
  row.seconds = result.search.seconds;
  row.ended = search::name(result.search.ended);
  if (result.config.program == nullptr) row.sends = result.config.sends;
  return row;
}

}  // namespace qpcheck::cli
