// The cma layer of Linux as data: the state of an rdma_cm_id above ib_cm.
//
// Purpose: (1) the resolution phase, the same on all transports; (2) the filter
// that every lower event passes on its way to the user. The filter is why an id
// gets at most one DISCONNECTED: it needs CONNECT and leaves DISCONNECT.
// Facts: Linux 6.12 and 6.17-rc3, drivers/infiniband/core/cma.c.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/cm_ib.hpp"
#include "model/event.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

enum class Cma : std::uint8_t {
  idle, addr_query, addr_resolved, route_query, route_resolved, connect, disconnect, destroying,
};
inline constexpr std::array<std::string_view, 8> cma_names = {
    "IDLE", "ADDR_QUERY", "ADDR_RESOLVED", "ROUTE_QUERY", "ROUTE_RESOLVED", "CONNECT", "DISCONNECT", "DESTROYING"};
constexpr std::string_view name(Cma state) { return cma_names[static_cast<std::size_t>(state)]; }

enum class CmaInput : std::uint8_t { resolve_addr, addr_found, resolve_route, route_found, connect, incoming_request };
inline constexpr std::array<std::string_view, 6> cma_input_names = {
    "resolve_addr", "address found", "resolve_route", "route found", "connect", "incoming request"};
constexpr std::string_view name(CmaInput input) { return cma_input_names[static_cast<std::size_t>(input)]; }

struct CmaRow {
  Cma from;
  CmaInput event;
  Guard guard;
  Cma to;
  Event raise;
  std::string_view why;
};

// clang-format off
inline constexpr auto cma_table = std::to_array<CmaRow>({
  {Cma::idle,           CmaInput::resolve_addr,     Guard::always, Cma::addr_query,     Event::none, "cma.c: rdma_resolve_addr"},
  {Cma::addr_query,     CmaInput::addr_found,       Guard::always, Cma::addr_resolved,  Event::addr_resolved, "cma.c: addr_handler"},
  {Cma::addr_resolved,  CmaInput::resolve_route,    Guard::always, Cma::route_query,    Event::none, "cma.c: rdma_resolve_route"},
  {Cma::route_query,    CmaInput::route_found,      Guard::always, Cma::route_resolved, Event::route_resolved, "cma.c: cma_work_handler"},
  {Cma::route_resolved, CmaInput::connect,          Guard::always, Cma::connect,        Event::none, "cma.c: rdma_connect_locked"},
  {Cma::idle,           CmaInput::incoming_request, Guard::always, Cma::connect,        Event::none, "cma.c: cma_ib_req_handler"},
});

enum class Status : std::uint8_t { zero, timed_out, reason };  // 0, -ETIMEDOUT, the REJ's reason

struct FilterRow {
  Lower event;
  Cma from;     // required; in any other state the event is dropped
  Guard guard;
  Cma to;
  Event raise;
  Status status;
  std::string_view why;
};
inline constexpr auto cma_filter = std::to_array<FilterRow>({
  {Lower::req,              Cma::connect,    Guard::always, Cma::connect,    Event::connect_request,  Status::zero,      "cma.c: cma_ib_req_handler"},
  {Lower::rep,              Cma::connect,    Guard::always, Cma::connect,    Event::connect_response, Status::zero,      "cma.c: cma_ib_handler"},
  {Lower::rtu,              Cma::connect,    Guard::always, Cma::connect,    Event::established,      Status::zero,      "cma.c: cma_ib_handler"},
  {Lower::user_established, Cma::connect,    Guard::always, Cma::connect,    Event::established,      Status::zero,      "cma.c: cma_ib_handler"},
  {Lower::req_error,        Cma::connect,    Guard::always, Cma::connect,    Event::unreachable,      Status::timed_out, "cma.c: cma_ib_handler"},
  {Lower::rep_error,        Cma::connect,    Guard::always, Cma::connect,    Event::unreachable,      Status::timed_out, "cma.c: cma_ib_handler"},
  {Lower::rej,              Cma::connect,    Guard::always, Cma::connect,    Event::rejected,         Status::reason,    "cma.c: cma_ib_handler"},
  {Lower::dreq,             Cma::connect,    Guard::always, Cma::disconnect, Event::disconnected,     Status::zero,      "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::drep,             Cma::connect,    Guard::always, Cma::disconnect, Event::disconnected,     Status::zero,      "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::dreq_error,       Cma::connect,    Guard::always, Cma::disconnect, Event::disconnected,     Status::timed_out, "cma.c: cma_ib_handler, cma_comp_exch"},
  {Lower::timewait_exit,    Cma::disconnect, Guard::always, Cma::disconnect, Event::timewait_exit,    Status::zero,      "cma.c: cma_ib_handler"},
});
// clang-format on

static_assert(no_duplicate_rows(cma_table) && no_duplicate_rows(cma_filter));

}  // namespace qpcheck::model
