// What a program under test, or its adapter, says of it where no call shows it.
//
// Purpose: a wait makes no call, and neither does a word to the application; properties
// that speak of such things need to be told. Each function makes one Observation.
// Threads: called inside a step of the program.
// Invariants: a report changes nothing but what the properties know.
#pragma once

#include <rdma/rdma_cma.h>

#include <cstdint>
#include <initializer_list>

#include "model/observation.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::sim::report {

using Connection = std::uint8_t;  // the number of a qpair, 0 to 2

enum class Ends : std::uint8_t { satisfied, cancelled, timed_out };

// The connection stays until one of `events` is handled, for at most `for_ms`
// (model::no_limit_ms: it has no deadline).
// `said_ms`: how long it is by the program's options; 0: that is not said.
void wait_begins(Connection, const rdma_cm_id* id, model::EventSet events, std::uint64_t for_ms, const char* place,
                 std::uint64_t said_ms = 0);
void wait_ends(Connection, const rdma_cm_id* id, Ends how);
void handled(Connection, const rdma_cm_event& event);
void flag(Connection, const rdma_cm_id* id, bool connected);
void moved(Connection, const rdma_cm_id* id, model::Life from, model::Life to);

void teardown_requested(Connection, const rdma_cm_id* id);
void linger_begins(Connection, const rdma_cm_id* id, std::uint64_t for_ms, std::uint64_t said_ms = 0);
void linger_timed_out(Connection, const rdma_cm_id* id);
void teardown_finished(Connection);
void return_requested(const char* what);  // "reset", "failover"
void return_ended(const char* what, bool all_connected);

// To and from its application.
void told_up(Connection);
void told_gone(Connection);
void accepted(Connection, std::uint8_t request);   // a number below eight, its own while it is under way
// One was refused, although no call that it needs has failed: so many may be under way at once.
void refused(Connection, std::uint8_t most_under_way);
void completed(Connection, std::uint8_t request, model::Told how = model::Told::unsaid);
// A message came in: the number that its bytes say, of one that was accepted and that the peer answered.
void received(Connection, std::uint8_t number);

// Of librdmacm's numbers: report::events({RDMA_CM_EVENT_DISCONNECTED}).
model::EventSet events(std::initializer_list<rdma_cm_event_type> types);

}  // namespace qpcheck::sim::report
