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

void hidden_steps(const State& state, const Moment& moment, std::vector<State>& out);

}  // namespace qpcheck::conform
