// What a whole log says about things that no line of one connection tells.
//
// Purpose: some causes concern all connections (a removed device, a dead link, a
// rebooted peer). The search for unobserved steps takes such a cause into account
// only where the log has a trace of it; else anything could be explained by it.
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "conform/line.hpp"

namespace qpcheck::conform {

struct Evidence {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  std::array<bool, 2> removed{};       // a call or event of that side tells that its device is gone
  bool stale = false;                  // REJECTED with reason 10: somebody's queue pair number was on record
  std::int64_t trouble_us = never;     // from then on link, network or device were touched
  std::int64_t removed_us = -never;    // no device was removed before, if the log tells that
  std::int64_t link_down_us = never;   // from then on a link was down, perhaps
  std::int64_t end_us = 0;             // of the log
};

Evidence evidence_of(const Log& log);

}  // namespace qpcheck::conform
