// comes-back: after reset or failover with a live target, the qpairs connect again.
//
// Judged when the program says that its reset or failover is over: it must have begun to
// connect again, say that it succeeded, and every connection that was up at any time must be
// up in the CM. It may fail where
// something hindered the coming back: a target that does not run when the first qpair
// begins to connect again, a device that is removed by which it is reached, a host whose next call is to fail
// (or has: then it does not begin at all), or a fault spent from then on.
// Assumes: the program reports its life cycle, and the end of a reset or failover. That
// one ends at all is the matter of `finishes`.
// A failure is explained by that nothing hindered it.
#pragma once

#include "model/observation.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::properties {

struct ComesBack {
  enum Phase : std::uint8_t { none, going_down, undisturbed, disturbed };
  Phase phase = none;
  std::uint8_t faults_left = 0;  // when the first qpair began to connect again
  std::uint8_t known = 0;        // qpairs whose ESTABLISHED was handled at any time, a bit each
  std::uint8_t premise = 0;

  bool violated_by(const model::Observation& seen, const model::View& view) {
    using model::Seen;
    switch (seen.kind) {
      case Seen::return_requested: phase = going_down; return false;
      case Seen::life:
        if (phase == going_down && begins_again(seen)) begin(seen, view);
        return false;
      case Seen::return_ended: {
        const bool must = phase == going_down || (phase == undisturbed && faults_left == view.faults_left.total());
        if (must) premise = 1;
        phase = none;
        return must && (seen.status == 0 || !all_up(view));
      }
      case Seen::event_acknowledged:
        if (seen.event == model::Event::established && seen.qpair < model::max_qpairs) known = static_cast<std::uint8_t>(known | 1u << seen.qpair);
        return false;
      default: return false;
    }
  }

 private:
  static bool begins_again(const model::Observation& seen) {
    const auto from = static_cast<model::Life>(seen.status);
    return from == model::Life::closed || from == model::Life::idle;
  }

  // By what the CM knows, not by the program's word.
  bool all_up(const model::View& view) const {
    unsigned up_now = 0;
    for (const model::SlotView& slot : view.slots)
      if (slot.id_alive && slot.established && slot.qpair < model::max_qpairs && up(slot.connection, model::Side::host)) up_now |= 1u << slot.qpair;
    return (known & ~up_now) == 0;
  }

  void begin(const model::Observation& seen, const model::View& view) {
    const bool reached = seen.slot < model::max_slots && view.slots[seen.slot].target_runs && view.slots[seen.slot].device_there;
    const bool begins = static_cast<model::Life>(seen.error) == model::Life::resolving_address;
    phase = begins && reached && view.calls_well ? undisturbed : disturbed;
    faults_left = view.faults_left.total();
  }
};

}  // namespace qpcheck::properties
