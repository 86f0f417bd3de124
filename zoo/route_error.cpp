// Whoever waits for the connection is not told that there is no route.
//
// An attempt to connect may end before rdma_connect: ADDR_ERROR and ROUTE_ERROR say so. A
// handler that has no case for one of them acknowledges it and goes on waiting, without a
// deadline, for an ESTABLISHED that cannot come. Fixed: every event that is not expected
// ends the attempt.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

namespace report = sim::report;

constexpr std::uint64_t event_timeout_ms = 1000;

class RouteError final : public OneConnection {
 public:
  using OneConnection::OneConnection;

  void start(std::uint64_t now_ms) override {
    OneConnection::start(now_ms);
    if (!connecting()) return;
    waiting_ = true;
    const model::EventSet way =
        report::events({RDMA_CM_EVENT_ADDR_RESOLVED, RDMA_CM_EVENT_ROUTE_RESOLVED, RDMA_CM_EVENT_ESTABLISHED});
    report::wait_begins(0, link_.id, way, model::no_limit_ms, "connect");
  }

 private:
  void take(rdma_cm_event* event, std::uint64_t now_ms) override {
    const bool was_connecting = connecting();
    if (was_connecting && !fixed_ && event->event == RDMA_CM_EVENT_ROUTE_ERROR) {
      report::handled(0, *event);
      rdma_ack_cm_event(event);
      return;
    }
    OneConnection::take(event, now_ms);
    if (was_connecting && !connecting() && waiting_)
      end_wait(connected() ? report::Ends::satisfied : report::Ends::cancelled);
  }

  void disconnect(std::uint64_t now_ms) override {
    if (gone_) return finish();
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
  }
};

}  // namespace

const Registered route_error{{
    .name = "route-error",
    .sentence =
        "ROUTE_ERROR has no case in the handler, and the wait for ESTABLISHED, which has no deadline, goes on for ever",
    .history = "DiSNI, its issue 41: the caller that waits for the connection never hears of ROUTE_ERROR",
    .link = "https://github.com/zrlio/disni/issues/41",
    .make = [](bool fixed) -> sim::Program* { return new RouteError(fixed); },
    .reports = one_connection_reports,
    .faults = model::one(model::Fault::drop),
    .from_connecting = true,
    .caught_by = "possible-wait",
}};

}  // namespace qpcheck::zoo
