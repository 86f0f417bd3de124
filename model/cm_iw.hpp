// The iWARP connection manager of Linux as data: iw_cm, with a provider below it.
//
// Purpose: what the kernel does with one rdma_cm_id for every API call, message of
// the peer and upcall of the provider. iWARP runs over TCP: messages are not lost
// while both hosts live, a close needs no answer of the peer's application, and
// there is no timewait. Facts: Linux 6.12 and 6.17-rc3, drivers/infiniband/core
// {iwcm,cma}.c; providers: sw/siw, hw/cxgb4. `why` names the function.
// Invariants (asserted below): at most one row per (state, input, guard); every
// state can be reached; a destroyed id stays destroyed. A message without a row is
// ignored; a call without a row fails with EINVAL and changes nothing; a row that
// `blocks` is a call that cannot return in this state.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "model/cm.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

// iw_cm's states, two of them split by what the provider owes or knows. `accepted` is
// CONN_RECV after rdma_accept, until the provider says ESTABLISHED; `peer_left` is
// CONN_RECV whose peer closed before the accept; `aborted` is CLOSING by a reset;
// `ended` is IDLE after use.
enum class Iw : std::uint8_t {
  idle, conn_sent, conn_recv, accepted, peer_left, established, closing, aborted, ended, gone,
};
inline constexpr std::array<std::string_view, 10> iw_names = {
    "IDLE", "CONN_SENT", "CONN_RECV", "CONN_RECV, accepted", "CONN_RECV, peer left",
    "ESTABLISHED", "CLOSING", "CLOSING, aborted", "ENDED", "GONE"};
constexpr std::string_view name(Iw state) { return iw_names[static_cast<std::size_t>(state)]; }

enum class Blocks : std::uint8_t { no, yes };

struct IwRow {
  Iw from;
  Input event;
  Guard guard;
  Iw to;
  Datagram send;
  Event raise;         // told to the user as it is: iWARP has no filter by cma's state
  std::int16_t status; // of the event
  std::uint8_t error;  // errno of an API call, 0 = success
  Blocks blocks;
  std::string_view why;
};

// clang-format off
inline constexpr auto iw_table = std::to_array<IwRow>({
  // connecting, active side
  {Iw::idle, Input::connect, Guard::always, Iw::conn_sent, Datagram::mpa_request, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_connect"},
  {Iw::idle, Input::connect, Guard::nobody_listens, Iw::idle, Datagram::none, Event::none, 0, ECONNREFUSED, Blocks::no,
   "siw_cm.c: siw_connect, the TCP connect is refused; no event"},
  {Iw::idle, Input::connect, Guard::peer_off, Iw::idle, Datagram::none, Event::none, 0, ETIMEDOUT, Blocks::no,
   "siw_cm.c: siw_connect, the TCP connect is not answered; no event"},
  {Iw::idle, Input::connect, Guard::no_neighbour, Iw::idle, Datagram::none, Event::none, 0, EHOSTUNREACH, Blocks::no,
   "siw_cm.c: siw_connect, as TCP's connect when the neighbour's address is not found (Linux 6.1, all packets lost); "
   "no event"},
  {Iw::conn_sent, Input::mpa_reply, Guard::always, Iw::established, Datagram::none, Event::established, 0, 0,
   Blocks::no, "iwcm.c: cm_conn_rep_handler"},
  {Iw::conn_sent, Input::mpa_reject, Guard::always, Iw::ended, Datagram::none, Event::rejected, -ECONNRESET, 0,
   Blocks::no, "iwcm.c: cm_conn_rep_handler; siw_cm.c: siw_proc_mpareply"},
  {Iw::conn_sent, Input::provider_refused, Guard::always, Iw::ended, Datagram::none, Event::rejected, -ECONNREFUSED, 0,
   Blocks::no, "iwcm.c: cm_conn_rep_handler; cxgb4 and irdma say so of an MPA reject"},
  {Iw::conn_sent, Input::fin, Guard::always, Iw::ended, Datagram::none, Event::rejected, -ECONNRESET, 0, Blocks::no,
   "siw_cm.c: siw_cm_work_handler, closed before the MPA reply"},
  {Iw::conn_sent, Input::rst, Guard::always, Iw::ended, Datagram::none, Event::rejected, -ECONNRESET, 0, Blocks::no,
   "siw_cm.c: siw_cm_work_handler, closed before the MPA reply"},
  {Iw::conn_sent, Input::retries_exhausted, Guard::always, Iw::ended, Datagram::fin, Event::unreachable, -ETIMEDOUT, 0,
   Blocks::no, "iwcm.c: cm_conn_rep_handler; siw_cm.c: no MPA reply in time"},
  {Iw::conn_sent, Input::provider_error, Guard::always, Iw::ended, Datagram::fin, Event::connect_error, -EINVAL, 0,
   Blocks::no, "cma.c: cma_iw_handler, any other status of the provider's reply"},
  {Iw::conn_sent, Input::disconnect, Guard::always, Iw::conn_sent, Datagram::none, Event::none, 0, 0, Blocks::yes,
   "iwcm.c: iw_cm_disconnect waits for CONNECT_REPLY"},
  {Iw::conn_sent, Input::destroy, Guard::always, Iw::conn_sent, Datagram::none, Event::none, 0, 0, Blocks::yes,
   "iwcm.c: destroy_cm_id waits for CONNECT_REPLY"},
  // connecting, passive side
  {Iw::idle, Input::mpa_request, Guard::backlog_full, Iw::gone, Datagram::mpa_reject, Event::none, 0, 0, Blocks::no,
   "iwcm.c: cm_conn_req_handler; ucma.c: ucma_connect_event_handler says -ENOMEM, and the provider rejects"},
  {Iw::idle, Input::mpa_request, Guard::listening, Iw::conn_recv, Datagram::none, Event::connect_request, 0, 0,
   Blocks::no, "iwcm.c: cm_conn_req_handler"},
  {Iw::idle, Input::mpa_request, Guard::nobody_listens, Iw::gone, Datagram::rst, Event::none, 0, 0, Blocks::no,
   "iwcm.c: cm_conn_req_handler, the provider rejects"},
  {Iw::conn_recv, Input::accept_rep, Guard::always, Iw::accepted, Datagram::mpa_reply, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_accept"},
  {Iw::accepted, Input::provider_established, Guard::always, Iw::established, Datagram::none, Event::established, 0, 0,
   Blocks::no, "iwcm.c: cm_conn_est_handler"},
  {Iw::accepted, Input::fin, Guard::always, Iw::closing, Datagram::none, Event::established, 0, 0, Blocks::no,
   "iwcm.c: cm_conn_est_handler, cm_disconnect_handler: a peer that leaves after the accept is told as ESTABLISHED, "
   "then as the end"},
  {Iw::accepted, Input::rst, Guard::always, Iw::aborted, Datagram::none, Event::established, 0, 0, Blocks::no,
   "iwcm.c: cm_conn_est_handler; cxgb4/cm.c: peer_abort_upcall: the same by a reset"},
  {Iw::conn_recv, Input::reject, Guard::always, Iw::ended, Datagram::mpa_reject, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_reject"},
  {Iw::conn_recv, Input::fin, Guard::always, Iw::peer_left, Datagram::none, Event::none, 0, 0, Blocks::no,
   "siw_cm.c: siw_cm_work_handler; no event"},
  {Iw::conn_recv, Input::rst, Guard::always, Iw::peer_left, Datagram::none, Event::none, 0, 0, Blocks::no,
   "siw_cm.c: siw_cm_work_handler; no event"},
  {Iw::peer_left, Input::accept_rep, Guard::always, Iw::ended, Datagram::none, Event::none, 0, ECONNRESET, Blocks::no,
   "siw_cm.c: siw_accept; no event"},
  {Iw::peer_left, Input::reject, Guard::always, Iw::ended, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_reject"},
  {Iw::conn_recv, Input::disconnect, Guard::always, Iw::conn_recv, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::peer_left, Input::disconnect, Guard::always, Iw::peer_left, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::accepted, Input::disconnect, Guard::always, Iw::accepted, Datagram::none, Event::none, 0, 0, Blocks::yes,
   "iwcm.c: iw_cm_disconnect waits for ESTABLISHED"},
  // the end of a connection: the provider's CLOSE is told, once; the peer's application need not react
  {Iw::established, Input::disconnect, Guard::always, Iw::closing, Datagram::fin, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::closing, Input::disconnect, Guard::always, Iw::closing, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::aborted, Input::disconnect, Guard::always, Iw::aborted, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::ended, Input::disconnect, Guard::always, Iw::ended, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: iw_cm_disconnect"},
  {Iw::established, Input::fin, Guard::always, Iw::closing, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: cm_disconnect_handler; no event"},
  {Iw::established, Input::rst, Guard::always, Iw::aborted, Datagram::none, Event::none, 0, 0, Blocks::no,
   "cxgb4/cm.c: peer_abort_upcall; siw_cm.c: siw_cm_work_handler"},
  {Iw::closing, Input::rst, Guard::always, Iw::aborted, Datagram::none, Event::none, 0, 0, Blocks::no,
   "cxgb4/cm.c: peer_abort, in CLOSING as in FPDU_MODE"},
  {Iw::established, Input::provider_close, Guard::always, Iw::ended, Datagram::rst, Event::disconnected, 0, 0,
   Blocks::no, "iwcm.c: cm_close_handler; the QP is in error, or TCP gave up"},
  {Iw::closing, Input::provider_close, Guard::always, Iw::ended, Datagram::none, Event::disconnected, 0, 0, Blocks::no,
   "iwcm.c: cm_close_handler"},
  {Iw::aborted, Input::provider_close, Guard::always, Iw::ended, Datagram::none, Event::disconnected, 0, 0, Blocks::no,
   "iwcm.c: cm_close_handler; siw says status 0"},
  {Iw::aborted, Input::provider_abort, Guard::always, Iw::ended, Datagram::none, Event::disconnected, -ECONNRESET, 0,
   Blocks::no, "iwcm.c: cm_close_handler; cxgb4/cm.c: peer_abort_upcall"},
  // rdma_destroy_id, or the process is dead and its kernel closes the id
  {Iw::idle, Input::destroy, Guard::always, Iw::gone, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id"},
  {Iw::conn_recv, Input::destroy, Guard::always, Iw::gone, Datagram::mpa_reject, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id, the provider rejects; ucma.c: ucma_cleanup_ctx_events, when the listener is destroyed "
   "before CONNECT_REQUEST is fetched"},
  {Iw::peer_left, Input::destroy, Guard::always, Iw::gone, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id"},
  {Iw::accepted, Input::destroy, Guard::always, Iw::accepted, Datagram::none, Event::none, 0, 0, Blocks::yes,
   "iwcm.c: destroy_cm_id waits for ESTABLISHED"},
  {Iw::established, Input::destroy, Guard::always, Iw::gone, Datagram::rst, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id, QP to error: an abortive close"},
  {Iw::closing, Input::destroy, Guard::always, Iw::gone, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id"},
  {Iw::aborted, Input::destroy, Guard::always, Iw::gone, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id"},
  {Iw::ended, Input::destroy, Guard::always, Iw::gone, Datagram::none, Event::none, 0, 0, Blocks::no,
   "iwcm.c: destroy_cm_id"},
});
// clang-format on

static_assert(no_duplicate_rows(iw_table), "two rows for one (state, input, guard)");
static_assert(every_state_reachable<iw_names.size()>(Iw::idle, iw_table), "a state of iw_cm that no row reaches");
static_assert(absorbing(iw_table, Iw::gone), "a destroyed id stays destroyed");

}  // namespace qpcheck::model
