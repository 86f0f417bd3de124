// The cma layer of Linux as data: the state of an rdma_cm_id above ib_cm or iw_cm.
//
// Purpose: (1) what calls, resolution, and news of device and network do to an id,
// the same on all transports; (2) the filter that every lower event of ib_cm passes
// on its way to the user. The filter is why an id gets at most one DISCONNECTED: it
// needs CONNECT and leaves DISCONNECT. (On iWARP the state stays CONNECT after the
// end, and iw_cm itself tells it once.)
// Invariants (asserted): at most one row per (state, input, guard); every state can
// be reached; a destroyed id stays destroyed.
// Facts: Linux 6.12 and 6.17-rc3, drivers/infiniband/core/{cma,ucma}.c.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "model/cm_ib.hpp"
#include "model/event.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

enum class Cma : std::uint8_t {
  idle, addr_query, addr_resolved, route_query, route_resolved, connect, disconnect, destroying,
  addr_bound, listen, device_removal,
};
inline constexpr std::array<std::string_view, 11> cma_names = {
    "IDLE", "ADDR_QUERY", "ADDR_RESOLVED", "ROUTE_QUERY", "ROUTE_RESOLVED", "CONNECT", "DISCONNECT", "DESTROYING",
    "ADDR_BOUND", "LISTEN", "DEVICE_REMOVAL"};
constexpr std::string_view name(Cma state) { return cma_names[static_cast<std::size_t>(state)]; }

enum class CmaInput : std::uint8_t {
  bind_addr, listen, resolve_addr, addr_found, addr_failed, resolve_route, route_found, route_failed, connect,
  incoming_request, neighbour_changed, bond_changed, device_removed, destroy,
};
inline constexpr std::array<std::string_view, 14> cma_input_names = {
    "bind_addr", "listen", "resolve_addr", "address found", "address not found", "resolve_route", "route found",
    "route not found", "connect", "incoming request", "neighbour's address changed", "bond failed over",
    "device removed", "destroy"};
constexpr std::string_view name(CmaInput input) { return cma_input_names[static_cast<std::size_t>(input)]; }

struct CmaRow {
  Cma from;
  CmaInput event;
  Guard guard;
  Cma to;
  Event raise;
  std::int16_t status;  // of the event
  std::string_view why;
};

// One row for each of several states that stays there, or goes to `to`.
template <std::size_t N>
constexpr std::array<CmaRow, N> in_each(const std::array<Cma, N>& states, CmaInput event, Guard guard, Cma to,
                                        bool stays, Event raise, std::int16_t status, std::string_view why) {
  std::array<CmaRow, N> rows{};
  for (std::size_t i = 0; i < N; ++i) rows[i] = {states[i], event, guard, stays ? states[i] : to, raise, status, why};
  return rows;
}

template <std::size_t... Sizes>
constexpr auto joined(const std::array<CmaRow, Sizes>&... parts) {
  std::array<CmaRow, (Sizes + ...)> all{};
  std::size_t at = 0;
  const auto append = [&](const auto& part) {
    for (const CmaRow& row : part) all[at++] = row;
  };
  (append(parts), ...);
  return all;
}

inline constexpr std::array cma_bound = {Cma::addr_bound, Cma::addr_query, Cma::addr_resolved, Cma::route_query,
                                         Cma::route_resolved, Cma::connect, Cma::disconnect, Cma::listen};
inline constexpr std::array cma_routed = {Cma::route_query, Cma::route_resolved, Cma::connect, Cma::disconnect};
inline constexpr std::array cma_undestroyed = {Cma::idle, Cma::addr_bound, Cma::addr_query, Cma::addr_resolved,
                                               Cma::route_query, Cma::route_resolved, Cma::connect, Cma::disconnect,
                                               Cma::listen, Cma::device_removal};

// clang-format off
inline constexpr auto cma_table = joined(std::to_array<CmaRow>({
  {Cma::idle, CmaInput::bind_addr, Guard::always, Cma::addr_bound, Event::none, 0, "cma.c: rdma_bind_addr_dst"},
  {Cma::idle, CmaInput::listen, Guard::always, Cma::listen, Event::none, 0, "cma.c: rdma_listen, bound to any address"},
  {Cma::addr_bound, CmaInput::listen, Guard::always, Cma::listen, Event::none, 0, "cma.c: rdma_listen"},
  {Cma::idle, CmaInput::resolve_addr, Guard::always, Cma::addr_query, Event::none, 0, "cma.c: rdma_resolve_addr"},
  {Cma::addr_bound, CmaInput::resolve_addr, Guard::always, Cma::addr_query, Event::none, 0, "cma.c: rdma_resolve_addr"},
  {Cma::addr_query, CmaInput::addr_found, Guard::always, Cma::addr_resolved, Event::addr_resolved, 0,
   "cma.c: addr_handler"},
  {Cma::addr_query, CmaInput::addr_failed, Guard::always, Cma::addr_bound, Event::addr_error, -ETIMEDOUT,
   "cma.c: addr_handler; may be tried again"},
  {Cma::addr_resolved, CmaInput::resolve_route, Guard::always, Cma::route_query, Event::none, 0,
   "cma.c: rdma_resolve_route"},
  {Cma::route_query, CmaInput::route_found, Guard::always, Cma::route_resolved, Event::route_resolved, 0,
   "cma.c: cma_work_handler"},
  {Cma::route_query, CmaInput::route_failed, Guard::always, Cma::addr_resolved, Event::route_error, -ETIMEDOUT,
   "cma.c: cma_query_handler; may be tried again"},
  {Cma::route_resolved, CmaInput::connect, Guard::always, Cma::connect, Event::none, 0, "cma.c: rdma_connect_locked"},
  {Cma::idle, CmaInput::incoming_request, Guard::always, Cma::connect, Event::none, 0,
   "cma.c: cma_ib_req_handler, iw_conn_req_handler"},
}),
  in_each(cma_routed, CmaInput::neighbour_changed, Guard::active_roce, Cma::idle, true, Event::unreachable, -ETIMEDOUT,
          "cma.c: cma_netevent_callback, any number of times"),
  in_each(cma_bound, CmaInput::bond_changed, Guard::always, Cma::idle, true, Event::addr_change, 0,
          "cma.c: cma_netdev_change, any number of times"),
  in_each(cma_bound, CmaInput::device_removed, Guard::always, Cma::device_removal, false, Event::device_removal, 0,
          "cma.c: cma_send_device_removal_put; ucma.c closes the id"),
  in_each(cma_undestroyed, CmaInput::destroy, Guard::always, Cma::destroying, false, Event::none, 0,
          "cma.c: destroy_id_handler_unlock; events not fetched are purged"));

enum class Status : std::uint8_t { zero, timed_out, reason };  // 0, -ETIMEDOUT, the REJ's reason

struct FilterRow {
  Lower event;
  Cma from;     // required; in any other state the event is dropped
  Cma to;
  Event raise;
  Status status;
  std::string_view why;
};
inline constexpr auto cma_filter = std::to_array<FilterRow>({
  {Lower::req, Cma::connect, Cma::connect, Event::connect_request, Status::zero, "cma.c: cma_ib_req_handler"},
  {Lower::rep, Cma::connect, Cma::connect, Event::connect_response, Status::zero, "cma.c: cma_ib_handler"},
  {Lower::rtu, Cma::connect, Cma::connect, Event::established, Status::zero, "cma.c: cma_ib_handler"},
  {Lower::user_established, Cma::connect, Cma::connect, Event::established, Status::zero, "cma.c: cma_ib_handler"},
  {Lower::req_error, Cma::connect, Cma::connect, Event::unreachable, Status::timed_out, "cma.c: cma_ib_handler"},
  {Lower::rep_error, Cma::connect, Cma::connect, Event::unreachable, Status::timed_out, "cma.c: cma_ib_handler"},
  {Lower::rej, Cma::connect, Cma::connect, Event::rejected, Status::reason, "cma.c: cma_ib_handler"},
  {Lower::dreq, Cma::connect, Cma::disconnect, Event::disconnected, Status::zero,
   "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::drep, Cma::connect, Cma::disconnect, Event::disconnected, Status::zero,
   "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::dreq_error, Cma::connect, Cma::disconnect, Event::disconnected, Status::timed_out,
   "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::timewait_exit, Cma::disconnect, Cma::disconnect, Event::timewait_exit, Status::zero, "cma.c: cma_ib_handler"},
});
// clang-format on

static_assert(no_duplicate_rows(cma_table) && no_duplicate_rows(cma_filter), "two rows for one (state, input, guard)");
static_assert(every_state_reachable<cma_names.size()>(Cma::idle, cma_table, cma_filter),
              "a state of cma that no row reaches");
static_assert(absorbing(cma_table, Cma::destroying) && absorbing(cma_filter, Cma::destroying),
              "a destroyed id stays destroyed");

}  // namespace qpcheck::model
