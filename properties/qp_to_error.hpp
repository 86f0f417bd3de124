// qp-to-error: once the end of a connection was handled, its QP is in the error state, or
// destroyed.
//
// InfiniBand and RoCE leave a QP in RTS when the peer goes. What is posted there is not
// flushed, but lost one transport timeout after the other, and what is sent from there goes to
// nobody.
// Looked at between steps, and decided by the machine alone: the connection was established
// and is not, all that the program was told of it is acknowledged, and its QP still sends.
// Where a spent fault may hold up the flush, or the device is removed, it is not judged: the
// move may be what failed.
// A failure is explained by the qpair.
#pragma once

#include "model/observation.hpp"

namespace qpcheck::properties {

struct QpToError {
  std::uint8_t antecedent = 0;

  // The qpair whose QP still sends; nobody: none does.
  std::uint8_t violated_by(const model::Observation& seen, const model::View& view) {
    if (seen.kind != model::Seen::step_ends) return model::nobody;
    for (const model::SlotView& slot : view.slots) {
      if (!end_was_handled(slot)) continue;
      antecedent = 1;
      if (slot.qp_alive && !slot.qp_error && slot.device_there && !slot.linger_excused) return slot.qpair;
    }
    return model::nobody;
  }

 private:
  static bool end_was_handled(const model::SlotView& slot) {
    using model::Event;
    if (!slot.id_alive || !slot.established || up(slot.connection, model::Side::host) ||
        disconnecting(slot.connection, model::Side::host))
      return false;
    const auto news = model::EventSet::of(Event::disconnected, Event::rejected, Event::device_removal);
    return ((slot.queued.bits | slot.held.bits) & news.bits) == 0;
  }
};

}  // namespace qpcheck::properties
