// The life cycle of a qpair as data.
//
// Purpose: the states that src/qpair's code goes through and every move between
// them. The real code is compared with these rows (property `life-cycle`);
// the diagram is drawn from them. Names of states are those that the code's
// observer reports.
// Invariants (asserted): no duplicate rows; every state reachable.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/table.hpp"

namespace qpcheck::model {

enum class Life : std::uint8_t {
  idle,
  resolving_address,
  resolving_route,
  connecting,
  connected,
  lost,
  failed,
  stale,
  disconnecting,
  lingering,
  closed,
};
inline constexpr std::array<std::string_view, 11> life_names = {
    "idle", "resolving-address", "resolving-route", "connecting", "connected",
    "lost", "failed", "stale", "disconnecting", "lingering", "closed"};
constexpr std::string_view name(Life life) { return life_names[static_cast<std::size_t>(life)]; }

enum class LifeEvent : std::uint8_t {
  connect,
  addr_resolved,
  route_resolved,
  established,
  connect_fails,
  connect_times_out,
  gone,
  refused_as_stale,
  try_again,
  disconnect_and_wait,
  disconnect_without_wait,
  gone_while_waiting,
  wait_times_out,
  flushed,
  linger_times_out,
};
inline constexpr std::array<std::string_view, 15> life_event_names = {
    "connect",         "ADDR_RESOLVED", "ROUTE_RESOLVED", "ESTABLISHED",       "ADDR_ERROR, REJECTED, …",
    "connect timeout", "DISCONNECTED",  "REJECTED (10)",  "time to try again", "disconnect",
    "disconnect",      "DISCONNECTED",  "timeout",        "all flushed",       "linger timeout"};
constexpr std::string_view name(LifeEvent event) { return life_event_names[static_cast<std::size_t>(event)]; }

enum class LifeGuard : std::uint8_t { always, must_wait, need_not_wait, by_failed_call };
inline constexpr std::array<std::string_view, 4> life_guard_names = {
    "", "the teardown waits", "nothing to wait for", "a call failed"};
constexpr std::string_view name(LifeGuard guard) { return life_guard_names[static_cast<std::size_t>(guard)]; }

struct LifeRow {
  Life from;
  LifeEvent event;
  LifeGuard guard;
  Life to;
  std::string_view why;
};

// clang-format off
inline constexpr auto life_table = std::to_array<LifeRow>({
  {Life::idle, LifeEvent::connect, LifeGuard::always, Life::resolving_address, "rdma_resolve_addr(3)"},
  {Life::closed, LifeEvent::connect, LifeGuard::always, Life::resolving_address,
   "an rdma_cm_id connects once: reset and failover take a new one"},
  {Life::idle, LifeEvent::connect_fails, LifeGuard::by_failed_call, Life::failed,
   "rdma_create_id(3), rdma_resolve_addr(3)"},
  {Life::closed, LifeEvent::connect_fails, LifeGuard::by_failed_call, Life::failed,
   "rdma_create_id(3), rdma_resolve_addr(3)"},
  {Life::resolving_address, LifeEvent::addr_resolved, LifeGuard::always, Life::resolving_route,
   "rdma_resolve_route(3)"},
  {Life::resolving_route, LifeEvent::route_resolved, LifeGuard::always, Life::connecting,
   "rdma_create_qp(3), rdma_connect(3)"},
  {Life::connecting,        LifeEvent::established,       LifeGuard::always, Life::connected, "rdma_get_cm_event(3)"},
  {Life::resolving_address, LifeEvent::connect_fails,     LifeGuard::always, Life::failed, "rdma_get_cm_event(3)"},
  {Life::resolving_route,   LifeEvent::connect_fails,     LifeGuard::always, Life::failed, "rdma_get_cm_event(3)"},
  {Life::connecting,        LifeEvent::connect_fails,     LifeGuard::always, Life::failed, "rdma_get_cm_event(3)"},
  {Life::resolving_address, LifeEvent::connect_times_out, LifeGuard::always, Life::failed, "the qpair's own deadline"},
  {Life::resolving_route,   LifeEvent::connect_times_out, LifeGuard::always, Life::failed, "the qpair's own deadline"},
  {Life::connecting,        LifeEvent::connect_times_out, LifeGuard::always, Life::failed, "the qpair's own deadline"},
  {Life::connecting, LifeEvent::refused_as_stale, LifeGuard::always, Life::stale,
   "the peer remembers an older connection: REJECTED with reason 10"},
  {Life::stale, LifeEvent::try_again, LifeGuard::always, Life::resolving_address, "with another rdma_cm_id"},
  {Life::stale, LifeEvent::connect_fails, LifeGuard::by_failed_call, Life::failed,
   "rdma_create_id(3), rdma_resolve_addr(3)"},
  {Life::connected, LifeEvent::gone, LifeGuard::always, Life::lost, "the peer disconnected or died"},
  {Life::connected, LifeEvent::disconnect_and_wait, LifeGuard::must_wait, Life::disconnecting, "rdma_disconnect(3)"},
  {Life::lost, LifeEvent::disconnect_and_wait, LifeGuard::must_wait, Life::disconnecting,
   "always-wait only: the bug of the origin"},
  {Life::failed, LifeEvent::disconnect_and_wait, LifeGuard::must_wait, Life::disconnecting,
   "the attempt was given up, and succeeded all the same"},
  {Life::stale, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "before ESTABLISHED nothing waits"},
  {Life::connected, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "DISCONNECTED was handled while the disconnect began"},
  {Life::lost, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "the connection is known to be gone"},
  {Life::failed, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "before ESTABLISHED nothing waits"},
  {Life::resolving_address, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "before ESTABLISHED nothing waits"},
  {Life::resolving_route, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "before ESTABLISHED nothing waits"},
  {Life::connecting, LifeEvent::disconnect_without_wait, LifeGuard::need_not_wait, Life::lingering,
   "before ESTABLISHED nothing waits"},
  {Life::disconnecting,     LifeEvent::gone_while_waiting, LifeGuard::always, Life::lingering, "rdma_get_cm_event(3)"},
  {Life::disconnecting, LifeEvent::wait_times_out, LifeGuard::always, Life::lingering, "the qpair's own deadline"},
  {Life::lingering, LifeEvent::flushed, LifeGuard::always, Life::closed,
   "no work request is outstanding: rdma_destroy_qp, rdma_destroy_id"},
  {Life::lingering,         LifeEvent::linger_times_out,   LifeGuard::always, Life::closed, "the qpair's own deadline"},
});
// clang-format on

static_assert(no_duplicate_rows(life_table));
static_assert(every_state_reachable<life_names.size()>(Life::idle, life_table));

constexpr bool declared(Life from, Life to) {
  for (const LifeRow& row : life_table)
    if (row.from == from && row.to == to) return true;
  return false;
}

}  // namespace qpcheck::model
