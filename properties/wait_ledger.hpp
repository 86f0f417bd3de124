// The wait ledger: what each qpair is waiting for, and how each wait came to its end.
//
// Purpose: one record of waits for all properties that speak of them. A wait is armed
// (for an id, a set of events, at a place in the code, at a time), and then satisfied,
// cancelled, timed out, or found impossible, exactly once. A program that arms a wait
// while it keeps another, or ends one that it never armed, breaks the ledger.
// Ownership: a plain value; place and time are for explanations and no part of a
// state's identity, nor is `impossible`, which follows from the rest of the state.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct Wait {
  std::uint8_t slot = model::nobody;  // nobody: this qpair does not wait
  bool impossible = false;            // already found so
  bool unlimited = false;             // it has no deadline
  model::EventSet events{};
  const char* place = "";

  bool kept() const { return slot != model::nobody; }
};

struct WaitLedger {
  std::array<Wait, model::max_qpairs> waits{};

  // Writes the observation down. Empty, or how it breaks the ledger.
  std::string_view see(const model::Observation& seen) {
    using model::Seen;
    if (seen.qpair >= model::max_qpairs || (seen.kind != Seen::wait_begins && seen.kind != Seen::wait_ends)) return {};
    Wait& wait = waits[seen.qpair];
    const bool begins = seen.kind == Seen::wait_begins, kept = wait.kept();
    wait = begins ? Wait{seen.slot, false, seen.in_ms == model::no_limit_ms, seen.events, seen.text} : Wait{};
    if (begins && kept) return "a wait is armed while another one is kept";
    if (!begins && !kept) return "a wait ends that was never armed";
    return {};
  }
};

}  // namespace qpcheck::properties
