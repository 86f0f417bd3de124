// Observations in words: the lines that stand in a trace.
//
// Purpose: one line for each thing that a person must know to follow a run.
// Invariants: the same run gives the same lines; no address, no absolute time.
#pragma once

#include <string>
#include <vector>

#include "model/observation.hpp"
#include "sim/kernel.hpp"

namespace qpcheck::scenario {

// Empty: not worth a line.
std::string words(const model::Observation& seen);

// What has changed at connections, wires and queue between two moments, a line each.
class ChangeTeller {
 public:
  explicit ChangeTeller(const sim::Kernel& kernel) : before_(kernel.shared) {}
  template <class Say>
  void tell(const sim::Kernel& kernel, Say&& say) {
    for (std::uint8_t slot = 0; slot < sim::max_slots; ++slot) tell_slot(kernel, slot, say);
    before_ = kernel.shared;
  }

 private:
  template <class Say>
  void tell_slot(const sim::Kernel& kernel, std::uint8_t index, Say&& say) const {
    const sim::Slot& was = before_.slots[index];
    const sim::Slot& is = kernel.shared.slots[index];
    if (is.in_use == 0) return;
    const std::string who = sim::slot_name(index, is.qpair);
    for (const std::string& line : connection_changes(was.connection, is.connection)) say(who + " " + line);
    if (was.qp != is.qp && is.qp == sim::QpState::error) say(who + " QP: in the error state");
    const int queued = queued_in(kernel.shared, index) - queued_in(before_, index);
    if (queued > 0) say(who + " " + last_queued(kernel.shared, index) + " is queued in the channel, not fetched");
  }

  static std::vector<std::string> connection_changes(const model::Connection& was, const model::Connection& is);
  static int queued_in(const sim::Shared& shared, std::uint8_t slot);
  static std::string last_queued(const sim::Shared& shared, std::uint8_t slot);

  sim::Shared before_;
};

}  // namespace qpcheck::scenario
