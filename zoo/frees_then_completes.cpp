// A request that comes back with an error fails its connection, which frees the requests;
// the completion is then finished with the one that is gone.
//
// The call that fails a connection looks harmless in the error path of a completion, and
// what it frees is two calls further down. Fixed: the application has its request back
// before the connection is failed.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

struct Request {
  void (*done)(void* application, ibv_wc_status);
  void* application;
};

class FreesThenCompletes final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void established() override {
    request_ = new Request{
        [](void* application, ibv_wc_status) { static_cast<FreesThenCompletes*>(application)->returned_ = true; },
        this};
    if (link_.post_receive(reinterpret_cast<std::uintptr_t>(request_)) != 0) fail();
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) complete(completion);
  }

  void complete(const ibv_wc& completion) {
    const auto* const request = reinterpret_cast<const Request*>(completion.wr_id);
    const bool failed = completion.status != IBV_WC_SUCCESS;
    if (failed && !fixed_) fail();
    request->done(request->application, completion.status);
    if (failed && fixed_) fail();
  }

  void fail() {
    rdma_disconnect(link_.id);  // changes nothing where the connection has ended already
    free_requests();
  }

  void disconnect(std::uint64_t now_ms) override {
    if (gone_) return finish();
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
  }

  void closed() override { free_requests(); }

  void free_requests() {
    delete request_;
    request_ = nullptr;
  }

  Request* request_ = nullptr;
  bool returned_ = false;
};

}  // namespace

const Registered frees_then_completes{{
    .name = "frees-then-completes",
    .sentence =
        "a request that comes back with an error fails its connection, which frees the request; then it is completed",
    .history = "SPDK's NVMe host over RDMA, reported in 2026: the error path of a completion fails the qpair, which "
               "frees its requests, and goes on to "
               "read the request",
    .link = "https://github.com/spdk/spdk/issues/3830",
    .make = [](bool fixed) -> sim::Program* { return new FreesThenCompletes(fixed); },
    .reports = one_connection_reports,
    .caught_by = "no-crash",
}};

}  // namespace qpcheck::zoo
