// no-needless-timeout: a deadline of a teardown (waiting or lingering) expires
// only when a spent fault excuses it for that connection.
//
// A linger is excused only by a fault that may hold up the flush: not by one of the peer or
// the network, of which no flush has need.
// `kill` excuses nothing: the dying kernel's DREQ or REJ is still delivered.
// Assumes: the clock moves only when no fair choice would change the state, so an
// expired deadline proves that nothing else was going to happen.
// A failure is explained by that no spent fault excuses it; the story tells what was waited for.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct NoNeedlessTimeout {
  std::array<std::uint8_t, model::max_qpairs> going_down{};
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen, const model::View& view) {
    using model::Seen;
    if (seen.qpair >= model::max_qpairs) return false;
    if (seen.kind == Seen::teardown_requested) going_down[seen.qpair] = 1;
    if (seen.kind == Seen::teardown_finished) going_down[seen.qpair] = 0;
    if (going_down[seen.qpair] == 0) return false;
    if (seen.kind == Seen::wait_begins || seen.kind == Seen::linger_begins) antecedent = 1;
    const bool expired = seen.kind == Seen::linger_timed_out ||
                         (seen.kind == Seen::wait_ends && std::string_view(seen.text) == "timed out");
    if (!expired || seen.slot >= model::max_slots) return expired;
    const model::SlotView& slot = view.slots[seen.slot];
    return seen.kind == Seen::linger_timed_out ? !slot.linger_excused : !slot.excused;
  }
};

}  // namespace qpcheck::properties
