// The requests of a connection are freed while their completions are still in the CQ.
//
// A CQ that connections share outlives each of them: when a QP goes to error its requests
// are flushed into it, and whether destroying the QP takes them out again is the
// provider's choice. A completion that is polled later brings the address of a request
// that is freed, or is the next connection's by now. Fixed: after the QP is destroyed
// nothing more is added to the CQ, so it is polled dry before the requests are freed.
#include "zoo/controller.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

struct Request {
  bool posted = false;
};

class RequestsFreedEarly final : public Controller {
 public:
  using Controller::Controller;

 private:
  void established(Qpair& qpair) override {
    if (&qpair != &io_) return;
    for (Request*& request : requests_) {
      request = new Request;
      request->posted = io_.link.post_receive(reinterpret_cast<std::uintptr_t>(request)) == 0;
    }
  }

  // The CQ belongs to the controller, and is polled with it.
  void poll_admin(std::uint64_t now_ms) override {
    Controller::poll_admin(now_ms);
    poll_shared_cq();
  }

  void poll_shared_cq() {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1)
      reinterpret_cast<Request*>(completion.wr_id)->posted = false;
  }

  void qp_destroyed() override {
    if (fixed_) poll_shared_cq();
    for (Request*& request : requests_) {
      delete request;
      request = nullptr;
    }
  }

  std::array<Request*, 2> requests_{};
};

}  // namespace

const Registered requests_freed_early{{
    .name = "requests-freed-early",
    .sentence = "the requests of a connection are freed while their flush completions are still in the shared CQ",
    .history =
        "SPDK's NVMe host over RDMA, fixed in 2026: freed memory that the next connection used again was corrupted",
    .link = "https://github.com/spdk/spdk/blob/master/lib/nvme/nvme_rdma.c",
    .make = [](bool fixed) -> sim::Program* { return new RequestsFreedEarly(fixed); },
    .reports = controller_reports,
    .caught_by = "no-use-after-destroy",
}};

}  // namespace qpcheck::zoo
