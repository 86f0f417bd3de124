// no-crash: the program neither crashes nor fails an assertion of its own.
//
// Judged by the world: a signal, a failed assertion or an exception that leaves an entry
// point ends the step, and the step's own words are the reason. So do memory that is freed
// twice, and what is found when the step has ended: writes over what stands between two
// allocations, and data that cannot be read any more. Looked at in every check.
// Assumes nothing of the program.
#pragma once

#include "model/observation.hpp"

namespace qpcheck::properties {

struct NoCrash {
  std::uint8_t antecedent = 0;

  void see(const model::Observation& seen) {
    if (seen.kind == model::Seen::call) antecedent = 1;
  }
};

}  // namespace qpcheck::properties
