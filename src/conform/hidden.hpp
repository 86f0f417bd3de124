// The steps that nobody saw: every one that the tables and the log allow here.
//
// Purpose: datagrams delivered, lost and repeated, timers, the provider's upcalls,
// the death of a process, a device that goes; and, where the log does not show the
// target's application, whatever that may do.
// Ownership: plain values. Threads: no shared state.
// Invariants: each successor is one step away; a step is offered only when enough
// time can have passed for it, and a cause of all connections only with evidence.
#pragma once

#include <vector>

#include "conform/state.hpp"

namespace qpcheck::conform {

// Measured on Linux 6.1 and 6.12: answers are given up after 70 to 102 s, timewait lasts
// 0.5 to 2.3 s, and a kernel repeats after 4 s. Half of the least, and nothing earlier.
inline constexpr std::int64_t least_give_up_us = 30'000'000, least_timewait_us = 400'000, least_repeat_us = 2'000'000;
inline constexpr std::int64_t least_iwarp_give_up_us = 5'000'000;  // siw waits 10 s for an MPA reply

void hidden_steps(const State& state, const Moment& moment, std::vector<State>& out);

}  // namespace qpcheck::conform
