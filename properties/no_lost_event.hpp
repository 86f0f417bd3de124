// no-lost-event: no event is discarded unhandled, unless its id is destroyed.
//
// Assumes: the program reports each event that it handles, before it acknowledges it. An
// event that is acknowledged without that is discarded; when the same step destroys its
// id, that is as it should be.
// A failure is explained by the connection whose event was discarded.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct NoLostEvent {
  std::array<std::uint8_t, model::max_slots> handled{};    // events handled and not yet acknowledged
  std::array<std::uint8_t, model::max_slots> discarded{};  // in this step
  std::uint8_t antecedent = 0;

  // The slot whose event was discarded; nobody: none was.
  std::uint8_t violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.kind == Seen::step_ends) return first_discarded();
    if (seen.slot >= model::max_slots) return model::nobody;
    if (seen.kind == Seen::event_handled) {
      antecedent = 1;
      ++handled[seen.slot];
    }
    if (seen.kind == Seen::event_acknowledged) {
      if (handled[seen.slot] > 0) --handled[seen.slot];
      else discarded[seen.slot] = 1;
    }
    if (seen.kind == Seen::call && std::string_view(seen.text) == "rdma_destroy_id")
      handled[seen.slot] = discarded[seen.slot] = 0;
    return model::nobody;
  }

  // In the state after the step nothing is left of it: it was said.
  void forget_step() { discarded = {}; }

 private:
  std::uint8_t first_discarded() const {
    for (std::uint8_t slot = 0; slot < model::max_slots; ++slot)
      if (discarded[slot] != 0) return slot;
    return model::nobody;
  }
};

}  // namespace qpcheck::properties
