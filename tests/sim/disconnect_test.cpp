// Disconnecting, dying and destroying, as librdmacm and the kernel do them.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Ib;
using qpcheck::model::Seen;
using qpcheck::model::Side;

TEST_CASE("rdma_disconnect moves the QP to the error state and sends a DREQ") {
  Connecting bench;
  bench.until_established();
  CHECK(bench.disconnect() == 0);
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.app.id->qp->state == IBV_QPS_ERR);
  CHECK(bench.datagrams_to(Side::target) == "DREQ");
}

TEST_CASE("rdma_disconnect moves the QP to the error state even where nothing is sent") {
  Connecting bench;
  bench.until_requested();
  CHECK(bench.disconnect() == 0);
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.datagrams_to(Side::target) == "REQ");
  CHECK(bench.slot().connection.host().ib == Ib::req_sent);
}

TEST_CASE(
    "rdma_disconnect before the connection has an object fails with EINVAL, its QP in error all "
    "the same") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  CHECK(bench.next() == told(Event::addr_resolved));
  bench.run([&] { bench.app.create_qp(); });
  CHECK(bench.disconnect() == -1);
  CHECK(bench.slot().qp == QpState::error);
}

TEST_CASE(
    "DISCONNECTED moves nothing: neither its arrival, nor its fetch, nor its acknowledgement") {
  Connecting bench(one_kill);
  bench.until_established();
  bench.take("kill target");
  bench.take("deliver DREQ id0");
  CHECK(bench.slot().qp == QpState::rts);
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.slot().qp == QpState::rts);
  CHECK(bench.app.id->qp->state == IBV_QPS_RTS);
  CHECK(bench.datagrams_to(Side::target) == "");  // no DREP by itself
  CHECK(bench.disconnect() == 0);
  CHECK(bench.datagrams_to(Side::target) == "DREP");
}

TEST_CASE("the initiator learns of the end only after the target has let go") {
  Connecting bench;
  bench.until_established();
  bench.disconnect();
  bench.take("deliver DREQ id0 at target");
  CHECK(bench.next() == nothing);
  CHECK(bench.offered() == std::vector<std::string>{"target closes id0"});
  bench.take("target closes id0");
  bench.take("deliver DREP id0");
  bench.take("end timewait id0");
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.next() == told(Event::timewait_exit));
  CHECK(bench.next() == nothing);
}

TEST_CASE("a disconnect that nobody answers is DISCONNECTED with a timeout") {
  Connecting bench;
  bench.until_established();
  bench.disconnect();
  kernel().advance(Kernel::retries_ms);
  bench.take("give up retransmission id0");
  CHECK(bench.next() == told(Event::disconnected, -ETIMEDOUT));
}

TEST_CASE("a target that disconnects unasked spends its budget") {
  Connecting bench(one_peer_disconnect);
  bench.until_rtu();
  CHECK_FALSE(bench.offers("target disconnects id0"));
  bench.take("deliver RTU id0 at target");
  bench.take("target disconnects id0");
  bench.take("deliver DREQ id0");
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(kernel().shared.faults_left.empty());
}

TEST_CASE("a killed target sends one DREQ or REJ for each connection, by its state") {
  struct Stage {
    const char* name;
    void (Connecting::*reach)();
    const char* to_host;
    const char* to_target;
  };
  for (const Stage& stage : {Stage{"REQ under way", &Connecting::until_requested, "", "REQ"},
                             Stage{"response not fetched", &Connecting::until_responded, "REJ", ""},
                             Stage{"RTU under way", &Connecting::until_rtu, "REJ", "RTU"},
                             Stage{"established", &Connecting::until_established, "DREQ", ""}}) {
    INFO(stage.name);
    Connecting bench(one_kill);
    (bench.*stage.reach)();
    bench.take("kill target");
    CHECK(bench.datagrams_to(Side::host) == stage.to_host);
    CHECK(bench.datagrams_to(Side::target) == stage.to_target);
    CHECK_FALSE(bench.offers("kill target"));
    CHECK_FALSE(kernel().view().faults_left.allows(Fault::kill));
  }
}

TEST_CASE("a kill reaches every connection of its target, and no other target's") {
  Connecting bench(one_kill);
  bench.until_established();
  Program second = bench.app;
  bench.run([&] { second.create_id(), second.resolve_address(1); });
  REQUIRE(bench.slot(1).in_use == 1);
  Program third = bench.app;
  bench.run([&] { third.create_id(), third.resolve_address(0); });
  bench.take("kill target");
  CHECK(bench.datagrams_to(Side::host) == "DREQ");
  CHECK(bench.slot(1).connection.target_listens);
  CHECK_FALSE(bench.slot(2).connection.target_listens);
}

TEST_CASE("REJECTED comes after ESTABLISHED when the target dies before it saw the RTU") {
  Connecting bench(one_kill);
  bench.until_rtu();
  bench.take("kill target");
  bench.take("deliver REJ id0");
  CHECK(bench.next() == told(Event::rejected, qpcheck::model::reason_consumer));
  CHECK(bench.slot().qp == QpState::error);
  bench.settle();
  bench.take("end timewait id0");
  CHECK(bench.next() == nothing);  // no DISCONNECTED and no TIMEWAIT_EXIT
}

TEST_CASE("rdma_destroy_id purges the events of its id, and of no other") {
  Connecting bench(one_kill);
  bench.until_established();
  Program second = bench.app;
  bench.run([&] { second.create_id(), second.resolve_address(1); });
  bench.take("resolve id1");
  bench.take("kill target");
  bench.take("deliver DREQ id0");
  REQUIRE(kernel().shared.queued == 2);
  CHECK(bench.run([&] { bench.app.close(); }) == StepEnd::completed);
  CHECK(kernel().shared.queued == 1);
  Fetched fetched;
  bench.run([&] { fetched = second.next(); });
  CHECK(fetched == told(Event::addr_resolved));
}

TEST_CASE("a slot is free again when nothing remembers its connection") {
  Connecting bench;
  bench.until_established();
  bench.run([&] { bench.app.close(); });
  CHECK(bench.slot().in_use == 1);
  CHECK_FALSE(kernel().view().slots[0].id_alive);
  Program second = bench.app;
  bench.run([&] { second.create_id(); });
  CHECK(bench.slot(1).in_use == 1);  // the first is still remembered
  bench.settle();
  CHECK(bench.slot().in_use == 0);
  bench.run([&] { second.close(); });
  CHECK(bench.slot(1).in_use == 0);
}

TEST_CASE("rdma_destroy_id while this thread holds an event of the id is blocked for ever") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  CHECK(bench.run([&] { bench.app.fetch(), rdma_destroy_id(bench.app.id); }) == StepEnd::blocked);
  CHECK(bench.why() ==
        "rdma_destroy_id waits for ADDR_RESOLVED, which this thread has fetched and not "
        "acknowledged");
}

TEST_CASE("every call is seen with its name, its slot and its result") {
  Connecting bench;
  bench.seen.clear();
  bench.disconnect();
  REQUIRE(bench.seen.size() == 1);
  CHECK(bench.seen[0].kind == Seen::call);
  CHECK(std::string(bench.seen[0].text) == "rdma_disconnect");
  CHECK(bench.seen[0].slot == 0);
  CHECK(bench.seen[0].status == -1);
  CHECK(bench.seen[0].error == EINVAL);
}

TEST_CASE("events are seen when they are fetched and when they are acknowledged") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  bench.seen.clear();
  bench.next();
  REQUIRE(bench.seen.size() == 2);
  CHECK(bench.seen[0].kind == Seen::event_fetched);
  CHECK(bench.seen[1].kind == Seen::event_acknowledged);
  for (const auto& each : bench.seen) CHECK(each.event == Event::addr_resolved);
}
