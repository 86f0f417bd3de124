// told-once: the application learns once that a connection is up, and once that it is gone:
// truly, by the end of the poll that knows it, and never that it is up while it goes down.
//
// Assumes: the program reports what it tells its application and what it requests. That a
// connection was up is asked of the machine: ESTABLISHED was fetched for it. So is that it is
// gone, unless it was being taken down: where the CM holds it up, its QP works, no news of it
// waits and no spent fault excuses it, it is not gone. While it goes down there is time until
// that is finished; else a delay is judged, where the program
// also reports what it handles and what state it is in, and its adapter says whose poll a step was (of src/qpair; of
// another program, where it has one poll for all).
// A failure is explained by which news was repeated, wrong, late or missing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/observation.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::properties {

struct ToldOnce {
  std::array<std::uint8_t, model::max_qpairs> up{};          // the application knows it up
  std::array<std::uint8_t, model::max_qpairs> going_down{};  // a teardown was requested, and is not finished
  std::array<std::uint8_t, model::max_qpairs> owes_up{},
      owes_gone{};  // it is connected, or has handled the end, and has not told
  std::array<std::uint8_t, model::max_qpairs> over{};                  // it was told gone, and no other has come since
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.kind == Seen::step_ends) return late(seen) != model::nobody;
    if (seen.qpair >= model::max_qpairs) return false;
    std::uint8_t& known = up[seen.qpair];
    const bool was_up = known != 0;
    switch (seen.kind) {
      case Seen::event_fetched:
        if (seen.event == model::Event::established) over[seen.qpair] = 0;
        return false;
      case Seen::event_handled:
        if (seen.event == model::Event::disconnected && going_down[seen.qpair] == 0)
          owes_gone[seen.qpair] = up[seen.qpair];
        return false;
      case Seen::life:
        owes_up[seen.qpair] = static_cast<model::Life>(seen.error) == model::Life::connected && !was_up ? 1 : 0;
        return false;
      case Seen::teardown_requested: going_down[seen.qpair] = 1; return false;
      case Seen::told_up:
        known = antecedent = 1;
        owes_up[seen.qpair] = 0;
        return was_up || going_down[seen.qpair] != 0 || over[seen.qpair] != 0;
      case Seen::told_gone:
        known = owes_gone[seen.qpair] = 0;
        over[seen.qpair] = 1;
        return !was_up;
      case Seen::teardown_finished:
        known = going_down[seen.qpair] = owes_up[seen.qpair] = owes_gone[seen.qpair] = over[seen.qpair] = 0;
        return was_up;
      default: return false;
    }
  }

  // What is told is not so.
  bool untrue(const model::Observation& seen, const model::View& view) const {
    using model::Seen;
    if (seen.kind == Seen::told_up) return !any(view, seen.qpair, came_up);
    return seen.kind == Seen::told_gone && going_down[seen.qpair] == 0 && any(view, seen.qpair, works);
  }

  // The qpair that was polled just now and still owes its news; nobody: none does. `status`
  // of step_ends: a bit for each qpair whose poll the step was.
  std::uint8_t late(const model::Observation& seen) const {
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair)
      if (((static_cast<unsigned>(seen.status) >> qpair) & 1u) != 0 && (owes_up[qpair] | owes_gone[qpair]) != 0)
        return qpair;
    return model::nobody;
  }

  std::string_view why(const model::Observation& seen) const {
    switch (seen.kind) {
      case model::Seen::told_up:
        return going_down[seen.qpair] != 0
                   ? "the application is told that the connection is up although it is being taken down"
                   : "the application is told that the connection is up although it knows, or was told "
                     "that it is gone, or although it never came up";
      case model::Seen::told_gone:
        return "the application is told that the connection is gone although it knows, or never knew it up, or "
               "although it is up";
      case model::Seen::step_ends:
        return "the poll that handled the news of the connection is over, and the application was not told";
      default: return "the teardown has finished, and the application was never told that the connection is gone";
    }
  }

 private:
  static bool came_up(const model::SlotView& slot) {
    return slot.established || slot.held.has(model::Event::established);
  }

  static bool works(const model::SlotView& slot) {
    const bool undisturbed = slot.queued.empty() && slot.held.empty() && !slot.excused;
    return slot.established && undisturbed && slot.qp_alive && !slot.qp_error &&
           model::up(slot.connection, model::Side::host);
  }

  template <class Holds>
  static bool any(const model::View& view, std::uint8_t qpair, Holds holds) {
    for (const model::SlotView& slot : view.slots)
      if (slot.id_alive && slot.qpair == qpair && holds(slot)) return true;
    return false;
  }
};

}  // namespace qpcheck::properties
