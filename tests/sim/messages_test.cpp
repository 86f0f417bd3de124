// What a message holds, and which device a connection uses.
#include "sim/arena.hpp"
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;

namespace {

using Texts = std::vector<std::string>;

struct Message {
  std::byte sent[4], received[4];
};

int post(ibv_qp* qp, std::byte* place, std::uint32_t bytes, std::uint32_t key, bool send, unsigned flags = 0) {
  ibv_sge piece{reinterpret_cast<std::uint64_t>(place), bytes, key};
  ibv_send_wr out{}, *bad_out = nullptr;
  out.opcode = IBV_WR_SEND;
  ibv_recv_wr in{}, *bad_in = nullptr;
  out.sg_list = in.sg_list = &piece;
  out.num_sge = in.num_sge = 1;
  out.send_flags = flags;
  return send ? ibv_post_send(qp, &out, &bad_out) : ibv_post_recv(qp, &in, &bad_in);
}

// A QP that takes so much, in place of the first.
void remake_qp(Program& app, ibv_qp_cap cap) {
  rdma_destroy_qp(app.id);
  ibv_qp_init_attr attributes{};
  attributes.qp_type = IBV_QPT_RC;
  attributes.send_cq = attributes.recv_cq = app.cq;
  attributes.cap = cap;
  rdma_create_qp(app.id, app.pd, &attributes);
  kernel().shared.slots[0].qp = QpState::rts;
}

// What a message and its receive complete with, of memory that is registered like this.
struct Served {
  ibv_wc_status send, receive;
  bool operator==(const Served&) const = default;
};
enum class Memory { registered, half, read_only, deregistered, on_other_device, in_other_pd, unknown_key };

Served served(Memory memory) {
  MachineSettings settings;
  settings.devices = 2;
  Working bench(settings);
  bench.until_established();
  std::array<ibv_wc, 2> wc{};
  int polled = 0;
  bench.run([&] {
    auto* const message = new Message{};
    const std::size_t bytes = memory == Memory::half ? sizeof(message->sent) : sizeof(Message);
    const bool other = memory == Memory::on_other_device || memory == Memory::in_other_pd;
    ibv_pd* const pd = other ? ibv_alloc_pd(device_context(memory == Memory::on_other_device ? 1 : 0)) : bench.app.pd;
    ibv_mr* const mr = ibv_reg_mr(pd, message, bytes, memory == Memory::read_only ? 0 : IBV_ACCESS_LOCAL_WRITE);
    const std::uint32_t key = memory == Memory::unknown_key ? 77 : mr->lkey;
    if (memory == Memory::deregistered) ibv_dereg_mr(mr);
    post(bench.app.id->qp, message->received, 4, key, false);
    post(bench.app.id->qp, message->sent, 3, key, true);
  });
  const bool serves = bench.offers("serve id0");
  if (serves) bench.take("serve id0");
  bench.run([&] { polled = ibv_poll_cq(bench.app.cq, 2, wc.data()); });
  const std::size_t stopped = bench.count_seen(qpcheck::model::Seen::message_stopped);
  CHECK(stopped == (polled == 2 && wc[1].status == IBV_WC_SUCCESS ? 0u : 1u));
  CHECK(bench.slot().qp == (stopped == 0 ? QpState::rts : QpState::error));
  return {wc[0].status, polled == 2 ? wc[1].status : IBV_WC_GENERAL_ERR};
}

constexpr Served unreadable{IBV_WC_LOC_PROT_ERR, IBV_WC_GENERAL_ERR}, unwritable{IBV_WC_SUCCESS, IBV_WC_LOC_PROT_ERR};

}  // namespace

TEST_CASE("a device reads and writes memory that is registered for it, and no other") {
  CHECK(served(Memory::registered) == Served{IBV_WC_SUCCESS, IBV_WC_SUCCESS});
  CHECK(served(Memory::half) == unwritable);
  CHECK(served(Memory::read_only) == unwritable);
  CHECK(served(Memory::deregistered) == unreadable);
  CHECK(served(Memory::on_other_device) == unreadable);
  CHECK(served(Memory::in_other_pd) == unreadable);
  CHECK(served(Memory::unknown_key) == unreadable);
}

TEST_CASE("what is sent inline needs no key, and is no longer than the QP takes") {
  Working bench;
  bench.until_established();
  std::array<int, 2> results{};
  bench.run([&] {
    remake_qp(bench.app, {4, 4, 1, 1, 3});
    auto* const message = new Message{};
    for (const std::uint32_t bytes : {3u, 4u})
      results[bytes - 3] = post(bench.app.id->qp, message->sent, bytes, 0, true, IBV_SEND_INLINE);
  });
  CHECK(results == std::array<int, 2>{0, EINVAL});
  bench.take("serve id0");
  CHECK(bench.slot().qp == QpState::rts);
}

TEST_CASE("a request has no more pieces than its queue pair was made for") {
  Working bench;
  bench.until_established();
  std::array<int, 2> results{};
  bench.run([&] {
    remake_qp(bench.app, {4, 4, 0, 0, 0});
    auto* const message = new Message{};
    for (const bool send : {false, true}) results[send ? 1 : 0] = post(bench.app.id->qp, message->sent, 1, 0, send);
  });
  CHECK(results == std::array<int, 2>{EINVAL, EINVAL});
}

TEST_CASE("what is no message is acknowledged, and not answered") {
  Working bench;
  bench.until_established();
  bench.receive(7);
  bench.run([&] {
    ibv_send_wr request{}, *rejected = nullptr;
    request.wr_id = 8;
    request.opcode = IBV_WR_RDMA_WRITE;
    request.send_flags = IBV_SEND_SIGNALED;
    ibv_post_send(bench.app.id->qp, &request, &rejected);
  });
  bench.take("serve id0");
  CHECK(bench.poll() == Texts{"8 success"});
}

TEST_CASE("a message that is sent from the memory of a posted receive is at risk") {
  for (const bool shared : {false, true}) {
    Working bench;
    bench.until_established();
    bench.run([&] {
      auto* const message = new Message{};
      ibv_mr* const mr = ibv_reg_mr(bench.app.pd, message, sizeof(Message), IBV_ACCESS_LOCAL_WRITE);
      post(bench.app.id->qp, message->received, 4, mr->lkey, false);
      post(bench.app.id->qp, shared ? message->received + 3 : message->sent + 3, 1, mr->lkey, true);
    });
    bench.take("serve id0");
    CHECK(bench.count_seen(qpcheck::model::Seen::message_stopped) == (shared ? 1 : 0));
  }
}

TEST_CASE("the memory of a posted receive is the device's") {
  Working bench;
  bench.until_established();
  std::byte held{};
  bench.run([&] {
    auto* const message = new Message{};
    post(bench.app.id->qp, message->received, 4, 0, false);
    held = message->received[0];
  });
  CHECK(held == fresh);
}

TEST_CASE("a protection domain stays while memory or a queue pair is in it") {
  Working bench;
  bench.until_established();
  std::vector<int> results;
  ibv_pd* other = nullptr;
  bench.run([&] {
    other = ibv_alloc_pd(bench.app.id->verbs);
    ibv_mr* const mr = ibv_reg_mr(other, new std::byte[8], 8, 0);
    results = {ibv_dealloc_pd(bench.app.pd), ibv_dealloc_pd(other)};
    ibv_dereg_mr(mr);
    results.push_back(ibv_dealloc_pd(other));
    rdma_destroy_qp(bench.app.id);
    results.push_back(ibv_dealloc_pd(bench.app.pd));
  });
  CHECK(results == std::vector<int>{EBUSY, EBUSY, 0, 0});
  CHECK(bench.run([&] { ibv_dealloc_pd(other); }) == StepEnd::misuse);
  CHECK(bench.run([&] { ibv_reg_mr(other, &results, 8, 0); }) == StepEnd::misuse);
  CHECK(bench.run([&] { bench.app.create_qp(); }) == StepEnd::misuse);  // in the one that is gone
}

TEST_CASE("memory that is registered is the program's until it is deregistered, once") {
  Working bench;
  bench.until_established();
  std::byte* memory = nullptr;
  ibv_mr* mr = nullptr;
  std::uint32_t held = 0;
  CHECK(bench.run([&] {
    memory = new std::byte[8];
    held = kernel().handles.program_holds;
    mr = ibv_reg_mr(bench.app.pd, memory, 8, 0);
    held = kernel().handles.program_holds - held;
  }) == StepEnd::completed);
  CHECK(held == 1);
  CHECK(bench.run([&] { ibv_dereg_mr(mr); }) == StepEnd::completed);
  CHECK(bench.run([&] { ibv_dereg_mr(mr); }) == StepEnd::misuse);
  CHECK(bench.run([&] {
    for (int i = 0; i < 9; ++i) ibv_reg_mr(bench.app.pd, memory, 8, 0);
  }) == StepEnd::beyond);
}

TEST_CASE("the target's answer is the bytes that were sent, as they are when the message is served") {
  for (const std::uint32_t room : {4u, 2u}) {
    Working bench;
    bench.until_established();
    Message* message = nullptr;
    bench.run([&] {
      message = new Message{};
      ibv_mr* const mr = ibv_reg_mr(bench.app.pd, message, sizeof(Message), IBV_ACCESS_LOCAL_WRITE);
      post(bench.app.id->qp, message->received, room, mr->lkey, false);
      post(bench.app.id->qp, message->sent, 3, mr->lkey, true);
      message->sent[2] = std::byte{9};
    });
    bench.take("serve id0");
    std::array<ibv_wc, 2> wc{};
    bench.run([&] { ibv_poll_cq(bench.app.cq, 2, wc.data()); });
    const bool fits = room >= 3;
    CHECK(wc[1].status == (fits ? IBV_WC_SUCCESS : IBV_WC_LOC_LEN_ERR));
    CHECK(wc[1].byte_len == (fits ? 3u : 0u));
    CHECK(message->received[2] == (fits ? std::byte{9} : std::byte{0}));
    CHECK(message->received[3] == (fits ? fresh : std::byte{0}));
    CHECK(bench.slot().qp == (fits ? QpState::rts : QpState::error));
    const auto stopped =
        std::ranges::find(bench.seen, qpcheck::model::Seen::message_stopped, &qpcheck::model::Observation::kind);
    if (!fits)
      CHECK(static_cast<qpcheck::model::Stopped>(stopped->status) == qpcheck::model::Stopped::receive_too_short);
  }
}

TEST_CASE("an answer that finds no receive is lost, and seen") {
  Working bench;
  bench.until_established();
  bench.send(8);
  bench.take("serve id0");
  CHECK(bench.poll() == Texts{"8 success"});
  CHECK(bench.count_seen(qpcheck::model::Seen::message_stopped) == 1);
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
    attributes.qp_type = IBV_QPT_RC;
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
