// A connection is deleted before its disconnect has finished.
//
// Between rdma_disconnect and DISCONNECTED lie a round trip and the peer's own call, so a
// disconnect that does not block answers "again". The caller that deletes the connection
// takes a forced clean-up for a finished one and frees the object at once: id and QP are
// left behind, and nobody handles the events that are still to come. Fixed: what answers
// "again" is polled until it is done, and freed then.
#include <cerrno>

#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

struct Qpair {
  bool gone = false;
};

class FreedBeforeDisconnected final : public OneConnection {
 public:
  explicit FreedBeforeDisconnected(bool fixed) : OneConnection(fixed), qpair_(new Qpair) {}

 private:
  void* context() override { return qpair_; }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (ends_connection(event)) static_cast<Qpair*>(event.id->context)->gone = true;
    OneConnection::handle(event, now_ms);
  }

  // The application deletes the connection.
  void disconnect(std::uint64_t now_ms) override {
    if (disconnect_qpair(now_ms) != EAGAIN) return finish();
    if (fixed_) return;
    free_qpair();
    finished();
  }

  // 0, or EAGAIN: it has begun, and a poll learns of its end.
  int disconnect_qpair(std::uint64_t now_ms) {
    if (qpair_->gone) return 0;
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "disconnect: after rdma_disconnect");
    return EAGAIN;
  }

  void closed() override { free_qpair(); }

  void free_qpair() {
    delete qpair_;
    qpair_ = nullptr;
  }

  Qpair* qpair_;
};

}  // namespace

const Registered freed_before_disconnected{{
    .name = "freed-before-disconnected",
    .sentence = "a connection whose disconnect answers \"again\" is freed all the same; its id and QP are left behind",
    .history = "SPDK's NVMe host over RDMA: a qpair's forced clean-up may answer \"again\", and the caller frees the "
               "qpair at once",
    .link = "https://github.com/spdk/spdk/blob/master/lib/nvme/nvme_rdma.c",
    .make = [](bool fixed) -> sim::Program* { return new FreedBeforeDisconnected(fixed); },
    .reports = one_connection_reports,
    .caught_by = "nothing-left",
}};

}  // namespace qpcheck::zoo
