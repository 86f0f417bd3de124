// awaited-once: the program awaits the disconnection of a connection at most
// once, and never after it has handled it.
//
// Assumes: the program reports its waits and what it handles. An event that is fetched
// but only parked is not handled; of a program that does not report what it handles,
// what it has acknowledged is handled. The ledger of its waits must be in order.
// A failure is explained by the two moments: the first wait or the handling of
// DISCONNECTED, and the wait that follows.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct AwaitedOnce {
  std::array<std::uint8_t, model::max_slots> awaited{};
  std::array<std::uint8_t, model::max_slots> handled{};
  std::uint8_t antecedent = 0;
  bool again = false;                    // the last wait was for a disconnection awaited or handled before
  bool acknowledged_is_handled = false;  // the program does not report what it handles

  // `broken`: how the observation breaks the ledger of waits; empty: it does not.
  bool violated_by(const model::Observation& seen, std::string_view broken = {}) {
    using model::Seen;
    again = false;
    if (seen.slot >= model::max_slots) return !broken.empty();
    const bool takes =
        seen.kind == Seen::event_handled || (seen.kind == Seen::event_acknowledged && acknowledged_is_handled);
    if (takes && seen.event == model::Event::disconnected) handled[seen.slot] = 1;
    if (seen.kind == Seen::call && std::string_view(seen.text) == "rdma_destroy_id")
      awaited[seen.slot] = handled[seen.slot] = 0;
    if (seen.kind != Seen::wait_begins || !seen.events.has(model::Event::disconnected)) return !broken.empty();
    antecedent = 1;
    again = awaited[seen.slot] != 0 || handled[seen.slot] != 0;
    awaited[seen.slot] = 1;
    return again || !broken.empty();
  }

  std::string_view why(const model::Observation& seen, std::string_view broken = {}) const {
    if (!again && !broken.empty()) return broken;
    return handled[seen.slot] != 0
               ? "the program waits for DISCONNECTED although it has handled this connection's DISCONNECTED"
               : "the program waits for the disconnection of the same connection a second time";
  }
};

}  // namespace qpcheck::properties
