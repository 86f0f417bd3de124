// The teardown waits for the flush of a receive that an iWARP provider never flushes.
//
// A receive that comes back is posted again at once. When it came back because the peer
// is gone, the new one lies in a QP that was flushed already: an iWARP provider flushes
// once, when the QP's state changes, and nobody completes what is posted later.
// Fixed: one poll takes what was flushed, and destroying the QP ends the rest.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t linger_timeout_ms = 1000;

class CountsOnLateFlush final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (event.event != RDMA_CM_EVENT_DISCONNECTED) return;
    gone_ = true;
    link_.move_to_error();
  }

  void established() override { post_receive(); }

  void post_receive() {
    if (link_.post_receive(1) == 0) ++posted_;
  }

  void disconnect(std::uint64_t now_ms) override {
    if (!gone_) rdma_disconnect(link_.id);
    linger(now_ms, linger_timeout_ms);
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    if (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) {
      --posted_;
      if (!gone_ && !requested_) post_receive();
    }
    if (requested_ && (posted_ == 0 || (fixed_ && gone_))) finish();
  }

  int posted_ = 0;
};

}  // namespace

const Registered counts_on_late_flush{{
    .name = "counts-on-late-flush",
    .sentence = "iWARP: a receive that is posted after the queue pair was flushed never completes, and the teardown "
                "lingers for its full time",
    .history = "this tool's own src/qpair over siw, Linux's software iWARP, until 2026: 22 of 33 teardowns under "
               "traffic lasted their whole linger",
    .link = "https://github.com/torvalds/linux/blob/master/drivers/infiniband/sw/siw/siw_qp.c",
    .make = [](bool fixed) -> sim::Program* { return new CountsOnLateFlush(fixed); },
    .reports = {.handling = true, .lingers = true, .teardowns = true},
    .transport = model::Transport::iw,
    .faults = model::one(model::Fault::kill),
    .caught_by = "no-needless-timeout",
}};

}  // namespace qpcheck::zoo
