// Events of all connections are fetched where the admin connection is polled, and a
// controller that has failed polls it no longer.
//
// One channel carries the events of all ids, and nothing but a fetch brings them to the
// program. The admin connection learns first that the target is gone; the controller is
// marked failed, its admin connection is not polled any more, and DISCONNECTED of the
// I/O connection stays in the channel. Its flag stays set, and its teardown waits for
// ever: its deadline was looked after in the same place. Fixed: whoever is polled
// serves the channel.
#include "zoo/controller.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class AdminPollsForAll final : public Controller {
 public:
  using Controller::Controller;

  bool offers(std::size_t entry) const override {
    const bool admin = entry == 0;
    return admin ? !failed_ : Controller::offers(entry);
  }

 private:
  void poll_admin(std::uint64_t now_ms) override { serve(now_ms); }

  void poll_io(std::uint64_t now_ms) override {
    if (fixed_) serve(now_ms);
  }

  void serve(std::uint64_t now_ms) {
    fetch();
    handle_parked(admin_);
    handle_parked(io_);
    give_up_late(now_ms);
  }

  void gone(Qpair& qpair) override {
    if (&qpair == &admin_) failed_ = true;
  }

  bool failed_ = false;  // the controller: it is to be reset, and is left alone until then
};

}  // namespace

const Registered admin_polls_for_all{{
    .name = "admin-polls-for-all",
    .sentence = "only the poll of the admin connection fetches events, and a failed controller no longer polls it: the "
                "others never learn of their DISCONNECTED",
    .history = "SPDK's NVMe host over RDMA, after the connected flag of May 2025: I/O qpairs of a failed controller "
               "kept theirs set; the flag was reverted, and restored right after a second change",
    .link = "https://github.com/spdk/spdk/issues/3642",
    .make = [](bool fixed) -> sim::Program* { return new AdminPollsForAll(fixed); },
    .reports = controller_reports,
    .faults = model::one(model::Fault::kill),
    .caught_by = "keeps-time",
}};

}  // namespace qpcheck::zoo
