#include "zoo/endpoint.hpp"

namespace qpcheck::zoo {
namespace {

using namespace sim;

constexpr std::uint64_t event_timeout_ms = 1000;
enum : std::uint8_t { receive_request, send_request, requests };

}  // namespace

void Endpoint::established() {
  report::told_up(0);
  const auto accept = [this](std::uint8_t request, int failed) {
    if (failed != 0) return;
    under_way_ |= 1u << request;
    report::accepted(0, request);
  };
  accept(receive_request, link_.post_receive(receive_request));
  accept(send_request, link_.post_send(send_request));
}

void Endpoint::handle(const rdma_cm_event& event, std::uint64_t) {
  if (event.event == RDMA_CM_EVENT_DEVICE_REMOVAL) flushes_ = false;
  if (gone_ || link_.state != Link::State::up || !ends_connection(event)) return;
  gone_ = true;
  if (waiting()) end_wait(report::Ends::satisfied);
  else stop();  // the peer was first, and has its answer from this
  ended();
}

void Endpoint::disconnect(std::uint64_t now_ms) {
  if (gone_) return;
  stop();
  wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
}

void Endpoint::stop() {
  if (rdma_disconnect(link_.id) != 0 && link_.move_to_error() != 0) flushes_ = false;
}

void Endpoint::poll_work(std::uint64_t) {
  poll_cq();
  if (!gone_ || waiting()) return;
  if (!flushes_) cancel_requests();
  if (under_way_ != 0) return;
  report_shutdown();
  if (requested_) finish();
}

void Endpoint::give_up(std::uint64_t) {
  end_wait(report::Ends::timed_out);
  gone_ = true;
  ended();
}

void Endpoint::poll_cq() {
  ibv_wc completion;
  while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) complete(completion.wr_id);
}

// Without a QP nothing more is added to the CQ: what is not in it now never will be.
void Endpoint::cancel_requests() {
  if (link_.id->qp != nullptr) rdma_destroy_qp(link_.id);
  poll_cq();
  for (std::uint8_t request = 0; request < requests; ++request)
    if ((under_way_ >> request & 1u) != 0) complete(request);
}

void Endpoint::complete(std::uint64_t request) {
  under_way_ &= ~(1u << request);
  if (!shut_down_) report::completed(0, static_cast<std::uint8_t>(request));
}

void Endpoint::report_shutdown() {
  if (shut_down_) return;
  shut_down_ = true;
  report::told_gone(0);
}

}  // namespace qpcheck::zoo
