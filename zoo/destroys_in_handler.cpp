// The handler of DISCONNECTED destroys the id of the very event that it handles.
//
// rdma_destroy_id returns when every event that was fetched for the id is acknowledged.
// The event loop acknowledges an event after its handler, in the same thread: the thread
// waits for itself. Fixed: the handler only marks the connection, and it is destroyed
// when its event is acknowledged.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

using sim::report::Ends;

constexpr std::uint64_t event_timeout_ms = 1000;

class DestroysInHandler final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (!ends_connection(event)) return;
    if (waiting()) end_wait(Ends::satisfied);
    if (!fixed_) link_.close();
    finish();
  }

  void disconnect(std::uint64_t now_ms) override {
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
  }
};

}  // namespace

const Registered destroys_in_handler{{
    .name = "destroys-in-handler",
    .sentence = "the handler of DISCONNECTED destroys the id before the event is acknowledged, and rdma_destroy_id "
                "waits for that for ever",
    .history = "PureFlash, issue 52: the id is destroyed inside the handler of its own, not yet acknowledged event, a "
               "self-deadlock in rdma_destroy_id",
    .link = "https://github.com/cocalele/PureFlash/issues/52",
    .make = [](bool fixed) -> sim::Program* { return new DestroysInHandler(fixed); },
    .reports = one_connection_reports,
    .faults = model::one(model::Fault::peer_disconnect),
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
