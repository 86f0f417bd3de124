// legal-calls: every API call is legal for its object's state: no double
// acknowledgement, no destroy of an id that has a QP, no call on a destroyed
// object, …
//
// Assumes nothing of the program: the simulated functions recognise such a call and end
// the step, since after it the real library's behaviour is undefined.
// A failure is explained by the rule that the call breaks.
#pragma once

#include "model/observation.hpp"

namespace qpcheck::properties {

struct LegalCalls {
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    if (seen.kind == model::Seen::call) antecedent = 1;
    return seen.kind == model::Seen::misuse && static_cast<model::Misuse>(seen.status) != model::Misuse::stale;
  }
};

}  // namespace qpcheck::properties
