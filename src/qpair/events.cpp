// The one-event slot: what each event of the CM means to a qpair.
#include <cassert>
#include <cerrno>

#include "qpair/controller.hpp"

namespace qpair {
namespace {

constexpr EventMask ends_of_attempt = mask(RDMA_CM_EVENT_ESTABLISHED) | mask(RDMA_CM_EVENT_CONNECT_ERROR) |
                                      mask(RDMA_CM_EVENT_UNREACHABLE) | mask(RDMA_CM_EVENT_REJECTED) |
                                      mask(RDMA_CM_EVENT_DISCONNECTED) | mask(RDMA_CM_EVENT_DEVICE_REMOVAL);
constexpr int rejected_as_stale = 10;  // the reason of a REJ (IB specification, 12.6.7.2)

}  // namespace

void Qpair::handle_parked_event(std::uint64_t now_ms) {
  if (parked_ == nullptr) return;
  rdma_cm_event* const event = parked_;
  parked_ = nullptr;
  handle(*event, now_ms);
  controller_.observer_.event_handled(*this, *event);
  rdma_ack_cm_event(event);
}

void Qpair::handle(const rdma_cm_event& event, std::uint64_t now_ms) {
  const bool settled = controller_.options_.teardown == Teardown::settled;
  if ((mask(event.event) & ends_of_attempt) != 0) attempt_open_ = false;
  switch (event.event) {
    case RDMA_CM_EVENT_ADDR_RESOLVED:
      if (life_ == Life::resolving_address) address_resolved(now_ms);
      break;
    case RDMA_CM_EVENT_ROUTE_RESOLVED:
      if (life_ == Life::resolving_route) route_resolved(now_ms);
      break;
    case RDMA_CM_EVENT_ESTABLISHED:
      established(now_ms);
      break;
    case RDMA_CM_EVENT_DISCONNECTED:
      connection_gone(event.event, now_ms);
      break;
    case RDMA_CM_EVENT_REJECTED:
    case RDMA_CM_EVENT_DEVICE_REMOVAL:
      device_removed_ = device_removed_ || event.event == RDMA_CM_EVENT_DEVICE_REMOVAL;
      // Also after ESTABLISHED: a target that dies before our RTU reached it answers
      // with a reject. Only `settled` knows; the other two are kept as they were published.
      if (life_ == Life::connecting && stale_retries_left_ > 0 && event.event == RDMA_CM_EVENT_REJECTED &&
          event.status == rejected_as_stale)
        refused_as_stale(now_ms);
      else if (connecting()) connect_failed();
      else if (settled && life_ != Life::stale) connection_gone(event.event, now_ms);
      break;
    case RDMA_CM_EVENT_TIMEWAIT_EXIT:
      if (settled) connection_gone(event.event, now_ms);
      break;
    case RDMA_CM_EVENT_ADDR_ERROR:
    case RDMA_CM_EVENT_ROUTE_ERROR:
    case RDMA_CM_EVENT_CONNECT_ERROR:
    case RDMA_CM_EVENT_UNREACHABLE:
      // UNREACHABLE after ESTABLISHED is a neighbour's change of address. The connection may be
      // well, or its way back lost: nothing tells which, and the teardown's deadline is for that.
      if (connecting()) connect_failed();
      break;
    default:
      break;  // ADDR_CHANGE, and numbers that are newer than this code
  }
}

void Qpair::connection_gone(rdma_cm_event_type proof, std::uint64_t now_ms) {
  // Within an id DISCONNECTED comes once, after ESTABLISHED. `settled` takes every
  // further proof as no news.
  assert(proof != RDMA_CM_EVENT_DISCONNECTED || was_established_ || controller_.options_.teardown == Teardown::settled);
  gone_ = true;
  set_connected(false);
  move_queue_pair_to_error();
  if (life_ == Life::connected) move_to(Life::lost);
  if (life_ == Life::disconnecting && (waiting_for_ & mask(proof)) != 0) {
    end_wait(WaitEnd::satisfied);
    linger(now_ms);
  }
}

// From poll() only: an application that answers with disconnect() must find no other one
// under way.
void Qpair::tell_news() {
  if (life_ == Life::connected && !told_up_) {
    told_up_ = true;
    controller_.application_.up(*this);
  }
  if (gone_) tell_gone();
}

void Qpair::tell_gone() {
  if (!told_up_) return;
  told_up_ = false;
  controller_.application_.gone(*this);
}

void Qpair::set_connected(bool connected) {
  if (connected_ == connected) return;
  connected_ = connected;
  controller_.observer_.flag_changed(*this, connected);
}

void Qpair::move_to(Life life) {
  const Life from = life_;
  life_ = life;
  controller_.observer_.life_changed(*this, from, life);
}

// The result of a call, which the observer is told if it failed: by an error number
// (libibverbs), or by -1 with errno (librdmacm). After that errno holds it either way.
int Qpair::checked(const char* call, int result) {
  if (result == 0) return 0;
  const int error = result > 0 ? result : errno;
  controller_.observer_.call_failed(*this, call, error);
  errno = error;
  return result;
}

void Qpair::wait_for(EventMask events, std::uint64_t deadline_ms, const char* place) {
  assert(waiting_for_ == 0);
  waiting_for_ = events;
  deadline_ms_ = deadline_ms;
  controller_.observer_.wait_begins(*this, events, deadline_ms, place);
}

void Qpair::end_wait(WaitEnd how) {
  waiting_for_ = 0;
  deadline_ms_ = 0;
  controller_.observer_.wait_ends(*this, how);
}

}  // namespace qpair
