// The zoo: teardown bugs of real projects, each a small program and its fixed twin.
//
// Purpose: the list of them. Each program is our own, written in the manner of the
// project that had the bug, against rdma-core's headers; a flag makes it its fixed twin,
// and the flag stands where the bug was. `qpcheck check --program NAME [--fixed]`.
// Threads: none. Rows of the field that need several threads of the host are not here
// (docs/zoo.md says which).
#pragma once

#include <span>

#include "sim/program.hpp"

namespace qpcheck::zoo {

// In the order in which the bugs became known to us.
std::span<const sim::ProgramInfo> programs();

sim::ProgramInfo admin_polls_for_all();
sim::ProgramInfo awaits_twice();
sim::ProgramInfo context_recycled();
sim::ProgramInfo destroys_in_handler();
sim::ProgramInfo destroys_then_polls();
sim::ProgramInfo disconnected_while_connecting();
sim::ProgramInfo disconnects_again();
sim::ProgramInfo einval_as_failure();
sim::ProgramInfo error_events_unacked();
sim::ProgramInfo event_pool_empty();
sim::ProgramInfo freed_before_disconnected();
sim::ProgramInfo frees_then_completes();
sim::ProgramInfo listed_twice();
sim::ProgramInfo never_disconnects();
sim::ProgramInfo one_beacon();
sim::ProgramInfo parked_disconnect();
sim::ProgramInfo qp_left_in_rts();
sim::ProgramInfo counts_on_late_flush();
sim::ProgramInfo requests_freed_early();
sim::ProgramInfo retry_same_id();
sim::ProgramInfo route_error();
sim::ProgramInfo shutdown_before_drain();
sim::ProgramInfo silent_death();
sim::ProgramInfo timeout_as_clean();
sim::ProgramInfo timewait_exit_as_error();
sim::ProgramInfo told_twice();
sim::ProgramInfo waits_for_timewait_exit();

}  // namespace qpcheck::zoo
