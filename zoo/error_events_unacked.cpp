// An error event is not acknowledged, and destroying its id waits for that for ever.
//
// The loop that connects leaves on an error before it reaches rdma_ack_cm_event; the
// clean-up then calls rdma_destroy_id, which returns when every event fetched for the id
// is acknowledged, and only this thread could do it. Fixed: every event is acknowledged.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class ErrorEventsUnacked final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void take(rdma_cm_event* event, std::uint64_t now_ms) override {
    if (fixed_ || !is_error(event->event)) return OneConnection::take(event, now_ms);
    sim::report::handled(0, *event);
    link_.state = Link::State::failed;
  }

  static bool is_error(rdma_cm_event_type type) {
    return type == RDMA_CM_EVENT_ADDR_ERROR || type == RDMA_CM_EVENT_ROUTE_ERROR ||
           type == RDMA_CM_EVENT_CONNECT_ERROR || type == RDMA_CM_EVENT_UNREACHABLE || type == RDMA_CM_EVENT_REJECTED;
  }

  void handle(const rdma_cm_event&, std::uint64_t) override {}

  void disconnect(std::uint64_t) override {
    rdma_disconnect(link_.id);
    finish();
  }
};

}  // namespace

const Registered error_events_unacked{{
    .name = "error-events-unacked",
    .sentence = "an error event is not acknowledged, and rdma_destroy_id waits for that for ever",
    .history = "perftest, until 2019: ADDR_ERROR, ROUTE_ERROR, CONNECT_ERROR, UNREACHABLE and REJECTED left the "
               "dispatcher before the acknowledgement",
    .link = "https://github.com/linux-rdma/perftest/pull/60",
    .make = [](bool fixed) -> sim::Program* { return new ErrorEventsUnacked(fixed); },
    .reports = {.handling = true, .teardowns = true},
    .faults = model::one(model::Fault::refuse),
    .from_connecting = true,
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
