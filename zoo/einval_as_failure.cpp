// EINVAL of rdma_disconnect is taken for a failure, although the connection is ending well.
//
// On iWARP the peer's close moves the provider's QP; when it is closed for good,
// rdma_disconnect cannot move it any more and says EINVAL. Nothing is wrong: DISCONNECTED
// still comes, once. The program takes its error path, which gives the teardown up and
// leaves QP and id behind. Fixed: what rdma_disconnect returns decides nothing; the end
// of the connection is awaited all the same, with a deadline.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

class EinvalAsFailure final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void disconnect(std::uint64_t now_ms) override {
    if (gone_) return finish();
    if (rdma_disconnect(link_.id) != 0 && !fixed_) return finished();  // "failed to disconnect"
    wait_for(end_events, now_ms, event_timeout_ms, "disconnect: after rdma_disconnect");
  }
};

}  // namespace

const Registered einval_as_failure{{
    .name = "einval-as-failure",
    .sentence = "iWARP: EINVAL of rdma_disconnect after the peer closed is taken for a failure, and the teardown "
                "leaves everything behind",
    .history = "SPDK, issue 1704, and perftest, issue 233 and pull request 246: once the peer has closed, "
               "rdma_disconnect gives EINVAL; it was treated as an error "
               "although DISCONNECTED still comes once",
    .link = "https://github.com/linux-rdma/perftest/issues/233",
    .make = [](bool fixed) -> sim::Program* { return new EinvalAsFailure(fixed); },
    .reports = one_connection_reports,
    .transport = model::Transport::iw,
    .faults = model::one(model::Fault::peer_disconnect),
    .caught_by = "nothing-left",
}};

}  // namespace qpcheck::zoo
