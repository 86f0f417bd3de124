// The end of a connection comes before its beginning, and is handled as of one that was up.
//
// One handler serves all that ends a connection, and it takes for granted that there was
// one. But where ESTABLISHED is expected the CM may tell REJECTED: the peer refused, or
// died. The handler then moves a connection that is still connecting to "lost", a state
// that only a connected one may enter. Fixed: an end before ESTABLISHED is a failed attempt.
#include "zoo/life_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class DisconnectedWhileConnecting final : public LifeConnection {
 public:
  using LifeConnection::LifeConnection;

 private:
  void attempt_fails(const rdma_cm_event& event) override {
    const bool ended = event.event == RDMA_CM_EVENT_REJECTED || event.event == RDMA_CM_EVENT_DISCONNECTED;
    move_to(ended && !fixed_ ? Life::lost : Life::failed);
  }
};

}  // namespace

const Registered disconnected_while_connecting{{
    .name = "disconnected-while-connecting",
    .sentence = "REJECTED where ESTABLISHED was expected is handled as the end of a connection that was up",
    .history = "UCX, pull request 4719: a disconnect was handled before the connect had completed at this side; there "
               "at the passive side too, "
               "here at the active one",
    .link = "https://github.com/openucx/ucx/pull/4719",
    .make = [](bool fixed) -> sim::Program* { return new DisconnectedWhileConnecting(fixed); },
    .reports = life_connection_reports,
    .faults = model::one(model::Fault::refuse),
    .from_connecting = true,
    .caught_by = "life-cycle",
}};

}  // namespace qpcheck::zoo
