// A queue pair that connects again after a stale refusal is put on a list it is on already.
//
// The peer's CM remembers an older connection with this queue pair's number and refuses:
// REJECTED with reason 10. The qpair is torn down and connects again with another
// rdma_cm_id, as it should; but it never left the group's list of connecting qpairs, and is
// put on it once more. When it is connected, the walk over the list completes it twice.
// Fixed: it is on the list once.
#include <vector>

#include "zoo/life_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr int stale_connection = 10;  // the reason of a REJ

class ListedTwice final : public LifeConnection {
 public:
  using LifeConnection::LifeConnection;

  void start(std::uint64_t now_ms) override {
    connecting_.push_back(&link_);
    LifeConnection::start(now_ms);
  }

 private:
  void take(rdma_cm_event* event, std::uint64_t now_ms) override {
    LifeConnection::take(event, now_ms);
    if (life() == Life::stale) try_again();
    walk_connecting();
  }

  void attempt_fails(const rdma_cm_event& event) override {
    const bool stale = event.event == RDMA_CM_EVENT_REJECTED && event.status == stale_connection;
    move_to(stale ? Life::stale : Life::failed);
  }

  void attempt_succeeds() override {}  // the walk over the list sees it

  // The refusal is acknowledged, so its id may go.
  void try_again() {
    link_.close();
    connect();
    if (!fixed_) connecting_.push_back(&link_);
  }

  // Completes each qpair of the group that has come to the end of connecting.
  void walk_connecting() {
    for (std::size_t i = 0; i < connecting_.size();) {
      const Link::State state = connecting_[i]->state;
      if (state == Link::State::connecting) {
        ++i;
        continue;
      }
      connecting_.erase(connecting_.begin() + static_cast<std::ptrdiff_t>(i));
      if (state == Link::State::up) move_to(Life::connected);
    }
  }

  std::vector<const Link*> connecting_;  // of the poll group
};

}  // namespace

const Registered listed_twice{{
    .name = "listed-twice",
    .sentence = "a queue pair that connects again after a stale refusal is put twice on the list of connecting ones, "
                "and is completed twice",
    .history = "SPDK's NVMe host over RDMA, fixed in 2024: on REJECTED with reason 10 the qpair was torn down and "
               "connected again, "
               "and put twice on the connecting list",
    .link = "https://github.com/spdk/spdk/blob/master/lib/nvme/nvme_rdma.c",
    .make = [](bool fixed) -> sim::Program* { return new ListedTwice(fixed); },
    .reports = life_connection_reports,
    .faults = model::one(model::Fault::stale),
    .from_connecting = true,
    .caught_by = "life-cycle",
}};

}  // namespace qpcheck::zoo
