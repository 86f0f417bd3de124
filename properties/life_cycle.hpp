// life-cycle: the qpair only makes transitions that its table declares
// (model/qpair_life.hpp).
//
// Assumes: the program reports its states; `status` is the state it left, `error`
// the state it entered, as numbers of model::Life.
// A failure is explained by the two states.
#pragma once

#include "model/observation.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::properties {

struct LifeCycle {
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    if (seen.kind != model::Seen::life) return false;
    antecedent = 1;
    return !model::declared(static_cast<model::Life>(seen.status), static_cast<model::Life>(seen.error));
  }
};

}  // namespace qpcheck::properties
