// A refused attempt is tried again with the same id.
//
// An rdma_cm_id connects once: after REJECTED its ib_cm id is at its end, and another
// rdma_connect is EINVAL (cma.c: rdma_connect_locked, which wants ROUTE_RESOLVED). A retry
// that does not begin with an id of its own can never succeed, however well the target is.
// Fixed: the id is destroyed, and the retry makes another.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

namespace report = sim::report;

constexpr std::uint64_t event_timeout_ms = 1000;

constexpr sim::Reports reports() {
  sim::Reports all = one_connection_reports;
  all.returns = true;
  return all;
}

class RetrySameId final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void take(rdma_cm_event* event, std::uint64_t now_ms) override {
    if (connecting() && event->event == RDMA_CM_EVENT_REJECTED && !retrying_) return try_again(event);
    OneConnection::take(event, now_ms);
    if (retrying_ && !connecting() && !told_) tell(connected());
  }

  void try_again(rdma_cm_event* event) {
    report::handled(0, *event);
    rdma_ack_cm_event(event);
    retrying_ = true;
    report::return_requested("retry");
    if (!begin_again()) return;
    link_.state = Link::State::failed;
    tell(false);
  }

  int begin_again() {
    rdma_conn_param parameters{};
    if (!fixed_) return rdma_connect(link_.id, &parameters);
    link_.close();
    return link_.open(device_, this);
  }

  void tell(bool connected) {
    told_ = true;
    report::return_ended("retry", connected);
  }

  void disconnect(std::uint64_t now_ms) override {
    if (gone_) return finish();
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
  }

  bool retrying_ = false, told_ = false;
};

}  // namespace

const Registered retry_same_id{{
    .name = "retry-same-id",
    .sentence = "a refused attempt is tried again with the id that was refused, which can never connect",
    .history = "perftest, its issue 93: rdma_connect again on the same id after REJECTED",
    .link = "https://github.com/linux-rdma/perftest/issues/93",
    .make = [](bool fixed) -> sim::Program* { return new RetrySameId(fixed); },
    .reports = reports(),
    .faults = model::one(model::Fault::refuse),
    .from_connecting = true,
    .caught_by = "comes-back",
}};

}  // namespace qpcheck::zoo
