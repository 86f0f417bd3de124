// The IB/RoCE connection manager of Linux as data: ib_cm, and the cma filter above it.
//
// Purpose: what the kernel does with one rdma_cm_id for every API call, datagram
// and timer. The simulator dispatches on these rows, diagrams and documents are
// drawn from them. Facts: Linux 6.12 and 6.17-rc3, drivers/infiniband/core
// {cm,cma,ucma}.c; `why` names the function or man page.
// Invariants (asserted below): at most one row per (state, input, guard); every
// state can be reached. Of two guarded rows that hold the first counts, and either
// before the row for "always". A datagram without a row is ignored; a call without
// a row fails with EINVAL and changes nothing.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "model/cm.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

// ib_cm's states. `idle` is a fresh id, `ended` is IDLE after use, and `gone` an
// id that its kernel no longer knows (destroyed, or its process is dead).
enum class Ib : std::uint8_t {
  idle, req_sent, mra_req_rcvd, req_rcvd, mra_req_sent, rep_sent, mra_rep_rcvd, rep_rcvd,
  mra_rep_sent, established, dreq_sent, dreq_rcvd, timewait, ended, gone,
};
inline constexpr std::array<std::string_view, 15> ib_names = {
    "IDLE", "REQ_SENT", "MRA_REQ_RCVD", "REQ_RCVD", "MRA_REQ_SENT", "REP_SENT", "MRA_REP_RCVD",
    "REP_RCVD", "MRA_REP_SENT", "ESTABLISHED", "DREQ_SENT", "DREQ_RCVD", "TIMEWAIT", "ENDED", "GONE"};
constexpr std::string_view name(Ib state) { return ib_names[static_cast<std::size_t>(state)]; }

// What ib_cm tells cma.
enum class Lower : std::uint8_t {
  none, req, rep, rtu, user_established, req_error, rep_error, rej, dreq, drep, dreq_error, timewait_exit,
};
inline constexpr std::array<std::string_view, 12> lower_names = {
    "-", "REQ", "REP", "RTU", "USER_ESTABLISHED", "REQ_ERROR", "REP_ERROR", "REJ", "DREQ", "DREP", "DREQ_ERROR",
    "TIMEWAIT_EXIT"};
constexpr std::string_view name(Lower lower) { return lower_names[static_cast<std::size_t>(lower)]; }

// Reasons of a REJ (IB specification, 12.6.7.2).
inline constexpr std::uint8_t reason_timeout = 4, reason_invalid_service = 8, reason_stale = 10,
                              reason_consumer = 28;
// Beside the reason on its way: the REJ answers no REQ, because its sender had sent its
// REP. It names both ids, and an id that has not seen that REP is not one of them.
inline constexpr std::uint8_t answers_no_request = 0x80;

struct IbRow {
  Ib from;
  Input event;
  Guard guard;
  Ib to;
  Datagram send;        // posted once; REQ, REP and DREQ of a live id are retransmitted
  std::uint8_t reason;  // of a REJ sent
  Lower raise;
  std::uint8_t error;   // errno of an API call, 0 = success
  std::string_view why;
};

// clang-format off
inline constexpr auto ib_table = std::to_array<IbRow>({
  // connecting, active side
  {Ib::idle, Input::connect, Guard::always, Ib::req_sent, Datagram::req, 0, Lower::none, 0, "cm.c: ib_send_cm_req"},
  {Ib::req_sent, Input::mra, Guard::always, Ib::mra_req_rcvd, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_mra_handler"},
  {Ib::req_sent,     Input::rep, Guard::always, Ib::rep_rcvd, Datagram::none, 0, Lower::rep, 0, "cm.c: cm_rep_handler"},
  {Ib::mra_req_rcvd, Input::rep, Guard::always, Ib::rep_rcvd, Datagram::none, 0, Lower::rep, 0, "cm.c: cm_rep_handler"},
  {Ib::rep_rcvd, Input::callback_done, Guard::always, Ib::mra_rep_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: cma_ib_handler prepares an MRA after REP"},
  {Ib::rep_rcvd, Input::accept_rtu, Guard::always, Ib::established, Datagram::rtu, 0, Lower::none, 0,
   "cm.c: ib_send_cm_rtu"},
  {Ib::mra_rep_sent, Input::accept_rtu, Guard::always, Ib::established, Datagram::rtu, 0, Lower::none, 0,
   "cm.c: ib_send_cm_rtu"},
  {Ib::req_sent, Input::accept_rtu, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, EINVAL,
   "cma.c: rdma_accept, error path rejects"},
  {Ib::mra_req_rcvd, Input::accept_rtu, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, EINVAL,
   "cma.c: rdma_accept, error path rejects"},
  {Ib::mra_rep_sent, Input::rep, Guard::always, Ib::mra_rep_sent, Datagram::mra, 0, Lower::none, 0,
   "cm.c: cm_dup_rep_handler"},
  {Ib::established, Input::rep, Guard::always, Ib::established, Datagram::rtu, 0, Lower::none, 0,
   "cm.c: cm_dup_rep_handler repeats the RTU"},
  // connecting, passive side
  {Ib::idle, Input::req, Guard::stale, Ib::gone, Datagram::rej, reason_stale, Lower::none, 0,
   "cm.c: cm_match_req, the sender's QPN is on record: looked up before the listener"},
  {Ib::idle, Input::req, Guard::backlog_full, Ib::idle, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_process_work, cm_destroy_id: dropped without an answer, as ucma_connect_event_handler says -ENOMEM; the "
   "REQ is repeated, and may find room"},
  {Ib::idle, Input::req, Guard::listening, Ib::req_rcvd, Datagram::none, 0, Lower::req, 0, "cm.c: cm_req_handler"},
  {Ib::idle, Input::req, Guard::nobody_listens, Ib::gone, Datagram::rej, reason_invalid_service, Lower::none, 0,
   "cm.c: cm_req_handler, no listener on the service"},
  {Ib::req_rcvd, Input::callback_done, Guard::always, Ib::mra_req_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: cma_ib_req_handler prepares an MRA"},
  {Ib::mra_req_sent, Input::req, Guard::always, Ib::mra_req_sent, Datagram::mra, 0, Lower::none, 0,
   "cm.c: cm_dup_req_handler"},
  {Ib::req_rcvd, Input::accept_rep, Guard::always, Ib::rep_sent, Datagram::rep, 0, Lower::none, 0,
   "cm.c: ib_send_cm_rep"},
  {Ib::mra_req_sent, Input::accept_rep, Guard::always, Ib::rep_sent, Datagram::rep, 0, Lower::none, 0,
   "cm.c: ib_send_cm_rep"},
  {Ib::rep_sent, Input::accept_rep, Guard::always, Ib::timewait, Datagram::rej, reason_consumer, Lower::none, EINVAL,
   "cma.c: rdma_accept, error path rejects"},
  {Ib::mra_rep_rcvd, Input::accept_rep, Guard::always, Ib::timewait, Datagram::rej, reason_consumer, Lower::none,
   EINVAL, "cma.c: rdma_accept, error path rejects"},
  {Ib::rep_sent, Input::mra, Guard::always, Ib::mra_rep_rcvd, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_mra_handler"},
  {Ib::rep_sent, Input::rtu, Guard::always, Ib::established, Datagram::none, 0, Lower::rtu, 0, "cm.c: cm_rtu_handler"},
  {Ib::mra_rep_rcvd, Input::rtu, Guard::always, Ib::established, Datagram::none, 0, Lower::rtu, 0,
   "cm.c: cm_rtu_handler"},
  {Ib::rep_sent, Input::notify, Guard::always, Ib::established, Datagram::none, 0, Lower::user_established, 0,
   "cm.c: cm_establish"},
  {Ib::mra_rep_rcvd, Input::notify, Guard::always, Ib::established, Datagram::none, 0, Lower::user_established, 0,
   "cm.c: cm_establish"},
  {Ib::established, Input::notify, Guard::always, Ib::established, Datagram::none, 0, Lower::none, EISCONN,
   "cm.c: cm_establish"},
  // a queue pair number that an older connection holds: the peer has rebooted, or uses it again (a REQ with one: above)
  {Ib::timewait, Input::req, Guard::always, Ib::timewait, Datagram::rej, reason_stale, Lower::none, 0,
   "cm.c: cm_dup_req_handler"},
  {Ib::req_sent, Input::rep, Guard::stale, Ib::req_sent, Datagram::rej, reason_stale, Lower::none, 0,
   "cm.c: cm_rep_handler, the sender's QPN is on record; the REQ is repeated"},
  {Ib::mra_req_rcvd, Input::rep, Guard::stale, Ib::mra_req_rcvd, Datagram::rej, reason_stale, Lower::none, 0,
   "cm.c: cm_rep_handler, the sender's QPN is on record; the REQ is repeated"},
  {Ib::established, Input::stale_detected, Guard::always, Ib::dreq_sent, Datagram::dreq, 0, Lower::none, 0,
   "cm.c: cm_match_req, cm_rep_handler: the kernel disconnects the older connection by itself"},
  // rdma_reject
  {Ib::req_sent, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::mra_req_rcvd, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::req_rcvd, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::mra_req_sent, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::rep_rcvd, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::mra_rep_sent, Input::reject, Guard::always, Ib::ended, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::rep_sent, Input::reject, Guard::always, Ib::timewait, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  {Ib::mra_rep_rcvd, Input::reject, Guard::always, Ib::timewait, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_send_rej_locked"},
  // REJ received
  {Ib::req_sent,     Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::mra_req_rcvd, Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::req_sent, Input::rej, Guard::answers_no_request, Ib::req_sent, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_acquire_rejected_id finds no id; the REQ is repeated"},
  {Ib::mra_req_rcvd, Input::rej, Guard::answers_no_request, Ib::mra_req_rcvd, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_acquire_rejected_id finds no id; the REQ is repeated"},
  {Ib::req_rcvd,     Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::mra_req_sent, Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::rep_sent,     Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::mra_rep_rcvd, Input::rej, Guard::always, Ib::ended, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::req_sent, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::mra_req_rcvd, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::req_rcvd, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::mra_req_sent, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::rep_sent, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::mra_rep_rcvd, Input::rej, Guard::stale, Ib::timewait, Datagram::none, 0, Lower::rej, 0,
   "cm.c: cm_rej_handler, stale connection"},
  {Ib::rep_rcvd,     Input::rej, Guard::always, Ib::timewait, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::mra_rep_sent, Input::rej, Guard::always, Ib::timewait, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::established,  Input::rej, Guard::always, Ib::timewait, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  {Ib::dreq_sent,    Input::rej, Guard::always, Ib::timewait, Datagram::none, 0, Lower::rej, 0, "cm.c: cm_rej_handler"},
  // rdma_disconnect: a DREQ, else a DREP, else nothing; the caller gets 0 whatever happens
  {Ib::req_sent, Input::disconnect, Guard::always, Ib::req_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect; the attempt goes on"},
  {Ib::mra_req_rcvd, Input::disconnect, Guard::always, Ib::mra_req_rcvd, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect; the attempt goes on"},
  {Ib::req_rcvd, Input::disconnect, Guard::always, Ib::req_rcvd, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::mra_req_sent, Input::disconnect, Guard::always, Ib::mra_req_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::rep_sent, Input::disconnect, Guard::always, Ib::rep_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect; the connection stays up"},
  {Ib::mra_rep_rcvd, Input::disconnect, Guard::always, Ib::mra_rep_rcvd, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect; the connection stays up"},
  {Ib::rep_rcvd, Input::disconnect, Guard::always, Ib::rep_rcvd, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::mra_rep_sent, Input::disconnect, Guard::always, Ib::mra_rep_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::established, Input::disconnect, Guard::always, Ib::dreq_sent, Datagram::dreq, 0, Lower::none, 0,
   "cm.c: ib_send_cm_dreq"},
  {Ib::established, Input::disconnect, Guard::datagram_not_posted, Ib::timewait, Datagram::none, 0, Lower::none, 0,
   "cm.c: ib_send_cm_dreq, silently"},
  {Ib::dreq_sent, Input::disconnect, Guard::always, Ib::dreq_sent, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::dreq_rcvd, Input::disconnect, Guard::always, Ib::timewait, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_send_drep_locked"},
  {Ib::dreq_rcvd, Input::disconnect, Guard::datagram_not_posted, Ib::timewait, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_send_drep_locked enters TIMEWAIT first; the peer repeats its DREQ"},
  {Ib::timewait, Input::disconnect, Guard::always, Ib::timewait, Datagram::none, 0, Lower::none, 0,
   "cma.c: rdma_disconnect"},
  {Ib::ended, Input::disconnect, Guard::always, Ib::ended, Datagram::none, 0, Lower::none, 0, "cma.c: rdma_disconnect"},
  // DREQ and DREP received; the kernel answers no DREQ for a live id by itself
  {Ib::rep_sent, Input::dreq, Guard::always, Ib::dreq_rcvd, Datagram::none, 0, Lower::dreq, 0, "cm.c: cm_dreq_handler"},
  {Ib::mra_rep_rcvd, Input::dreq, Guard::always, Ib::dreq_rcvd, Datagram::none, 0, Lower::dreq, 0,
   "cm.c: cm_dreq_handler"},
  {Ib::established, Input::dreq, Guard::always, Ib::dreq_rcvd, Datagram::none, 0, Lower::dreq, 0,
   "cm.c: cm_dreq_handler"},
  {Ib::dreq_sent, Input::dreq, Guard::always, Ib::dreq_rcvd, Datagram::none, 0, Lower::dreq, 0,
   "cm.c: cm_dreq_handler"},
  {Ib::timewait, Input::dreq, Guard::always, Ib::timewait, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_dreq_handler repeats the DREP"},
  {Ib::idle, Input::dreq, Guard::always, Ib::idle, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_dreq_handler, unknown ids"},
  {Ib::req_sent, Input::dreq, Guard::always, Ib::req_sent, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_dreq_handler, the remote id is not known yet"},
  {Ib::mra_req_rcvd, Input::dreq, Guard::always, Ib::mra_req_rcvd, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_dreq_handler, the remote id is not known yet"},
  {Ib::gone, Input::dreq, Guard::always, Ib::gone, Datagram::drep, 0, Lower::none, 0,
   "cm.c: cm_dreq_handler, unknown ids"},
  {Ib::dreq_sent, Input::drep, Guard::always, Ib::timewait, Datagram::none, 0, Lower::drep, 0, "cm.c: cm_drep_handler"},
  {Ib::dreq_rcvd, Input::drep, Guard::always, Ib::timewait, Datagram::none, 0, Lower::drep, 0, "cm.c: cm_drep_handler"},
  // timers
  {Ib::req_sent, Input::retries_exhausted, Guard::always, Ib::ended, Datagram::none, 0, Lower::req_error, 0,
   "cm.c: cm_process_send_error"},
  {Ib::mra_req_rcvd, Input::retries_exhausted, Guard::always, Ib::ended, Datagram::none, 0, Lower::req_error, 0,
   "cm.c: cm_process_send_error"},
  {Ib::rep_sent, Input::retries_exhausted, Guard::always, Ib::ended, Datagram::none, 0, Lower::rep_error, 0,
   "cm.c: cm_process_send_error"},
  {Ib::mra_rep_rcvd, Input::retries_exhausted, Guard::always, Ib::ended, Datagram::none, 0, Lower::rep_error, 0,
   "cm.c: cm_process_send_error"},
  {Ib::dreq_sent, Input::retries_exhausted, Guard::always, Ib::timewait, Datagram::none, 0, Lower::dreq_error, 0,
   "cm.c: cm_send_handler, cm_process_send_error; at once when the send itself fails, as with the link down (seen on "
   "Linux 6.1)"},
  {Ib::timewait, Input::timewait_over, Guard::always, Ib::ended, Datagram::none, 0, Lower::timewait_exit, 0,
   "cm.c: cm_timewait_handler"},
  // rdma_destroy_id, or the process is dead and its kernel closes the id: what is sent is sent once
  {Ib::idle,         Input::destroy, Guard::always, Ib::gone, Datagram::none, 0, Lower::none, 0, "cm.c: cm_destroy_id"},
  {Ib::req_sent, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_timeout, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::mra_req_rcvd, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_timeout, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::req_rcvd, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id; ucma.c: ucma_cleanup_ctx_events, when the listener is destroyed before CONNECT_REQUEST is "
   "fetched"},
  {Ib::mra_req_sent, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id; ucma.c: ucma_cleanup_ctx_events, when the listener is destroyed before CONNECT_REQUEST is "
   "fetched"},
  {Ib::rep_sent, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::mra_rep_rcvd, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::rep_rcvd, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::mra_rep_sent, Input::destroy, Guard::always, Ib::gone, Datagram::rej, reason_consumer, Lower::none, 0,
   "cm.c: cm_destroy_id"},
  {Ib::established, Input::destroy, Guard::always, Ib::gone, Datagram::dreq, 0, Lower::none, 0,
   "cm.c: cm_destroy_id, cm_issue_dreq: one DREQ, never repeated"},
  {Ib::dreq_sent, Input::destroy, Guard::always, Ib::gone, Datagram::none, 0, Lower::none, 0,
   "cm.c: cm_destroy_id cancels the retransmission"},
  {Ib::dreq_rcvd,    Input::destroy, Guard::always, Ib::gone, Datagram::drep, 0, Lower::none, 0, "cm.c: cm_destroy_id"},
  {Ib::timewait,     Input::destroy, Guard::always, Ib::gone, Datagram::none, 0, Lower::none, 0, "cm.c: cm_destroy_id"},
  {Ib::ended,        Input::destroy, Guard::always, Ib::gone, Datagram::none, 0, Lower::none, 0, "cm.c: cm_destroy_id"},
});
// clang-format on

static_assert(no_duplicate_rows(ib_table), "two rows for one (state, input, guard)");
static_assert(every_state_reachable<ib_names.size()>(Ib::idle, ib_table), "a state of ib_cm that no row reaches");
static_assert(absorbing(ib_table, Ib::gone), "a destroyed id stays destroyed");

}  // namespace qpcheck::model
