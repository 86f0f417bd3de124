// The exit codes of qpcheck (docs/exit-codes.md), and how an error leaves it.
#pragma once

#include <cstdio>
#include <string>

#include "scenario/check.hpp"
#include "trace/result.hpp"

namespace qpcheck::cli {

enum ExitCode : int { holds = 0, violated = 1, bad_input = 2, inconclusive = 3, vacuous = 4, internal = 5 };

inline ExitCode code_of(scenario::Verdict verdict) {
  switch (verdict) {
    case scenario::Verdict::holds: return holds;
    case scenario::Verdict::violated: return violated;
    case scenario::Verdict::inconclusive: return inconclusive;
    case scenario::Verdict::vacuous: return vacuous;
    case scenario::Verdict::nondeterministic: return internal;
  }
  return internal;
}

// Of several verdicts in one call: 5 before 1 before 3 before 4 before 0.
inline ExitCode worse(ExitCode one, ExitCode other) {
  const auto weight = [](ExitCode code) {
    return code == internal ? 4 : code == violated ? 3 : code == inconclusive ? 2 : code == vacuous ? 1 : 0;
  };
  return weight(one) >= weight(other) ? one : other;
}

// One line, whatever was typed.
inline int refuse(const std::string& line) {
  std::fprintf(stderr, "qpcheck: %s\n", printable(line).c_str());
  return bad_input;
}

}  // namespace qpcheck::cli
