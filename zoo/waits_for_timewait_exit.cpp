// A shutdown that is held back until TIMEWAIT_EXIT, an event that may never come.
//
// To be sure that the completion queue is drained before the shutdown is reported, this
// repair waits for the last event that an id can have. But TIMEWAIT_EXIT only says that
// the QP's number may be used again. It is told late, never after REJECTED, never on
// iWARP, and nowhere with certainty: without it endpoint and application wait for ever.
// Fixed: what has to come back is known, and is itself what is waited for: the requests.
#include "zoo/endpoint.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

using namespace sim;

class WaitsForTimewaitExit final : public Endpoint {
 public:
  using Endpoint::Endpoint;

 private:
  void ended() override {
    if (fixed_) return;
    waiting_ = true;
    report::wait_begins(0, link_.id, report::events({RDMA_CM_EVENT_TIMEWAIT_EXIT}), model::no_limit_ms,
                        "shutdown: after DISCONNECTED");
  }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (event.event != RDMA_CM_EVENT_TIMEWAIT_EXIT) Endpoint::handle(event, now_ms);
    else if (waiting()) end_wait(report::Ends::satisfied);
  }
};

}  // namespace

const Registered waits_for_timewait_exit{{
    .name = "waits-for-timewait-exit",
    .sentence =
        "the shutdown is reported after TIMEWAIT_EXIT, which is not guaranteed: without it the teardown never finishes",
    .history = "libfabric, PR 5228: so that the completion queue was drained before the shutdown, a repair waited for "
               "TIMEWAIT_EXIT, and sometimes hung",
    .link = "https://github.com/ofiwg/libfabric/pull/5228",
    .make = [](bool fixed) -> sim::Program* { return new WaitsForTimewaitExit(fixed); },
    .reports = endpoint_reports,
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
