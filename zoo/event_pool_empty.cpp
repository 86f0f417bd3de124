// The pool for parked events is empty, and the event that finds no place is dropped.
//
// A connection has a slot for one event, and a pool lends room for those behind it. No
// pool is large enough: most events come once for an id, but UNREACHABLE comes with every
// change of a neighbour's link address (RoCE), and ADDR_CHANGE with every failover of a
// bond. The event that is acknowledged and forgotten may be DISCONNECTED, and then a
// teardown waits for it until its deadline. Fixed: nothing is fetched that there is no
// place for; the channel keeps it.
#include "zoo/controller.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class EventPoolEmpty final : public Controller {
 public:
  using Controller::Controller;

 private:
  static constexpr std::size_t pool_entries = 1;

  bool has_place() const override { return !fixed_ || pending_ < pool_entries; }

  void park(rdma_cm_event* event) override {
    const Qpair& qpair = *static_cast<const Qpair*>(event->id->context);
    const bool pool_empty = pending_ == pool_entries;
    if (qpair.slot != nullptr && pool_empty) rdma_ack_cm_event(event);
    else Controller::park(event);
  }
};

}  // namespace

const Registered event_pool_empty{{
    .name = "event-pool-empty",
    .sentence = "an event whose slot is taken while the pool is empty is acknowledged and dropped; it may be the "
                "DISCONNECTED that a teardown waits for",
    .history = "SPDK's NVMe host over RDMA: 256 entries for all events whose slot is taken; the next one is "
               "acknowledged and dropped",
    .link = "https://github.com/spdk/spdk/blob/master/lib/nvme/nvme_rdma.c",
    .make = [](bool fixed) -> sim::Program* { return new EventPoolEmpty(fixed); },
    .reports = controller_reports,
    .faults = model::one(model::Fault::neighbour, 2),
    .caught_by = "no-lost-event",
}};

}  // namespace qpcheck::zoo
