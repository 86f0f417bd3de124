// possible-wait: no wait is armed or kept when none of its events is parked,
// queued or in flight, no row of the CM's tables can still produce one, and no
// spent fault has taken it away. That excuses a wait which ends at its deadline; one that
// has none is excused only while any event at all may come, by which the program learns of it.
//
// Decided at once, by running a copy of the connection forward along the tables
// with time free: if no reachable step raises one of the events, the wait is
// impossible. Options count as possible (a target may still die), so that the
// answer "impossible" is certain. Tests confirm it on the whole graph.
// Assumes: the program reports its waits. While it waits it makes no call that
// would change the connection.
// A failure is explained by the row that would have to fire, and what has made it unreachable.
#pragma once

#include <string>

#include "model/observation.hpp"
#include "properties/wait_ledger.hpp"

namespace qpcheck::properties {

// May one of the events still reach the program?
bool can_come(const model::View& view, std::uint8_t slot, model::EventSet events);

// Which rows would have to fire, and what has made them unreachable.
std::string why_impossible(const model::View& view, std::uint8_t slot, model::EventSet events);

struct PossibleWait {
  std::uint8_t antecedent = 0;
  std::uint8_t found = model::nobody;  // the qpair whose wait was found impossible last

  // The qpair whose wait is impossible; nobody: all waits are possible.
  std::uint8_t violated_by(const model::Observation& seen, WaitLedger& ledger, const model::View& view) {
    using model::Seen;
    if (seen.kind != Seen::wait_begins && seen.kind != Seen::step_ends) return model::nobody;
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair) {
      Wait& wait = ledger.waits[qpair];
      if (!wait.kept()) continue;
      antecedent = 1;
      if (wait.impossible || may_go_on(wait, view)) continue;
      wait.impossible = true;
      return found = qpair;
    }
    return model::nobody;
  }

 private:
  static bool may_go_on(const Wait& wait, const model::View& view) {
    if (can_come(view, wait.slot, wait.events)) return true;
    if (!view.slots[wait.slot].excused) return false;
    return !wait.unlimited || can_come(view, wait.slot, model::EventSet::all());
  }
};

}  // namespace qpcheck::properties
