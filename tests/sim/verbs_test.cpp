// Work requests and completions, and the inline calls of verbs.h.
#include <array>

#include "sim/arena.hpp"
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Seen;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a send is served by a living target, whose answer fills a receive") {
  Working bench;
  bench.until_established();
  CHECK(bench.receive(7) == 0);
  CHECK(bench.send(8) == 0);
  CHECK(bench.offered() == Texts{"serve id0"});
  CHECK(bench.poll().empty());
  bench.take("serve id0");
  CHECK(bench.poll(1) == Texts{"8 success"});
  CHECK(bench.poll() == Texts{"7 success"});
  CHECK(bench.poll().empty());
}

TEST_CASE("a send to a dead target is lost: retries exceeded, and the QP is in error") {
  Working bench(one_kill);
  bench.until_established();
  bench.send(1);
  bench.take("kill target");
  CHECK_FALSE(bench.offers("serve id0"));
  bench.take("lose send id0");
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.poll() == Texts{"1 transport retry counter exceeded"});
  CHECK(kernel().shared.queued == 0);  // no CM event by a QP's error
}

TEST_CASE("a QP in error flushes each of its queues in order, one request at a time, and neither waits for the other") {
  Working bench;
  bench.until_established();
  for (const std::uint64_t id : {1u, 2u, 3u}) bench.receive(id);
  bench.send(4);
  CHECK_FALSE(bench.offers("flush receive id0"));
  CHECK_FALSE(bench.offers("flush send id0"));
  bench.disconnect();
  bench.take("flush receive id0");
  CHECK(bench.poll() == Texts{"1 Work Request Flushed Error"});
  bench.take("flush receive id0");
  bench.take("flush send id0");
  CHECK(bench.poll() == Texts{"2 Work Request Flushed Error", "4 Work Request Flushed Error"});
  CHECK_FALSE(bench.offers("flush send id0"));
  bench.take("flush receive id0");
  CHECK(bench.poll() == Texts{"3 Work Request Flushed Error"});
  CHECK_FALSE(bench.offers("flush receive id0"));
}

TEST_CASE("DISCONNECTED flushes nothing: the QP is moved by the program") {
  Working bench(one_kill);
  bench.until_established();
  bench.receive(1);
  bench.take("kill target");
  bench.take("deliver DREQ id0");
  bench.next();
  CHECK_FALSE(bench.offers("flush receive id0"));
  int result = -1;
  bench.run([&] {
    ibv_qp_attr attributes{};
    attributes.qp_state = IBV_QPS_ERR;
    result = ibv_modify_qp(bench.app.id->qp, &attributes, IBV_QP_STATE);
  });
  CHECK(result == 0);
  CHECK(bench.offers("flush receive id0"));
}

TEST_CASE("work posted to a QP in error is accepted and flushed") {
  Working bench;
  bench.until_established();
  bench.disconnect();
  CHECK(bench.send(1) == 0);
  CHECK(bench.receive(2) == 0);
  bench.take("flush send id0");
  bench.take("flush receive id0");
  CHECK(bench.poll().size() == 2);
}

TEST_CASE("receives are posted before the connection is up, sends are not") {
  Working bench;
  bench.until_requested();
  CHECK(bench.receive(1) == 0);
  CHECK(bench.send(2) == EINVAL);
}

TEST_CASE("a queue of a QP has room for so many requests, and then ENOMEM") {
  Working bench;
  bench.until_established();
  for (std::size_t i = 0; i < max_posted; ++i) CHECK(bench.receive(i) == 0);
  CHECK(bench.receive(99) == ENOMEM);
}

TEST_CASE("a list of requests is posted up to the first that does not fit, and bad names it") {
  Working bench;
  bench.until_established();
  std::array<ibv_recv_wr, max_posted + 1> requests{};
  for (std::size_t i = 0; i < max_posted; ++i) requests[i].next = &requests[i + 1];
  ibv_recv_wr* bad = nullptr;
  int result = 0;
  bench.run([&] { result = ibv_post_recv(bench.app.id->qp, requests.data(), &bad); });
  CHECK(result == ENOMEM);
  CHECK(bad == &requests.back());
  CHECK(bench.slot().receives == max_posted);
}

TEST_CASE("destroying a QP takes its work along; its completions go or stay, as the provider likes") {
  Working bench;
  bench.until_established();
  bench.receive(1);
  bench.disconnect();
  bench.take("flush receive id0");
  REQUIRE(kernel().shared.completed == 1);
  CHECK_FALSE(bench.offers("purge completions id0"));
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  CHECK(bench.slot().receives == 0);
  const Kernel before = kernel();
  CHECK(bench.poll().size() == 1);
  kernel() = before;
  bench.take("purge completions id0");
  CHECK(bench.poll().empty());
}

TEST_CASE("a completion is seen when it is polled, with its slot and status") {
  Working bench;
  bench.until_established();
  bench.receive(1);
  bench.disconnect();
  bench.take("flush receive id0");
  bench.seen.clear();
  bench.poll();
  REQUIRE(bench.count_seen(Seen::completion) == 1);
  CHECK(bench.seen[0].status == IBV_WC_WR_FLUSH_ERR);
  CHECK(std::string(bench.seen[0].text) == "receive");
  CHECK(bench.seen[0].slot == 0);
}

TEST_CASE("a QP is created once, with a CQ, after ADDR_RESOLVED") {
  Connecting bench;
  int early = 0, first = -1, second = 0;
  bench.run([&] {
    bench.app.cq = ibv_create_cq(device_context(), 4, nullptr, nullptr, 0),
    early = bench.app.create_qp();
  });
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  bench.next();
  bench.run([&] { first = bench.app.create_qp(), second = bench.app.create_qp(); });
  CHECK(early == -1);
  CHECK(first == 0);
  CHECK(second == -1);
  CHECK(bench.app.id->qp->qp_num == queue_pair_number(0));
}

TEST_CASE("memory is registered by the macro of verbs.h and by both functions under it") {
  Connecting bench;
  char buffer[8];
  ibv_mr *constant = nullptr, *variable = nullptr;
  volatile int access = IBV_ACCESS_LOCAL_WRITE;
  bench.run([&] {
    ibv_pd* const pd = ibv_alloc_pd(device_context());
    constant = ibv_reg_mr(pd, buffer, sizeof(buffer), IBV_ACCESS_LOCAL_WRITE);
    variable = ibv_reg_mr(pd, buffer, sizeof(buffer), access);
    ibv_dereg_mr(constant);
    ibv_dealloc_pd(pd);
  });
  REQUIRE(constant != nullptr);
  CHECK(constant == variable);
  CHECK(constant->lkey == 1);
  CHECK_FALSE(Arena::get().contains(constant));
}

TEST_CASE("sends complete on the send CQ, and receives on the receive CQ") {
  Working bench;
  bench.until_established();
  ibv_cq* receive_cq = nullptr;
  bench.run([&] {
    receive_cq = ibv_create_cq(device_context(), 4, nullptr, nullptr, 0);
    rdma_destroy_qp(bench.app.id);
    ibv_qp_init_attr attributes{};
    attributes.send_cq = bench.app.cq;
    attributes.recv_cq = receive_cq;
    attributes.qp_type = IBV_QPT_RC;
    rdma_create_qp(bench.app.id, bench.app.pd, &attributes);
  });
  CHECK(bench.receive(7) == 0);
  CHECK(bench.disconnect() == 0);
  bench.take("flush receive id0");
  CHECK(bench.poll().empty());
  int busy = 0;
  bench.run([&] { busy = ibv_destroy_cq(receive_cq); });
  CHECK(busy == EBUSY);
  bench.app.cq = receive_cq;
  CHECK(bench.poll() == std::vector<std::string>{"7 Work Request Flushed Error"});
}

TEST_CASE("a QP needs CQs that are there, for sends and for receives") {
  Working bench;
  bench.until_established();
  int result = 0;
  bench.run([&] {
    rdma_destroy_qp(bench.app.id);
    ibv_qp_init_attr attributes{};
    attributes.send_cq = bench.app.cq;
    attributes.qp_type = IBV_QPT_RC;
    result = rdma_create_qp(bench.app.id, bench.app.pd, &attributes);
  });
  CHECK(result == -1);
}

TEST_CASE("a device says which transport it is") {
  for (const auto& [transport, type] : {std::pair{qpcheck::model::Transport::ib, IBV_TRANSPORT_IB}, std::pair{qpcheck::model::Transport::iw, IBV_TRANSPORT_IWARP}}) {
    const Bench bench(with({}, transport));
    CHECK(device_context()->device->transport_type == type);
    CHECK(device_context()->device->node_type == (type == IBV_TRANSPORT_IB ? IBV_NODE_CA : IBV_NODE_RNIC));
  }
}

TEST_CASE("an id knows the address that it connects to") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(1); });
  const auto* const peer = reinterpret_cast<const sockaddr_in*>(rdma_get_peer_addr(bench.app.id));
  CHECK(peer->sin_family == AF_INET);
  CHECK(peer->sin_addr.s_addr == target_address(1));
}
