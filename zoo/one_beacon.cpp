// A QP is drained by a beacon on one of its queues, and the other queue is not.
//
// Requests of a QP that is in the error state are flushed in the order of their queue, so a
// last request, a beacon, tells by its flush that all before it have come back. The send and
// the receive queue are flushed independently: a beacon on one says nothing of the other.
// Fixed: a beacon on each.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

namespace report = sim::report;

class OneBeacon final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  static constexpr std::uint64_t receive_request = 0, send_request = 1, receive_beacon = 2, send_beacon = 3;

  void established() override {
    report::told_up(0);
    if (link_.post_receive(receive_request) == 0) report::accepted(0, receive_request);
    if (link_.post_send(send_request) == 0) report::accepted(0, send_request);
  }

  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (ends_connection(event)) gone_ = true;
  }

  void disconnect(std::uint64_t) override {
    if (!gone_) rdma_disconnect(link_.id);
    report::linger_begins(0, link_.id, model::no_limit_ms);
    const bool posted = link_.move_to_error() == 0 && link_.post_send(send_beacon) == 0 &&
                        (!fixed_ || link_.post_receive(receive_beacon) == 0);
    if (!posted) done();
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) complete(completion.wr_id);
    if (sends_drained_ && (receives_drained_ || !fixed_) && !closing_) done();
  }

  void complete(std::uint64_t request) {
    if (request == send_beacon) sends_drained_ = true;
    else if (request == receive_beacon) receives_drained_ = true;
    else report::completed(0, static_cast<std::uint8_t>(request));
  }

  void done() {
    report::told_gone(0);
    finish();
  }

  bool sends_drained_ = false, receives_drained_ = false;
};

}  // namespace

const Registered one_beacon{{
    .name = "one-beacon",
    .sentence = "the flush of a last send is taken for the end of both queues, and a receive that was not flushed yet "
                "never comes back",
    .history =
        "Ceph, its PR 25447: the QP was destroyed undrained; the repair drains it by a beacon on the send queue only",
    .link = "https://github.com/ceph/ceph/pull/25447",
    .make = [](bool fixed) -> sim::Program* { return new OneBeacon(fixed); },
    .reports = {.handling = true, .teardowns = true, .telling = true, .requests = true},
    .caught_by = "requests-complete-once",
}};

}  // namespace qpcheck::zoo
