// An own rdma_disconnect after the peer's DISCONNECTED, and a blocking wait for another.
//
// The close function disconnects and then fetches events until DISCONNECTED, whoever
// began. When the peer began, its DISCONNECTED was handled by the event loop: the own
// rdma_disconnect only answers the peer's DREQ, the CM tells an id of its end once, and
// rdma_get_cm_event blocks for ever. Fixed: a connection that is known to be gone is
// released at once; and an end that is to come is awaited by the event loop, which has a
// deadline, since a DREQ that could not be sent brings no event at all.
#include <fcntl.h>

#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;
constexpr const char* place = "close: after rdma_disconnect";

class DisconnectsAgain final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void disconnect(std::uint64_t now_ms) override {
    if (fixed_ && gone_) return finish();
    rdma_disconnect(link_.id);
    if (fixed_) return wait_for(end_events, now_ms, event_timeout_ms, place);
    block_until_gone(now_ms);
  }

  void block_until_gone(std::uint64_t now_ms) {
    fcntl(device_.channel->fd, F_SETFL, fcntl(device_.channel->fd, F_GETFL) & ~O_NONBLOCK);
    waiting_ = true;
    sim::report::wait_begins(0, link_.id, sim::report::events({RDMA_CM_EVENT_DISCONNECTED}), model::no_limit_ms, place);
    rdma_cm_event* event = nullptr;
    while (waiting() && rdma_get_cm_event(device_.channel, &event) == 0) take(event, now_ms);
  }
};

}  // namespace

const Registered disconnects_again{{
    .name = "disconnects-again",
    .sentence =
        "after the peer's DISCONNECTED the program disconnects too, and blocks until a DISCONNECTED that cannot come",
    .history = "Mercury, issue 111: after the peer's DISCONNECTED an own rdma_disconnect produces no new event, and "
               "waiting for one hangs",
    .link = "https://github.com/mercury-hpc/mercury/issues/111",
    .make = [](bool fixed) -> sim::Program* { return new DisconnectsAgain(fixed); },
    .reports = one_connection_reports,
    .faults = model::one(model::Fault::peer_disconnect),
    .caught_by = "awaited-once",
}};

}  // namespace qpcheck::zoo
