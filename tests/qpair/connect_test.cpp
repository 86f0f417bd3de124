#include "tests/qpair/machine.hpp"

// Connecting: the order of the qpairs, of a qpair's calls, and attempts that fail.

using namespace qpcheck::test;
using qpair::Life;

TEST_CASE("qpairs are connected one at a time, qpair 0 first") {
  Machine machine(options());
  machine.program([&] { machine.controller().connect(0); });
  CHECK(machine.controller().busy());
  machine.settle();
  CHECK(machine.controller().succeeded());
  CHECK_FALSE(machine.controller().busy());
  CHECK(machine.with("is connected") == Journal{"qp0 is connected", "qp1 is connected"});
  CHECK(machine.place("qp0 is connected") < machine.place("qp1 calls rdma_create_id"));
}

TEST_CASE("a qpair resolves, makes its QP and its receives, and connects") {
  auto chosen = options(qpair::Teardown::settled, 1);
  chosen.queue_depth = 2;
  Machine machine(chosen);
  machine.program([&] { machine.controller().connect(0); });
  machine.settle();
  CHECK(machine.with("qp0 calls") ==
        Journal{"qp0 calls rdma_create_id", "qp0 calls rdma_resolve_addr", "qp0 calls rdma_resolve_route",
                "qp0 calls rdma_create_qp", "qp0 calls ibv_post_recv", "qp0 calls ibv_post_recv",
                "qp0 calls rdma_connect"});
  CHECK(machine.with("qp0 is") == Journal{"qp0 is resolving-address", "qp0 is resolving-route",
                                          "qp0 is connecting", "qp0 is connected"});
}

TEST_CASE("the flag is set when ESTABLISHED is handled, not when it is fetched") {
  Machine machine(options(qpair::Teardown::settled, 1));
  machine.program([&] { machine.controller().connect(0); });
  machine.settle("deliver REP");
  machine.take("deliver REP qp0");
  machine.poll();
  CHECK(machine.count("qp0 fetched ESTABLISHED") == 1);
  CHECK_FALSE(machine.at(0).connected());
  machine.poll(0);
  CHECK(machine.at(0).connected());
  CHECK(machine.at(0).life() == Life::connected);
}

TEST_CASE("a rejected attempt fails, and its teardown waits for nothing") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.take("kill target");
    machine.program([&] { machine.controller().connect(0); });
    machine.settle();
    CHECK(machine.at(0).life() == Life::failed);
    CHECK(machine.at(1).life() == Life::idle);
    CHECK_FALSE(machine.controller().busy());
    CHECK_FALSE(machine.controller().succeeded());
    CHECK(machine.at(0).deadline_ms() == 0);
    CHECK(machine.count("wait ends, satisfied") == machine.count("waits"));

    machine.journal().clear();
    machine.program([&] { machine.controller().shutdown(0); });
    machine.settle();
    CHECK(machine.at(0).finished());
    CHECK(machine.count("waits") == 0);
    CHECK(machine.count("rdma_disconnect") == 0);
  }
}

TEST_CASE("an attempt without an answer is given up at its deadline") {
  Machine machine(options(qpair::Teardown::settled, 1));
  machine.program([&] { machine.controller().connect(0); });
  machine.settle("deliver");
  CHECK(machine.at(0).life() == Life::connecting);
  machine.advance(machine.controller().options().connect_timeout_ms - 1);
  machine.settle("deliver");
  CHECK(machine.at(0).life() == Life::connecting);
  machine.advance(1);
  machine.settle("deliver");
  CHECK(machine.at(0).life() == Life::failed);
  CHECK(machine.count("wait ends, timed out") == 1);
}

TEST_CASE("a qpair that the application takes down ends the connecting of all") {
  Machine machine(options());
  machine.program([&] { machine.controller().connect(0); });
  machine.settle("deliver REP qp1");
  REQUIRE(machine.at(1).life() == Life::connecting);
  machine.disconnect(1);
  CHECK(machine.count("qp1 wait ends, cancelled") == 1);
  machine.settle();
  CHECK(machine.at(1).finished());
  CHECK_FALSE(machine.controller().busy());
  CHECK_FALSE(machine.controller().succeeded());
  CHECK(machine.at(0).connected());
}

// An iWARP connection whose rdma_connect will take its time.
void until_route_resolved_and_slow(Machine& machine, std::uint32_t qpair) {
  const std::string name = "qp" + std::to_string(qpair);
  for (int resolution = 0; resolution < 2; ++resolution) {
    machine.take("resolve " + name);
    machine.poll();
    if (resolution == 0) machine.poll(qpair);
  }
  machine.kernel().shared.slots[2 * qpair].delayed = 1;
}

TEST_CASE("the wait for ESTABLISHED is counted from the end of an rdma_connect that takes a minute") {
  Machine machine(options(qpair::Teardown::settled, 1), 1, qpcheck::model::Transport::iw);
  machine.program([&] { machine.at(0).connect(0, 0); });
  until_route_resolved_and_slow(machine, 0);
  machine.poll(0);
  CHECK(machine.now() == qpcheck::sim::Kernel::tcp_connects_late_ms);
  CHECK(machine.at(0).deadline_ms() == machine.now() + machine.controller().options().connect_timeout_ms);
}

TEST_CASE("what has come while a call held the thread is looked at before a deadline is") {
  Machine machine(options(), 1, qpcheck::model::Transport::iw);
  machine.program([&] { machine.at(0).connect(0, 0); });
  machine.settle();
  REQUIRE(machine.at(0).connected());
  machine.program([&] { machine.at(1).connect(0, 0); });
  until_route_resolved_and_slow(machine, 1);
  machine.disconnect(0);
  machine.poll(1);  // and rdma_connect holds the thread
  machine.take("close stream qp0");
  REQUIRE(machine.now() > machine.at(0).deadline_ms());
  machine.poll(0);
  CHECK(machine.with("qp0 wait ends").back() == "qp0 wait ends, satisfied");
}
