// Going down: three rules for one question, "is there still something to wait for?"
#include <algorithm>
#include <cassert>

#include "qpair/controller.hpp"
#include "qpair/stopwatch.hpp"

namespace qpair {

void Qpair::disconnect(std::uint64_t now_ms) {
  assert(!finished() && life_ != Life::disconnecting && life_ != Life::lingering);
  controller_.observer_.teardown_requested(*this);
  switch (controller_.options_.teardown) {
    case Teardown::always_wait: return disconnect_always_wait(now_ms);
    case Teardown::connected_flag: return disconnect_connected_flag(now_ms);
    case Teardown::settled: return disconnect_settled(now_ms);
  }
}

// Before any repair: after ESTABLISHED it disconnects and waits, whatever came since.
void Qpair::disconnect_always_wait(std::uint64_t now_ms) {
  if (!was_established_) return linger(now_ms);
  const Stopwatch spent;
  checked("rdma_disconnect", rdma_disconnect(id_));
  arm_disconnect_wait(now_ms + spent.ms());
}

// The published repair: the flag says whether DISCONNECTED has been handled.
void Qpair::disconnect_connected_flag(std::uint64_t now_ms) {
  if (!connected_) return linger(now_ms);
  const Stopwatch spent;
  checked("rdma_disconnect", rdma_disconnect(id_));
  arm_disconnect_wait(now_ms + spent.ms());
}

// Common to these two: arming makes room in the slot first. What it handles there
// may be the very event that the wait is for: kept as published, it is what
// qpcheck shows.
void Qpair::arm_disconnect_wait(std::uint64_t now_ms) {
  handle_parked_event(now_ms);
  move_to(Life::disconnecting);
  wait_for(mask(RDMA_CM_EVENT_DISCONNECTED), now_ms + controller_.options_.disconnect_timeout_ms,
           "disconnect: after rdma_disconnect");
}

// Ours: handle all that is already here, then decide by the state of the connection.
void Qpair::disconnect_settled(std::uint64_t now_ms) {
  const Stopwatch spent;
  for (handle_parked_event(now_ms); (parked_ = controller_.take_pending(*this)) != nullptr;)
    handle_parked_event(now_ms + spent.ms());
  if (!was_established_) return linger(now_ms + spent.ms());
  // Also when the peer was first: its DREQ needs an answer. When the call fails, the
  // kernel was not told and nothing will come of it: the peer learns by rdma_destroy_id.
  const bool told = checked("rdma_disconnect", rdma_disconnect(id_)) == 0;
  now_ms += spent.ms();
  in_error_ = id_->qp->state == IBV_QPS_ERR;  // iWARP: not yet, the call closes gracefully
  if (gone_ || !told) return linger(now_ms);
  move_to(Life::disconnecting);
  wait_for(mask(RDMA_CM_EVENT_DISCONNECTED) | mask(RDMA_CM_EVENT_REJECTED) | mask(RDMA_CM_EVENT_DEVICE_REMOVAL) |
               mask(RDMA_CM_EVENT_TIMEWAIT_EXIT),
           now_ms + controller_.options_.disconnect_timeout_ms, "disconnect: until the connection is gone");
}

// RoCE leaves the QP in RTS when the peer goes, and flushes nothing by itself.
void Qpair::move_queue_pair_to_error() {
  if (in_error_ || id_->qp == nullptr) return;
  ibv_qp_attr attributes{};
  attributes.qp_state = IBV_QPS_ERR;
  ibv_modify_qp(id_->qp, &attributes, IBV_QP_STATE);
  in_error_ = true;
}

void Qpair::linger(std::uint64_t now_ms) {
  if (waiting_for_ != 0) end_wait(WaitEnd::cancelled);
  const Stopwatch spent;
  if (id_ != nullptr) move_queue_pair_to_error();
  move_to(Life::lingering);
  const std::uint32_t at_least_ms = attempt_open_ ? iwarp_attempt_ends_within_ms : 0;
  deadline_ms_ = now_ms + spent.ms() + std::max(controller_.options_.linger_timeout_ms, at_least_ms);
  controller_.observer_.linger_begins(*this, deadline_ms_);
}

// The id, its QP, and the events that were fetched for it.
void Qpair::release() {
  while (parked_ != nullptr || (parked_ = controller_.take_pending(*this)) != nullptr) {
    rdma_ack_cm_event(parked_);
    parked_ = nullptr;
  }
  set_connected(false);
  if (id_ != nullptr) {
    if (id_->qp != nullptr) rdma_destroy_qp(id_);
    rdma_destroy_id(id_);
    id_ = nullptr;
  }
  give_up_requests();
  tell_gone();
}

void Qpair::close() {
  release();
  deadline_ms_ = 0;
  move_to(Life::closed);
  controller_.observer_.teardown_finished(*this);
}

// A call into the kernel may have held the thread until now, past the deadline: what has come
// meanwhile is in the channel.
void Qpair::look_once_more(std::uint64_t now_ms) {
  const Stopwatch spent;
  for (controller_.fetch_events(); parked_ != nullptr || (parked_ = controller_.take_pending(*this)) != nullptr;)
    handle_parked_event(now_ms + spent.ms());
}

void Qpair::give_up_at_deadline(std::uint64_t now_ms) {
  if (!due(now_ms)) return;
  if (life_ == Life::lingering) {
    controller_.observer_.linger_timed_out(*this);
    return close();
  }
  if (life_ == Life::stale) return time_to_try_again(now_ms);
  end_wait(WaitEnd::timed_out);
  if (life_ == Life::disconnecting) linger(now_ms);
  else connect_failed();
}

}  // namespace qpair
