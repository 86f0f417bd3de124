// Queue pairs and work requests: what one side's own lines say of them.
//
// Purpose: nothing is hidden here. On IB and RoCE only the side itself moves its queue
// pair (a DISCONNECTED does not), nothing is flushed before that or a transport error,
// and a queue pair in error stays so; on every transport work requests complete in
// order, once, and none successfully after one that was flushed.
// Ownership: plain values. Threads: no shared state.
// Invariants: what is not told (numbers, states) is not judged.
#pragma once

#include <optional>

#include "conform/judge.hpp"
#include "conform/script.hpp"

namespace qpcheck::conform {

struct WorkDeparture {
  const Line* line = nullptr;
  Departure departure;
};

// The first line that departs, of either side.
std::optional<WorkDeparture> judge_work(const Log& log, const Script& script);

}  // namespace qpcheck::conform
