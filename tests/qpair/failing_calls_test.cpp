#include <algorithm>
#include <cerrno>

#include "tests/qpair/machine.hpp"

// The n-th call fails, for every n: whatever refuses, all comes down and nothing is
// left. The linker puts these wrappers between the library and the simulator.

using namespace qpcheck::test;
using qpair::Teardown;

namespace {

int calls = 0, failing = 0;
const char* failed_call = "";

// Whether this call is the one to fail.
bool fails(const char* name) {
  if (++calls != failing) return false;
  failed_call = name;
  errno = ENOMEM;
  return true;
}

decltype(ibv_context_ops::post_send) real_post_send = nullptr;
decltype(ibv_context_ops::post_recv) real_post_receive = nullptr;

int failing_post_send(ibv_qp* qp, ibv_send_wr* request, ibv_send_wr** rejected) {
  return fails("ibv_post_send") ? ENOMEM : real_post_send(qp, request, rejected);
}
int failing_post_receive(ibv_qp* qp, ibv_recv_wr* request, ibv_recv_wr** rejected) {
  return fails("ibv_post_recv") ? ENOMEM : real_post_receive(qp, request, rejected);
}

// The inline calls go through the device's table.
class FailingPosts {
 public:
  FailingPosts() : ops_(qpcheck::sim::device_context(0)->ops) {
    real_post_send = ops_.post_send;
    real_post_receive = ops_.post_recv;
    ops_.post_send = failing_post_send;
    ops_.post_recv = failing_post_receive;
  }
  ~FailingPosts() {
    ops_.post_send = real_post_send;
    ops_.post_recv = real_post_receive;
  }

 private:
  ibv_context_ops& ops_;
};

// Connect, send, receive, reset, shut down, with the n-th call failing. Returns what it was.
std::string run_with_failure(const qpair::Options& options, int nth) {
  const FailingPosts posts;
  failed_call = "";
  failing = 0;
  Machine machine(options);
  calls = 0;
  failing = nth;
  machine.program([&] { machine.controller().connect(0); });
  machine.settle_with_time();
  CHECK_FALSE(machine.controller().busy());
  CHECK(machine.controller().succeeded() == std::string(failed_call).empty());
  if (machine.controller().succeeded()) {
    machine.send(0, 1);
    machine.settle();
    machine.program([&] { machine.controller().reset(machine.now()); });
    machine.settle_with_time();
    CHECK_FALSE(machine.controller().busy());
  }
  machine.program([&] { machine.controller().shutdown(machine.now()); });
  machine.settle_with_time();
  for (std::uint32_t i = 0; i < 2; ++i) CHECK(machine.at(i).finished());
  CHECK(machine.count("fetched") == machine.count("acknowledged"));
  if (std::string(failed_call) != "ibv_modify_qp") CHECK(machine.count("QP not in error") == 0);
  machine.destroy_controller();
  CHECK(left_over(machine.kernel()) == 0);
  failing = 0;
  const std::string name = failed_call;
  if (!name.empty() && name != "ibv_post_send" &&
      name != "ibv_modify_qp")  // send() returns it; the QP is destroyed anyway
    CHECK(machine.count(name + " failed: " + std::to_string(ENOMEM)) == 1);
  return name;
}

}  // namespace

extern "C" {

int __real_rdma_create_id(rdma_event_channel*, rdma_cm_id**, void*, rdma_port_space);
int __wrap_rdma_create_id(rdma_event_channel* channel, rdma_cm_id** id, void* context, rdma_port_space ps) {
  return fails("rdma_create_id") ? -1 : __real_rdma_create_id(channel, id, context, ps);
}
int __real_rdma_resolve_addr(rdma_cm_id*, sockaddr*, sockaddr*, int);
int __wrap_rdma_resolve_addr(rdma_cm_id* id, sockaddr* from, sockaddr* to, int ms) {
  return fails("rdma_resolve_addr") ? -1 : __real_rdma_resolve_addr(id, from, to, ms);
}
int __real_rdma_resolve_route(rdma_cm_id*, int);
int __wrap_rdma_resolve_route(rdma_cm_id* id, int ms) {
  return fails("rdma_resolve_route") ? -1 : __real_rdma_resolve_route(id, ms);
}
int __real_rdma_create_qp(rdma_cm_id*, ibv_pd*, ibv_qp_init_attr*);
int __wrap_rdma_create_qp(rdma_cm_id* id, ibv_pd* pd, ibv_qp_init_attr* attributes) {
  return fails("rdma_create_qp") ? -1 : __real_rdma_create_qp(id, pd, attributes);
}
int __real_rdma_connect(rdma_cm_id*, rdma_conn_param*);
int __wrap_rdma_connect(rdma_cm_id* id, rdma_conn_param* parameters) {
  return fails("rdma_connect") ? -1 : __real_rdma_connect(id, parameters);
}
int __real_rdma_disconnect(rdma_cm_id*);
int __wrap_rdma_disconnect(rdma_cm_id* id) { return fails("rdma_disconnect") ? -1 : __real_rdma_disconnect(id); }
int __real_ibv_modify_qp(ibv_qp*, ibv_qp_attr*, int);
int __wrap_ibv_modify_qp(ibv_qp* qp, ibv_qp_attr* attributes, int mask) {
  return fails("ibv_modify_qp") ? ENOMEM : __real_ibv_modify_qp(qp, attributes, mask);
}
ibv_pd* __real_ibv_alloc_pd(ibv_context*);
ibv_pd* __wrap_ibv_alloc_pd(ibv_context* context) {
  return fails("ibv_alloc_pd") ? nullptr : __real_ibv_alloc_pd(context);
}
ibv_mr* __real_ibv_reg_mr(ibv_pd*, void*, std::size_t, int);
ibv_mr* __wrap_ibv_reg_mr(ibv_pd* pd, void* place, std::size_t bytes, int access) {
  return fails("ibv_reg_mr") ? nullptr : __real_ibv_reg_mr(pd, place, bytes, access);
}
ibv_cq* __real_ibv_create_cq(ibv_context*, int, void*, ibv_comp_channel*, int);
ibv_cq* __wrap_ibv_create_cq(ibv_context* context, int entries, void* cq_context, ibv_comp_channel* channel,
                             int vector) {
  return fails("ibv_create_cq") ? nullptr : __real_ibv_create_cq(context, entries, cq_context, channel, vector);
}

}  // extern "C"

TEST_CASE("whichever call fails, everything comes down and nothing is left") {
  for (const auto teardown : all_teardowns) for (const auto queues : all_completion_queues) {
    Journal failed;
    for (int nth = 1;; ++nth) {
      CAPTURE(static_cast<int>(teardown), static_cast<int>(queues), nth);
      qpair::Options chosen = options(teardown);
      chosen.completion_queues = queues;
      const std::string name = run_with_failure(chosen, nth);
      if (name.empty()) break;
      failed.push_back(name);
    }
    for (const char* const name :
         {"rdma_create_id", "rdma_resolve_addr", "rdma_resolve_route", "rdma_create_qp", "rdma_connect",
          "rdma_disconnect", "ibv_alloc_pd", "ibv_reg_mr", "ibv_create_cq", "ibv_post_recv", "ibv_post_send"}) {
      CAPTURE(name);
      CHECK(std::ranges::find(failed, name) != failed.end());
    }
    CHECK(std::ranges::count(failed, "ibv_create_cq") == (queues == qpair::CompletionQueues::shared ? 1 : 2));
  }
}

TEST_CASE("when rdma_disconnect fails, settled does not wait for what nobody was asked for") {
  Machine machine(options());
  machine.connect_all();
  calls = 0;
  failing = 1;
  machine.disconnect(0);
  failing = 0;
  CHECK(std::string(failed_call) == "rdma_disconnect");
  machine.settle();
  CHECK(machine.at(0).finished());
  CHECK(machine.count("waits") == 0);
  CHECK(machine.now() == 0);
  machine.program([&] { machine.controller().shutdown(0); });
  machine.settle();
  CHECK(left_over(machine.kernel()) == 2);
}
