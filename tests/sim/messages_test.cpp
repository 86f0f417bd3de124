// What a message holds, and which device a connection uses.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the target's answer is the bytes that were sent, as they are when the message is served") {
  struct Message {
    std::byte sent[4], received[4];
  };
  const auto post = [](ibv_qp* qp, std::byte* place, std::uint32_t bytes, bool send) {
    ibv_sge piece{reinterpret_cast<std::uint64_t>(place), bytes, 1};
    ibv_send_wr out{}, *bad_out = nullptr;
    ibv_recv_wr in{}, *bad_in = nullptr;
    out.sg_list = in.sg_list = &piece;
    out.num_sge = in.num_sge = 1;
    send ? ibv_post_send(qp, &out, &bad_out) : ibv_post_recv(qp, &in, &bad_in);
  };
  for (const std::uint32_t room : {4u, 2u}) {
    Working bench;
    bench.until_established();
    Message* message = nullptr;
    bench.run([&] {
      message = new Message{};
      post(bench.app.id->qp, message->received, room, false);
      post(bench.app.id->qp, message->sent, 3, true);
      message->sent[2] = std::byte{9};
    });
    bench.take("serve id0");
    std::array<ibv_wc, 2> wc{};
    bench.run([&] { ibv_poll_cq(bench.app.cq, 2, wc.data()); });
    const bool fits = room >= 3;
    CHECK(wc[1].status == (fits ? IBV_WC_SUCCESS : IBV_WC_LOC_LEN_ERR));
    CHECK(wc[1].byte_len == (fits ? 3u : 0u));
    CHECK(message->received[2] == (fits ? std::byte{9} : std::byte{0}));
    CHECK(message->received[3] == std::byte{0});
    CHECK(bench.slot().qp == (fits ? QpState::rts : QpState::error));
  }
}

TEST_CASE("an answer that finds no receive is lost, and seen") {
  Working bench;
  bench.until_established();
  bench.send(8);
  bench.take("serve id0");
  CHECK(bench.poll() == Texts{"8 success"});
  CHECK(bench.count_seen(qpcheck::model::Seen::answer_unreceived) == 1);
}

TEST_CASE("with two devices the second target is reached by the second, and nothing of one is known to the other") {
  MachineSettings settings = with_many(Fault::remove, 2);
  settings.devices = 2;
  Connecting bench(settings);
  ibv_context *first = nullptr, *second = nullptr;
  int wrong_pd = 0, wrong_cq = 0, right = -1;
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_addr.s_addr = target_address(1);
  bench.run([&] { rdma_resolve_addr(bench.app.id, nullptr, reinterpret_cast<sockaddr*>(&there), 1000); });
  bench.take("resolve id0");
  bench.next();
  first = device_context(0), second = bench.app.id->verbs;
  CHECK(second == device_context(1));
  CHECK(std::string(second->device->name) == "sim1");
  bench.run([&] {
    ibv_qp_init_attr attributes{};
    attributes.cap = {1, 1, 1, 1, 0};
    attributes.send_cq = attributes.recv_cq = ibv_create_cq(second, 4, nullptr, nullptr, 0);
    wrong_pd = rdma_create_qp(bench.app.id, ibv_alloc_pd(first), &attributes);
    ibv_cq* const of_first = ibv_create_cq(first, 4, nullptr, nullptr, 0);
    attributes.recv_cq = of_first;
    wrong_cq = rdma_create_qp(bench.app.id, ibv_alloc_pd(second), &attributes);
    attributes.recv_cq = attributes.send_cq;
    right = rdma_create_qp(bench.app.id, ibv_alloc_pd(second), &attributes);
  });
  CHECK(wrong_pd == -1);
  CHECK(wrong_cq == -1);
  CHECK(right == 0);
  bench.take("remove device");
  CHECK(bench.next() == nothing);  // not the device of this id
  CHECK(bench.slot().excused == 0);
  bench.take("remove device 2");
  CHECK(bench.next() == told(qpcheck::model::Event::device_removal));
  CHECK(bench.run([&] { ibv_reg_mr(nullptr, &there, sizeof(there), 0); }) == StepEnd::misuse);
}
