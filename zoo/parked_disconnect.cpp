// A flag says that the connection is up, and the event that clears it is parked.
//
// Every poll of the admin connection drains the channel they share, and parks what is not
// its own: DISCONNECTED of the I/O connection is fetched and not handled. A disconnect
// then looks at the flag, which is still set, calls rdma_disconnect, and arming the wait
// handles the parked event first. An rdma_cm_id has one DISCONNECTED, and it is used up:
// the wait lasts until its deadline. Fixed by order alone: what is parked is handled
// before the flag is looked at.
#include "zoo/controller.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class ParkedDisconnect final : public Controller {
 public:
  using Controller::Controller;

 private:
  void disconnect_io(std::uint64_t now_ms) override {
    if (fixed_) handle_parked(io_);
    if (!io_.connected) return finish();
    rdma_disconnect(io_.link.id);
    arm_wait(now_ms);
  }

  // What is parked came before, so it is out of the way when the answer comes.
  void arm_wait(std::uint64_t now_ms) {
    handle_parked(io_);
    await_end(now_ms);
  }
};

}  // namespace

const Registered parked_disconnect{{
    .name = "parked-disconnect",
    .sentence = "DISCONNECTED is fetched and parked, so the connected flag is still set; the wait that a disconnect "
                "then arms can never be satisfied",
    .history = "SPDK's NVMe host over RDMA, with the connected flag of May 2025 and still in August 2026: "
               "DISCONNECTED, parked by the admin qpair's poll, costs a teardown the full second",
    .link = "https://github.com/spdk/spdk/issues/3592",
    .make = [](bool fixed) -> sim::Program* { return new ParkedDisconnect(fixed); },
    .reports = controller_reports,
    .faults = model::one(model::Fault::kill),
    .caught_by = "awaited-once",
}};

}  // namespace qpcheck::zoo
