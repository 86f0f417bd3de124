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

TEST_CASE("destroying a QP takes its work along, its completions go or stay, as the provider likes") {
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
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  bench.run([&] {
    bench.app.cq = ibv_create_cq(device_context(0), 4, nullptr, nullptr, 0);
    attributes.send_cq = attributes.recv_cq = bench.app.cq;
    early = rdma_create_qp(bench.app.id, device_pd(0), &attributes);
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

TEST_CASE("a connected queue pair is an RC one") {
  Connecting bench;
  bench.until_route_resolved();
  std::array<int, 2> results{};
  bench.run([&] {
    ibv_qp_init_attr attributes{};
    attributes.cap = {1, 1, 1, 1, 0};
    for (const ibv_qp_type type : {IBV_QPT_UD, IBV_QPT_RC}) {
      attributes.qp_type = type;
      results[type == IBV_QPT_RC ? 1 : 0] = rdma_create_qp(bench.app.id, nullptr, &attributes);
    }
  });
  CHECK(results == std::array<int, 2>{-1, 0});
}

TEST_CASE("memory is registered by the macro of verbs.h and by both functions under it") {
  Connecting bench;
  char buffer[8];
  std::array<ibv_mr, 2> made{};
  volatile int access = IBV_ACCESS_LOCAL_WRITE;
  bench.run([&] {
    ibv_pd* const pd = ibv_alloc_pd(device_context(0));
    ibv_mr* const constant = ibv_reg_mr(pd, buffer, sizeof(buffer), IBV_ACCESS_LOCAL_WRITE);
    ibv_mr* const variable = ibv_reg_mr(pd, buffer, sizeof(buffer), access);
    made = {*constant, *variable};
    for (ibv_mr* const mr : {constant, variable}) ibv_dereg_mr(mr);
    ibv_dealloc_pd(pd);
  });
  for (const ibv_mr& mr : made) {
    CHECK(mr.addr == buffer);
    CHECK(mr.length == sizeof(buffer));
    CHECK(mr.lkey == mr.rkey);
  }
  CHECK(made[0].lkey != made[1].lkey);
}

TEST_CASE("sends complete on the send CQ, and receives on the receive CQ") {
  Working bench;
  bench.until_established();
  ibv_cq* receive_cq = nullptr;
  bench.run([&] {
    receive_cq = ibv_create_cq(device_context(0), 4, nullptr, nullptr, 0);
    rdma_destroy_qp(bench.app.id);
    ibv_qp_init_attr attributes{};
    attributes.send_cq = bench.app.cq;
    attributes.recv_cq = receive_cq;
    attributes.qp_type = IBV_QPT_RC;
    attributes.cap = {4, 4, 1, 1, 0};
    attributes.sq_sig_all = 1;
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

// A QP with these attributes, on the bench's established connection.
int another_qp(Working& bench, ibv_qp_init_attr attributes) {
  int result = -2;
  attributes.qp_type = IBV_QPT_RC;
  bench.run([&] {
    if (bench.app.id->qp != nullptr) rdma_destroy_qp(bench.app.id);
    result = rdma_create_qp(bench.app.id, bench.app.pd, &attributes);
  });
  return result;
}

TEST_CASE("a QP without CQs gets its own from librdmacm, which go with it") {
  Working bench;
  bench.until_established();
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  attributes.send_cq = bench.app.cq;
  attributes.cap = {1, 2, 1, 1, 0};
  CHECK(another_qp(bench, attributes) == 0);
  REQUIRE(bench.app.id->recv_cq != nullptr);
  CHECK(bench.app.id->recv_cq->cqe == 2);
  CHECK(bench.app.id->qp->recv_cq == bench.app.id->recv_cq);
  CHECK(bench.app.id->send_cq == nullptr);  // the program's own is not the id's
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  CHECK(bench.app.id->recv_cq == nullptr);
  int again = -2;
  bench.run([&] { again = ibv_destroy_cq(bench.app.cq); });
  CHECK(again == 0);
}

TEST_CASE("a QP on a CQ that is destroyed is a use after its destruction") {
  Working bench;
  bench.until_established();
  bench.run([&] { rdma_destroy_qp(bench.app.id), ibv_destroy_cq(bench.app.cq); });
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  attributes.send_cq = attributes.recv_cq = bench.app.cq;
  another_qp(bench, attributes);
  CHECK(bench.why() == "rdma_create_qp with a CQ that is destroyed or was never created");
}

TEST_CASE("a queue takes as many requests as the QP was made for") {
  Working bench;
  bench.until_established();
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  attributes.send_cq = attributes.recv_cq = bench.app.cq;
  attributes.cap = {1, 2, 1, 1, 0};
  CHECK(another_qp(bench, attributes) == 0);
  CHECK(bench.receive(1) == 0);
  CHECK(bench.receive(2) == 0);
  CHECK(bench.receive(3) == ENOMEM);
}

TEST_CASE("more requests than the simulator keeps are no fault of the program") {
  Working bench;
  bench.until_established();
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  attributes.send_cq = attributes.recv_cq = bench.app.cq;
  attributes.cap = {16, 16, 1, 1, 0};
  CHECK(another_qp(bench, attributes) == 0);
  for (std::uint64_t request = 0; request < 4; ++request) CHECK(bench.receive(request) == 0);
  CHECK(bench.run([&] { post_receive(bench.app.id->qp, 4); }) == StepEnd::beyond);
  CHECK(bench.why() == "more work requests on one queue than the simulator keeps (4)");
}

TEST_CASE("a send that is not signaled completes in silence, unless it fails") {
  const auto completions = [](bool fails) {
    Working bench;
    bench.until_requested();
    ibv_qp_init_attr attributes{};
    attributes.qp_type = IBV_QPT_RC;
    attributes.send_cq = attributes.recv_cq = bench.app.cq;
    attributes.cap = {4, 4, 1, 1, 0};
    REQUIRE(another_qp(bench, attributes) == 0);
    bench.take("deliver REQ id0 at target");
    bench.take("target accepts id0");
    bench.take("deliver REP id0");
    REQUIRE(bench.next() == told(qpcheck::model::Event::established));
    bench.take("deliver RTU id0 at target");
    ibv_send_wr silent{}, signaled{}, *rejected = nullptr;
    silent.opcode = signaled.opcode = IBV_WR_SEND;
    silent.wr_id = 5;
    silent.next = &signaled;
    signaled.wr_id = 6;
    signaled.send_flags = IBV_SEND_SIGNALED;
    bench.run([&] { ibv_post_send(bench.app.id->qp, &silent, &rejected); });
    if (fails) bench.disconnect();
    bench.settle();
    return bench.poll();
  };
  CHECK(completions(false) == std::vector<std::string>{"6 success"});
  CHECK(completions(true) == std::vector<std::string>{"5 Work Request Flushed Error", "6 Work Request Flushed Error"});
}

TEST_CASE("a CQ that overflows loses what comes, says so, and its QP fails") {
  Working bench;
  bench.until_established();
  ibv_async_event told{};
  bench.run([&] {
    fcntl(bench.app.id->verbs->async_fd, F_SETFL, O_NONBLOCK);
    ibv_cq* const small = ibv_create_cq(bench.app.id->verbs, 1, nullptr, nullptr, 0);
    rdma_destroy_qp(bench.app.id);
    ibv_qp_init_attr attributes{};
    attributes.send_cq = bench.app.cq;
    attributes.recv_cq = small;
    attributes.qp_type = IBV_QPT_RC;
    attributes.cap = {4, 4, 1, 1, 0};
    rdma_create_qp(bench.app.id, bench.app.pd, &attributes);
    bench.app.cq = small;
  });
  bench.receive(1), bench.receive(2);
  bench.disconnect();
  bench.settle();
  bench.run([&] { ibv_get_async_event(bench.app.id->verbs, &told); });
  CHECK(told.event_type == IBV_EVENT_CQ_ERR);
  CHECK(told.element.cq == bench.app.cq);
  CHECK(bench.poll() == std::vector<std::string>{"1 Work Request Flushed Error"});
  CHECK(bench.poll().empty());
}

TEST_CASE("a CQ that is destroyed takes its completions with it") {
  Working bench;
  bench.until_established();
  bench.receive(1);
  bench.disconnect();
  bench.settle();
  CHECK(kernel().shared.completed == 1);
  bench.run([&] { rdma_destroy_qp(bench.app.id), ibv_destroy_cq(bench.app.cq); });
  CHECK(kernel().shared.completed == 0);
}

TEST_CASE("a device says which transport it is") {
  for (const auto& [transport, type] : {std::pair{qpcheck::model::Transport::ib, IBV_TRANSPORT_IB},
                                        std::pair{qpcheck::model::Transport::iw, IBV_TRANSPORT_IWARP}}) {
    const Bench bench(with({}, transport));
    CHECK(device_context(0)->device->transport_type == type);
    CHECK(device_context(0)->device->node_type == (type == IBV_TRANSPORT_IB ? IBV_NODE_CA : IBV_NODE_RNIC));
  }
}

TEST_CASE("an id knows the address that it connects to, and then its own, and its device") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(1); });
  const auto* const peer = reinterpret_cast<const sockaddr_in*>(rdma_get_peer_addr(bench.app.id));
  CHECK(peer->sin_family == AF_INET);
  CHECK(peer->sin_addr.s_addr == target_address(1));
  CHECK(rdma_get_src_port(bench.app.id) == 0);
  bench.settle();
  bench.next();
  const auto* const own = reinterpret_cast<const sockaddr_in*>(rdma_get_local_addr(bench.app.id));
  CHECK(own->sin_addr.s_addr == host_address(0));
  CHECK(rdma_get_src_port(bench.app.id) == own->sin_port);
  CHECK(bench.app.id->port_num == 1);
  CHECK(bench.app.id->pd == device_pd(0));
}
