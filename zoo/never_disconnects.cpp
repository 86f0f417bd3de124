// The side that is disconnected never calls rdma_disconnect itself, and waits.
//
// The peer's DREQ reaches a live id: the kernel tells DISCONNECTED and leaves the answer
// to the application. This one counts the connection as disconnected, calls nothing, and
// at termination waits for TIMEWAIT_EXIT, which only an answered DREQ can bring; the peer
// meanwhile repeats its DREQ for minutes. Each waits for the other. Fixed: a connection
// that the peer disconnected is disconnected at this side too, which answers; after that
// nothing needs to be awaited.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

class NeverDisconnects final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    switch (event.event) {
      case RDMA_CM_EVENT_DISCONNECTED:
        gone_ = true;
        if (called_) finish();
        break;
      case RDMA_CM_EVENT_REJECTED:
      case RDMA_CM_EVENT_TIMEWAIT_EXIT:
      case RDMA_CM_EVENT_DEVICE_REMOVAL:
        over_ = true;
        if (requested_) finish();
        break;
      default: break;
    }
  }

  void disconnect(std::uint64_t now_ms) override {
    if (over_) return finish();
    if (gone_) return answer();
    called_ = true;
    rdma_disconnect(link_.id);
    deadline_ms_ = now_ms + event_timeout_ms;
  }

  // The peer was first.
  void answer() {
    if (!fixed_) return;  // it is disconnected already: what is left is TIMEWAIT_EXIT
    rdma_disconnect(link_.id);
    finish();
  }

  void give_up(std::uint64_t) override { finish(); }

  bool called_ = false;  // this side disconnected
  bool over_ = false;    // nothing is to be waited for
};

}  // namespace

const Registered never_disconnects{{
    .name = "never-disconnects",
    .sentence =
        "the side whose peer disconnected never calls rdma_disconnect, and waits for what only an answered DREQ brings",
    .history = "perftest, pull request 201: one side never called rdma_disconnect at termination; the kernel does not "
               "answer a DREQ for a live id by "
               "itself, so the other side waited for minutes",
    .link = "https://github.com/linux-rdma/perftest/pull/201",
    .make = [](bool fixed) -> sim::Program* { return new NeverDisconnects(fixed); },
    .reports = {.handling = true, .teardowns = true},
    .faults = model::one(model::Fault::peer_disconnect),
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
