// The commonest use after free of a teardown: disconnect, destroy the QP, free the request,
// and poll the completion queue later.
//
// rdma_disconnect moves the QP to the error state; the device flushes its requests at any
// time from then on, also between that call and rdma_destroy_qp. What was flushed by then
// stays in the completion queue and points to the request.
// Fixed: what the completion queue holds when the QP is gone is taken before the free.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

struct Request {
  int completions = 0;
};

class DestroysThenPolls final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void handle(const rdma_cm_event& event, std::uint64_t) override {
    if (ends_connection(event)) gone_ = true;
  }

  void established() override {
    request_ = new Request;
    link_.post_receive(reinterpret_cast<std::uintptr_t>(request_));
  }

  void disconnect(std::uint64_t) override {
    if (!gone_) rdma_disconnect(link_.id);
    rdma_destroy_qp(link_.id);
    if (fixed_) take_completions();
    delete request_;
    destroyed_ = true;
  }

  void poll_work(std::uint64_t) override {
    take_completions();
    if (destroyed_) finish();
  }

  void take_completions() {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1)
      ++reinterpret_cast<Request*>(completion.wr_id)->completions;
  }

  Request* request_ = nullptr;
  bool destroyed_ = false;
};

}  // namespace

const Registered destroys_then_polls{{
    .name = "destroys-then-polls",
    .sentence =
        "the QP is destroyed and its request freed at once, and a completion that was flushed before is polled later",
    .history = "Ceph's messenger over RDMA, 2018, and many others: a QP is destroyed before it is drained",
    .link = "https://github.com/ceph/ceph/pull/25447",
    .make = [](bool fixed) -> sim::Program* { return new DestroysThenPolls(fixed); },
    .reports = {.handling = true, .teardowns = true},
    .caught_by = "no-use-after-destroy",
}};

}  // namespace qpcheck::zoo
