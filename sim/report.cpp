#include "sim/report.hpp"

#include "sim/machine.hpp"
#include "sim/step.hpp"

namespace qpcheck::sim::report {
namespace {

using model::Observation;
using model::Seen;

Observation about(Seen kind, Connection connection, const rdma_cm_id* id = nullptr) {
  Observation seen;
  seen.kind = kind;
  seen.qpair = connection;
  for (std::uint8_t slot = 0; slot < max_slots; ++slot)
    if (id != nullptr && kernel().handles.ids[slot] == id) seen.slot = slot;
  return seen;
}

void say(const Observation& seen) {
  const Outside outside;
  StepRunner::get().observe(seen);
}

void say_number(Seen kind, Connection connection, std::uint8_t request) {
  Observation seen = about(kind, connection);
  seen.status = request;
  say(seen);
}

}  // namespace

void wait_begins(Connection connection, const rdma_cm_id* id, model::EventSet events, std::uint64_t for_ms,
                 const char* place, std::uint64_t said_ms) {
  Observation seen = about(Seen::wait_begins, connection, id);
  seen.events = events;
  seen.in_ms = for_ms;
  seen.said_ms = said_ms;
  seen.text = place;
  say(seen);
}

void wait_ends(Connection connection, const rdma_cm_id* id, Ends how) {
  Observation seen = about(Seen::wait_ends, connection, id);
  seen.text = how == Ends::satisfied ? "satisfied" : how == Ends::cancelled ? "cancelled" : "timed out";
  say(seen);
}

void handled(Connection connection, const rdma_cm_event& event) {
  Observation seen = about(Seen::event_handled, connection, event.id);
  seen.event = static_cast<model::Event>(event.event);
  seen.status = event.status;
  say(seen);
}

void flag(Connection connection, const rdma_cm_id* id, bool connected) {
  Observation seen = about(Seen::flag, connection, id);
  seen.status = connected ? 1 : 0;
  say(seen);
}

void moved(Connection connection, const rdma_cm_id* id, model::Life from, model::Life to) {
  Observation seen = about(Seen::life, connection, id);
  seen.status = static_cast<int>(from);
  seen.error = static_cast<int>(to);
  seen.text = model::life_names[static_cast<std::size_t>(to)].data();
  say(seen);
}

void teardown_requested(Connection connection, const rdma_cm_id* id) {
  say(about(Seen::teardown_requested, connection, id));
}

void linger_begins(Connection connection, const rdma_cm_id* id, std::uint64_t for_ms, std::uint64_t said_ms) {
  Observation seen = about(Seen::linger_begins, connection, id);
  seen.in_ms = for_ms;
  seen.said_ms = said_ms;
  say(seen);
}

void linger_timed_out(Connection connection, const rdma_cm_id* id) {
  say(about(Seen::linger_timed_out, connection, id));
}

void teardown_finished(Connection connection) { say(about(Seen::teardown_finished, connection)); }

void return_requested(const char* what) {
  Observation seen = about(Seen::return_requested, model::nobody);
  seen.text = what;
  say(seen);
}

void return_ended(const char* what, bool all_connected) {
  Observation seen = about(Seen::return_ended, model::nobody);
  seen.status = all_connected ? 1 : 0;
  seen.text = what;
  say(seen);
}

void told_up(Connection connection) { say(about(Seen::told_up, connection)); }
void told_gone(Connection connection) { say(about(Seen::told_gone, connection)); }
void accepted(Connection connection, std::uint8_t request) { say_number(Seen::request_accepted, connection, request); }
void refused(Connection connection, std::uint8_t most_under_way) {
  say_number(Seen::request_refused, connection, most_under_way);
}
void completed(Connection connection, std::uint8_t request, model::Told how) {
  Observation seen = about(Seen::request_completed, connection);
  seen.status = request;
  seen.error = static_cast<std::int32_t>(how);
  say(seen);
}

void received(Connection connection, std::uint8_t number) { say_number(Seen::answer_told, connection, number); }

model::EventSet events(std::initializer_list<rdma_cm_event_type> types) {
  unsigned bits = 0;
  for (const rdma_cm_event_type type : types) bits |= model::EventSet::bit(static_cast<model::Event>(type));
  return model::EventSet(static_cast<std::uint16_t>(bits));
}

}  // namespace qpcheck::sim::report
