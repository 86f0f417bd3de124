// flag-agrees: the qpair's `connected` agrees with the CM, up to events not yet
// handled.
//
// Looked at between steps. The flag may be ahead of or behind the CM only while an
// event that would mend it is queued or held. An own rdma_disconnect that is not
// answered yet leaves the flag set, rightly. A connection that a spent fault excuses
// is not judged: what would have fixed the flag may be what the fault took.
// Assumes: the program reports its flag.
// A failure is explained by the side on which the flag is wrong.
#pragma once

#include <array>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct FlagAgrees {
  std::array<std::uint8_t, model::max_qpairs> flag{};
  std::uint8_t antecedent = 0;

  // The qpair whose flag disagrees; nobody: all agree.
  std::uint8_t violated_by(const model::Observation& seen, const model::View& view) {
    if (seen.kind == model::Seen::flag && seen.qpair < model::max_qpairs) {
      flag[seen.qpair] = seen.status != 0 ? 1 : 0;
      if (seen.status != 0) antecedent = 1;
    }
    if (seen.kind != model::Seen::step_ends) return model::nobody;
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair)
      if (disagrees(qpair, view)) return qpair;
    return model::nobody;
  }

 private:
  bool disagrees(std::uint8_t qpair, const model::View& view) const {
    for (const model::SlotView& slot : view.slots)
      if (slot.qpair == qpair && slot.id_alive) return disagrees(flag[qpair] != 0, slot);
    return flag[qpair] != 0;
  }

  static bool disagrees(bool connected, const model::SlotView& slot) {
    using model::Event;
    const auto news = model::EventSet::of(Event::disconnected, Event::rejected, Event::device_removal);
    if (slot.excused || ((slot.queued.bits | slot.held.bits) & news.bits) != 0) return false;
    const bool up = model::up(slot.connection, model::Side::host);
    if (!connected) return up && slot.established;
    return !up && !model::disconnecting(slot.connection, model::Side::host);
  }
};

}  // namespace qpcheck::properties
