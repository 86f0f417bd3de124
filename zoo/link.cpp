#include "zoo/link.hpp"

#include <fcntl.h>

#include "sim/program.hpp"

namespace qpcheck::zoo {
namespace {

constexpr int resolve_timeout_ms = 2000;

}  // namespace

void Device::open() {
  channel = rdma_create_event_channel();
  fcntl(channel->fd, F_SETFL, fcntl(channel->fd, F_GETFL) | O_NONBLOCK);
}

void Device::prepare(ibv_context* context) {
  if (pd == nullptr) pd = ibv_alloc_pd(context);
  if (cq == nullptr) cq = ibv_create_cq(context, 16, nullptr, nullptr, 0);
}

int Link::open(Device& device, void* context) {
  state = State::connecting;
  if (rdma_create_id(device.channel, &id, context, RDMA_PS_TCP) != 0) return -1;
  sockaddr_in target = sim::target_socket(0);
  return rdma_resolve_addr(id, nullptr, reinterpret_cast<sockaddr*>(&target), resolve_timeout_ms);
}

void Link::advance(Device& device, const rdma_cm_event& event) {
  int failed = 0;
  switch (event.event) {
    case RDMA_CM_EVENT_ADDR_RESOLVED: {
      device.prepare(id->verbs);
      failed = rdma_resolve_route(id, resolve_timeout_ms);
      break;
    }
    case RDMA_CM_EVENT_ROUTE_RESOLVED: {
      ibv_qp_init_attr attributes{};
      attributes.send_cq = attributes.recv_cq = device.cq;
      attributes.qp_type = IBV_QPT_RC;
      attributes.cap = {4, 4, 1, 1, 0};
      failed = rdma_create_qp(id, device.pd, &attributes);
      rdma_conn_param parameters{};
      if (failed == 0) failed = rdma_connect(id, &parameters);
      break;
    }
    case RDMA_CM_EVENT_ESTABLISHED: state = State::up; break;
    default: failed = -1; break;
  }
  if (failed != 0) state = State::failed;
}

int Link::post_receive(std::uint64_t request) const {
  ibv_recv_wr work{};
  work.wr_id = request;
  ibv_recv_wr* rejected = nullptr;
  return ibv_post_recv(id->qp, &work, &rejected);
}

int Link::post_send(std::uint64_t request) const {
  ibv_send_wr work{};
  work.wr_id = request;
  work.opcode = IBV_WR_SEND;
  work.send_flags = IBV_SEND_SIGNALED;
  ibv_send_wr* rejected = nullptr;
  return ibv_post_send(id->qp, &work, &rejected);
}

int Link::move_to_error() const {
  ibv_qp_attr attributes{};
  attributes.qp_state = IBV_QPS_ERR;
  return id->qp == nullptr ? 0 : ibv_modify_qp(id->qp, &attributes, IBV_QP_STATE);
}

void Link::close() {
  if (id == nullptr) return;
  if (id->qp != nullptr) rdma_destroy_qp(id);
  rdma_destroy_id(id);
  id = nullptr;
}

}  // namespace qpcheck::zoo
