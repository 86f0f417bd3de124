// The wait ledger: what each qpair is waiting for now.
//
// Purpose: one record of waits for all properties that speak of them. A wait is
// armed once, and then satisfied, cancelled or timed out exactly once.
#pragma once

#include <array>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct Wait {
  std::uint8_t slot = model::nobody;  // nobody: this qpair does not wait
  std::uint8_t spare = 0;
  model::EventSet events{};
};

struct WaitLedger {
  std::array<Wait, model::max_qpairs> waits{};

  void see(const model::Observation& seen) {
    if (seen.qpair >= model::max_qpairs) return;
    if (seen.kind == model::Seen::wait_begins) waits[seen.qpair] = {seen.slot, 0, seen.events};
    if (seen.kind == model::Seen::wait_ends) waits[seen.qpair] = {};
  }
};

}  // namespace qpcheck::properties
