// Calls that are not legal for their object end the step, with words for it.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Seen;

namespace {

// The step is a misuse with these words, seen once.
template <class Misused>
void check_misuse(Bench& bench, Misused&& program, const std::string& words) {
  bench.seen.clear();
  CHECK(bench.run(program) == StepEnd::misuse);
  CHECK(bench.why() == words);
  REQUIRE(bench.count_seen(Seen::misuse) == 1);
  CHECK(bench.seen.back().text == words);
}

// What the simulator lacks ends the step by name, and is not called the program's fault.
template <class Asking>
void check_beyond(Asking&& program, const std::string& words) {
  Connecting bench;
  CHECK(bench.run([&] { program(bench); }) == StepEnd::beyond);
  CHECK(bench.why() == words);
  CHECK(bench.count_seen(Seen::misuse) == 0);
}

struct Connected : Connecting {
  Connected() { until_established(); }
};

}  // namespace

TEST_CASE("a double acknowledgement is a misuse") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  check_misuse(
      bench, [&] { bench.app.next(), rdma_ack_cm_event(bench.app.held); },
      "rdma_ack_cm_event of an event that is acknowledged already or was never fetched");
}

TEST_CASE("a call on a destroyed id is a misuse") {
  Connected bench;
  bench.run([&] { bench.app.close(); });
  const std::string words = "a call on an rdma_cm_id that is destroyed or was never created";
  check_misuse(
      bench, [&] { rdma_disconnect(bench.app.id); }, words);
  check_misuse(
      bench, [&] { rdma_destroy_id(bench.app.id); }, words);
  check_misuse(
      bench, [&] { rdma_connect(bench.app.id, nullptr); }, words);
  check_misuse(
      bench, [&] { rdma_destroy_qp(bench.app.id); }, words);
}

TEST_CASE("a call on no id at all is a misuse") {
  Connecting bench;
  check_misuse(
      bench, [] { rdma_disconnect(nullptr); },
      "a call on an rdma_cm_id that is destroyed or was never created");
}

TEST_CASE("rdma_destroy_id of an id that has a QP is a misuse") {
  Connected bench;
  check_misuse(
      bench, [&] { rdma_destroy_id(bench.app.id); }, "rdma_destroy_id before rdma_destroy_qp");
}

TEST_CASE("rdma_destroy_qp of an id without a QP is a misuse") {
  Connected bench;
  check_misuse(
      bench, [&] { rdma_destroy_qp(bench.app.id), rdma_destroy_qp(bench.app.id); },
      "rdma_destroy_qp on an id without a QP");
}

TEST_CASE("ibv_modify_qp of a destroyed QP is a misuse") {
  Connected bench;
  check_misuse(
      bench,
      [&] {
        ibv_qp* const qp = bench.app.id->qp;
        rdma_destroy_qp(bench.app.id);
        ibv_qp_attr attributes{};
        attributes.qp_state = IBV_QPS_ERR;
        ibv_modify_qp(qp, &attributes, IBV_QP_STATE);
      },
      "a call on a QP that is destroyed or was never created");
}

TEST_CASE("a post on a destroyed QP reads freed memory: the step crashes, as a program would") {
  Connected bench;
  CHECK(bench.run([&] {
    ibv_qp* const qp = bench.app.id->qp;
    rdma_destroy_qp(bench.app.id);
    ibv_recv_wr request{}, *bad = nullptr;
    ibv_post_recv(qp, &request, &bad);
  }) == StepEnd::crashed);
}

TEST_CASE("a post on a copy of a QP, and a poll of a copy of a CQ, are misuses") {
  Connected bench;
  ibv_qp qp = *bench.app.id->qp;
  ibv_cq cq = *bench.app.cq;
  check_misuse(
      bench,
      [&] {
        ibv_send_wr request{}, *bad = nullptr;
        request.opcode = IBV_WR_SEND;
        ibv_post_send(&qp, &request, &bad);
      },
      "a call on a QP that is destroyed or was never created");
  check_misuse(
      bench,
      [&] {
        ibv_wc completion;
        ibv_poll_cq(&cq, 1, &completion);
      },
      "ibv_poll_cq on a CQ that is destroyed or was never created");
}

TEST_CASE("rdma_resolve_route before ADDR_RESOLVED was fetched is a misuse") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  check_misuse(
      bench, [&] { rdma_resolve_route(bench.app.id, 1000); },
      "rdma_resolve_route before ADDR_RESOLVED was fetched");
}

TEST_CASE("an event channel is destroyed after its ids, and not used after that") {
  Connecting bench;
  check_misuse(
      bench, [&] { rdma_destroy_event_channel(bench.app.channel); },
      "rdma_destroy_event_channel while an rdma_cm_id is on it");
  bench.run([&] { bench.app.close(), rdma_destroy_event_channel(bench.app.channel); });
  CHECK(kernel().shared.channel_open == 0);
  check_misuse(
      bench, [&] { bench.app.fetch(); },
      "rdma_get_cm_event on a channel that is destroyed or was never created");
  check_misuse(
      bench, [&] { rdma_destroy_event_channel(bench.app.channel); },
      "an event channel that is destroyed or was never created");
}

TEST_CASE("a second event channel, and an id without one, are more than this simulator has") {
  check_beyond([](Connecting&) { rdma_create_event_channel(); }, "a second event channel is not simulated");
  check_beyond([](Connecting& bench) { rdma_create_id(nullptr, &bench.app.id, nullptr, RDMA_PS_TCP); },
               "rdma_create_id without an event channel: synchronous ids are not simulated");
}

TEST_CASE("more CQs than the simulator keeps are more than this simulator has") {
  check_beyond(
      [](Connecting&) {
        for (std::size_t i = 0; i <= max_cqs; ++i) ibv_create_cq(device_context(0), 4, nullptr, nullptr, 0);
      },
      "more completion queues than the simulator keeps (4)");
}

TEST_CASE("rdma_create_id on a channel that is destroyed is a misuse") {
  Connecting bench;
  bench.run([&] { bench.app.close(), rdma_destroy_event_channel(bench.app.channel); });
  check_misuse(
      bench, [&] { bench.app.create_id(); },
      "rdma_create_id on an event channel that is destroyed or was never created");
}

TEST_CASE("more ids than the simulator keeps end the step as beyond, not as the program's fault") {
  check_beyond(
      [](Connecting& bench) {
        for (std::size_t i = 0; i < max_slots; ++i) bench.app.create_id();
      },
      "more rdma_cm_ids than the simulator keeps");
}

TEST_CASE("a call on a destroyed CQ is a misuse, and a CQ in use is not destroyed") {
  Connected bench;
  int busy = 0;
  bench.run([&] { busy = ibv_destroy_cq(bench.app.cq); });
  CHECK(busy == EBUSY);
  bench.run([&] { bench.app.close(), ibv_destroy_cq(bench.app.cq); });
  check_misuse(
      bench, [&] { ibv_destroy_cq(bench.app.cq); },
      "ibv_destroy_cq of a CQ that is destroyed or was never created");
}
