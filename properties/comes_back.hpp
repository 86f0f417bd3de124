// comes-back: what nothing hinders connects: at the first attempt, and again after a reset or a
// failover with a live target; after a failover, to another target, else to the same.
//
// An attempt must not fail in a run in which no fault was spent but `stale`, by which only
// this attempt is refused, and not the next. A reset or failover is judged when the program
// says that it is over: it must have begun to connect again, say that it succeeded, and every
// connection that was up at any time must be up in the CM; one that says so although an id
// of these was not told ESTABLISHED says what is not so. It may fail where
// something hindered the coming back: a target that does not run when the first qpair
// begins to connect again, a device that is removed by which it is reached, a host
// whose next call is to fail (or has: then it does not begin at all), or a fault spent from
// then on.
// Assumes: the program reports its life cycle, and the end of a reset or failover. That
// one ends at all is the matter of `finishes`.
// A failure is explained by that nothing hindered it, or by the target.
#pragma once

#include <string_view>

#include "model/observation.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::properties {

struct ComesBack {
  enum Phase : std::uint8_t { none, going_down, undisturbed, disturbed };
  Phase phase = none;
  std::uint8_t faults = 0;   // spent when the first qpair began to connect again
  std::uint8_t known = 0;    // qpairs whose ESTABLISHED was handled at any time, a bit each
  std::uint8_t target = 0;   // that was connected last
  std::uint8_t before = nowhere;  // the target that was connected when it was asked for,
  bool leaves = false;            // which is to be left
  std::uint8_t antecedent = 0;
  static constexpr std::uint8_t nowhere = 255;

  bool violated_by(const model::Observation& seen, const model::View& view) {
    using model::Seen;
    switch (seen.kind) {
      case Seen::return_requested:
        phase = going_down;
        before = known != 0 ? target : nowhere;
        leaves = std::string_view(seen.text) == "failover";
        return false;
      case Seen::life: return moves(seen, view);
      case Seen::return_ended: {
        const bool must = phase == going_down || (phase == undisturbed && faults == view.hindering);
        if (must) antecedent = 1;
        phase = none;
        if (seen.status != 0 && (strays(view) || !all_came(view))) return true;
        return must && (seen.status == 0 || !all_up(view));
      }
      case Seen::event_acknowledged:
        if (seen.event != model::Event::established || seen.qpair >= model::max_qpairs) return false;
        known = static_cast<std::uint8_t>(known | 1u << seen.qpair);
        target = view.slots[seen.slot].target;
        return false;
      default: return false;
    }
  }

  // Some qpair is connected to the target that the failover was to leave, or a reset to keep.
  bool strays(const model::View& view) const {
    for (const model::SlotView& slot : view.slots)
      if (is_up(slot) && before != nowhere && leaves == (slot.target == before)) return true;
    return false;
  }

  // Each has, in the id that it has now, been told that it is connected.
  bool all_came(const model::View& view) const {
    unsigned came = 0;
    for (const model::SlotView& slot : view.slots)
      if (slot.id_alive && slot.established && slot.qpair < model::max_qpairs) came |= 1u << slot.qpair;
    return (known & ~came) == 0;
  }

 private:
  static bool is_up(const model::SlotView& slot) {
    return slot.id_alive && slot.established && slot.qpair < model::max_qpairs &&
           up(slot.connection, model::Side::host);
  }

  bool moves(const model::Observation& seen, const model::View& view) {
    const auto from = static_cast<model::Life>(seen.status), to = static_cast<model::Life>(seen.error);
    if (phase == going_down && (from == model::Life::closed || from == model::Life::idle)) begin(seen, view);
    const bool ends = to == model::Life::connected || to == model::Life::failed;
    if (!ends || view.hindering > 0) return false;
    antecedent = 1;
    return to == model::Life::failed;
  }

  // By what the CM knows, not by the program's word.
  bool all_up(const model::View& view) const {
    unsigned up_now = 0;
    for (const model::SlotView& slot : view.slots)
      if (is_up(slot)) up_now |= 1u << slot.qpair;
    return (known & ~up_now) == 0;
  }

  void begin(const model::Observation& seen, const model::View& view) {
    const bool reached =
        seen.slot < model::max_slots && view.slots[seen.slot].target_runs && view.slots[seen.slot].device_there;
    const bool begins = static_cast<model::Life>(seen.error) == model::Life::resolving_address;
    phase = begins && reached && view.calls_well ? undisturbed : disturbed;
    faults = view.hindering;
  }
};

}  // namespace qpcheck::properties
