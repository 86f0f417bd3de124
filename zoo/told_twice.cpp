// The application is told twice that its connection is gone.
//
// Two paths find it out, by themselves: DISCONNECTED, and the flush errors of what is
// posted when the QP goes to error. On the way down one is the cause of the other, so
// both always come. Fixed: one place tells, and it tells once.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t flush_timeout_ms = 1000;

class ToldTwice final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void established() override {
    if (link_.post_receive(1) == 0) ++posted_;
    up_ = true;
    sim::report::told_up(0);
  }

  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (!ends_connection(event)) return;
    gone_ = true;
    tell_gone();
    link_.move_to_error();
  }

  // The shutdown event of this connection's endpoint.
  void tell_gone() {
    if (fixed_ && !up_) return;
    up_ = false;
    sim::report::told_gone(0);
  }

  void disconnect(std::uint64_t now_ms) override {
    if (!gone_) rdma_disconnect(link_.id);
    linger(now_ms, flush_timeout_ms);
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) {
      --posted_;
      if (completion.status != IBV_WC_SUCCESS) tell_gone();
    }
    if (requested_ && posted_ == 0) leave();
  }

  void give_up(std::uint64_t now_ms) override {
    OneConnection::give_up(now_ms);
    leave();
  }

  // Whatever has not been heard until now is not going to be.
  void leave() {
    if (up_) tell_gone();
    finish();
  }

  int posted_ = 0;
  bool up_ = false;  // as the application knows it
};

}  // namespace

const Registered told_twice{{
    .name = "told-twice",
    .sentence =
        "the application is told of the shutdown by DISCONNECTED and again by the flush errors of the queue pair",
    .history = "libfabric, issue 9123: the application was told of the shutdown twice, once by the error path of the "
               "queue pair and once by DISCONNECTED",
    .link = "https://github.com/ofiwg/libfabric/issues/9123",
    .make = [](bool fixed) -> sim::Program* { return new ToldTwice(fixed); },
    .reports = {.handling = true, .lingers = true, .teardowns = true, .telling = true},
    .faults = model::one(model::Fault::peer_disconnect),
    .caught_by = "told-once",
}};

}  // namespace qpcheck::zoo
