// Connecting: resolve address, resolve route, create QP, connect, established.
#include <cassert>
#include <cerrno>

#include "qpair/controller.hpp"
#include "qpair/stopwatch.hpp"

namespace qpair {
namespace {

constexpr EventMask refusals = mask(RDMA_CM_EVENT_REJECTED) | mask(RDMA_CM_EVENT_UNREACHABLE) |
                               mask(RDMA_CM_EVENT_CONNECT_ERROR) | mask(RDMA_CM_EVENT_DEVICE_REMOVAL);

}  // namespace

bool Qpair::connecting() const {
  return life_ == Life::resolving_address || life_ == Life::resolving_route || life_ == Life::connecting;
}

int Qpair::connect(std::size_t path, std::uint64_t now_ms) {
  assert(finished() && path < controller_.options_.paths.size());
  assert(!connected_);
  path_ = static_cast<std::uint8_t>(path);
  stale_retries_left_ = static_cast<std::uint8_t>(controller_.options_.stale_retries);
  return begin_connecting(now_ms);
}

int Qpair::begin_connecting(std::uint64_t now_ms) {
  const Stopwatch spent;
  was_established_ = gone_ = in_error_ = flush_overdue_ = device_removed_ = attempt_open_ = false;
  const Options& options = controller_.options_;
  if (checked("rdma_create_id", rdma_create_id(controller_.channel_, &id_, this, RDMA_PS_TCP)) != 0) {
    const int error = errno;
    id_ = nullptr;
    connect_failed();
    return -error;
  }
  sockaddr_in address = options.paths[path_];
  auto* const to = reinterpret_cast<sockaddr*>(&address);
  const int timeout_ms = static_cast<int>(options.resolve_timeout_ms);
  if (checked("rdma_resolve_addr", rdma_resolve_addr(id_, nullptr, to, timeout_ms)) != 0) {
    const int error = errno;
    connect_failed();
    return -error;
  }
  move_to(Life::resolving_address);
  now_ms += spent.ms();
  wait_for(mask(RDMA_CM_EVENT_ADDR_RESOLVED) | mask(RDMA_CM_EVENT_ADDR_ERROR) | mask(RDMA_CM_EVENT_DEVICE_REMOVAL),
           now_ms + options.resolve_timeout_ms + kernel_answers_within_ms, "connect: after rdma_resolve_addr");
  return 0;
}

void Qpair::address_resolved(std::uint64_t now_ms) {
  const Stopwatch spent;
  const Options& options = controller_.options_;
  end_wait(WaitEnd::satisfied);
  if (controller_.prepare_device(*this) != 0 ||
      checked("rdma_resolve_route", rdma_resolve_route(id_, static_cast<int>(options.resolve_timeout_ms))) != 0)
    return connect_failed();
  move_to(Life::resolving_route);
  now_ms += spent.ms();
  wait_for(mask(RDMA_CM_EVENT_ROUTE_RESOLVED) | mask(RDMA_CM_EVENT_ROUTE_ERROR) | mask(RDMA_CM_EVENT_DEVICE_REMOVAL),
           now_ms + options.resolve_timeout_ms + kernel_answers_within_ms, "connect: after rdma_resolve_route");
}

void Qpair::route_resolved(std::uint64_t now_ms) {
  const Stopwatch spent;
  end_wait(WaitEnd::satisfied);
  if (create_queue_pair() != 0) return connect_failed();
  for (std::uint32_t slot = 0; slot < controller_.options_.queue_depth; ++slot)
    if (post_receive(slot) != 0) return connect_failed();
  rdma_conn_param parameters{};
  parameters.responder_resources = 1;
  parameters.initiator_depth = 1;
  parameters.retry_count = 7;
  parameters.rnr_retry_count = 7;
  if (checked("rdma_connect", rdma_connect(id_, &parameters)) != 0) return connect_failed();
  attempt_open_ = id_->verbs->device->transport_type == IBV_TRANSPORT_IWARP;
  move_to(Life::connecting);
  now_ms += spent.ms();
  wait_for(mask(RDMA_CM_EVENT_ESTABLISHED) | refusals, now_ms + controller_.options_.connect_timeout_ms,
           "connect: after rdma_connect");
}

int Qpair::create_queue_pair() {
  ibv_qp_init_attr attributes{};
  attributes.send_cq = attributes.recv_cq = controller_.cq_of(number_);
  attributes.qp_type = IBV_QPT_RC;
  attributes.cap.max_send_wr = attributes.cap.max_recv_wr = controller_.options_.queue_depth;
  attributes.cap.max_send_sge = attributes.cap.max_recv_sge = 1;
  attributes.sq_sig_all = 1;
  return checked("rdma_create_qp", rdma_create_qp(id_, controller_.pd_, &attributes));
}

void Qpair::established(std::uint64_t) {
  // Twice would be the CM's error: librdmacm promises one ESTABLISHED for an id.
  // `settled` must survive even that, and takes the second as no news.
  assert(!connected_ || controller_.options_.teardown == Teardown::settled);
  was_established_ = true;
  set_connected(!gone_);
  if (life_ != Life::connecting) return;  // too late: the qpair is going down
  end_wait(WaitEnd::satisfied);
  move_to(Life::connected);
}

// REJECTED with reason 10: the peer's kernel remembers an older connection with this
// queue pair number. It forgets that one now, so another attempt, with another id and
// QP, is worth its while; but first this QP's requests are flushed, since its number
// may come again. The event of the id is still held here: the id is destroyed later.
// Whatever else the old id is told meanwhile is no news.
void Qpair::refused_as_stale(std::uint64_t now_ms) {
  const Stopwatch spent;
  --stale_retries_left_;
  end_wait(WaitEnd::satisfied);
  move_queue_pair_to_error();
  move_to(Life::stale);
  deadline_ms_ = now_ms + spent.ms() + controller_.options_.stale_retry_ms;
}

// A QP that is not flushed yet gets as long as one that lingers, where it is sure to be.
void Qpair::time_to_try_again(std::uint64_t now_ms) {
  if (quiet() || flush_overdue_ || !flush_will_come()) return connect_again(now_ms);
  flush_overdue_ = true;
  deadline_ms_ = now_ms + controller_.options_.linger_timeout_ms;
}

void Qpair::connect_again(std::uint64_t now_ms) {
  const Stopwatch spent;
  release();
  deadline_ms_ = 0;
  begin_connecting(now_ms + spent.ms());
}

void Qpair::connect_failed() {
  if (waiting_for_ != 0) end_wait(WaitEnd::satisfied);
  move_to(Life::failed);
}

}  // namespace qpair
