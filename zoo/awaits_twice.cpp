// The clean-up of a connection that is gone waits for the end of it a second time.
//
// The target's process dies, DISCONNECTED is handled; then the application asks for a
// disconnect, which calls rdma_disconnect and waits for DISCONNECTED. The CM tells it
// once, so the wait lasts until its deadline. Fixed: a connection that is known to be
// gone is released at once.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

using sim::report::Ends;

constexpr std::uint64_t event_timeout_ms = 1000;

class AwaitsTwice final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (event.event != RDMA_CM_EVENT_DISCONNECTED && event.event != RDMA_CM_EVENT_REJECTED) return;
    gone_ = true;
    if (!waiting()) return;
    end_wait(Ends::satisfied);
    finish();
  }

  void disconnect(std::uint64_t now_ms) override {
    if (fixed_) handle_arrived(now_ms);
    if (fixed_ && gone_) return finish();
    rdma_disconnect(link_.id);
    wait_for({RDMA_CM_EVENT_DISCONNECTED, RDMA_CM_EVENT_REJECTED}, now_ms, event_timeout_ms,
             "disconnect: after rdma_disconnect");
  }

  // What is in the channel already decides whether there is something to wait for.
  void handle_arrived(std::uint64_t now_ms) {
    rdma_cm_event* event = nullptr;
    while (rdma_get_cm_event(device_.channel, &event) == 0) take(event, now_ms);
  }
};

}  // namespace

const Registered awaits_twice{{
    .name = "awaits-twice",
    .sentence = "after DISCONNECTED was handled, the clean-up disconnects again and waits for another DISCONNECTED",
    .history = "SPDK's NVMe host over RDMA, 2024: each teardown after a target's death lasts until the event timeout "
               "of a second",
    .link = "https://github.com/spdk/spdk/issues/3592",
    .make = [](bool fixed) -> sim::Program* { return new AwaitsTwice(fixed); },
    .reports = one_connection_reports,
    .faults = model::one(model::Fault::kill),
    .caught_by = "awaited-once",
}};

}  // namespace qpcheck::zoo
