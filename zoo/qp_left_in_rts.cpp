// A QP is left in RTS when the peer goes, and what is posted to it is never flushed.
//
// On InfiniBand and RoCE nobody but the program moves its QP: after DISCONNECTED the
// receives stay posted. The teardown waits for their completions until its deadline.
// Fixed: handling DISCONNECTED moves the QP to the error state.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t linger_timeout_ms = 1000;

class QpLeftInRts final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (event.event != RDMA_CM_EVENT_DISCONNECTED) return;
    gone_ = true;
    if (fixed_) link_.move_to_error();
  }

  void established() override {
    if (link_.post_receive(1) == 0) ++posted_;
  }

  // Only a connection that is not known to be gone is disconnected, which moves the QP.
  void disconnect(std::uint64_t now_ms) override {
    if (!gone_) rdma_disconnect(link_.id);
    linger(now_ms, linger_timeout_ms);
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) --posted_;
    if (requested_ && posted_ == 0) finish();
  }

  int posted_ = 0;
};

}  // namespace

const Registered qp_left_in_rts{{
    .name = "qp-left-in-rts",
    .sentence = "DISCONNECTED does not move the QP to the error state, so its requests are never flushed and the "
                "teardown lingers for its full time",
    .history = "SPDK's NVMe host over RDMA, until November 2025: the published flag alone moved the second from the "
               "CM's timeout to the lingering timeout",
    .link = "https://github.com/spdk/spdk/issues/3592",
    .make = [](bool fixed) -> sim::Program* { return new QpLeftInRts(fixed); },
    .reports = {.handling = true, .lingers = true, .teardowns = true},
    .faults = model::one(model::Fault::kill),
    .caught_by = "no-needless-timeout",
}};

}  // namespace qpcheck::zoo
