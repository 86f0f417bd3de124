#include "tests/qpair/machine.hpp"

// The three teardowns in the stories that tell them apart. The first two are faulty
// on purpose; their faults are asserted here, so that nobody mends them by accident.

using namespace qpcheck::test;
using qpair::Life;
using qpair::Teardown;

namespace {

struct Way {
  Teardown teardown;
  std::uint64_t time_ms;     // of the host, until the qpair is down
  std::size_t waits;         // for the end of the connection
  std::size_t disconnects;   // calls of rdma_disconnect
  std::string how;           // the wait ended
};

// Disconnects qpair 0 and checks how it goes down.
void check(Machine& machine, const Way& way) {
  machine.journal().clear();
  const std::uint64_t began = machine.now();
  machine.disconnect(0);
  machine.settle_with_time();
  CHECK(machine.at(0).finished());
  CHECK(machine.now() - began == way.time_ms);
  CHECK(machine.count("qp0 waits") == way.waits);
  CHECK(machine.count("qp0 calls rdma_disconnect") == way.disconnects);
  CHECK(machine.with("qp0 wait ends") == (way.waits == 0 ? Journal{} : Journal{"qp0 wait ends, " + way.how}));
  CHECK(machine.with("qp0 linger") == Journal{"qp0 lingers"});  // with the QP in error, and flushed in time
  CHECK(machine.count("qp0 finished") == 1);
}

void check_all(const std::vector<Way>& ways, void (*story)(Machine&)) {
  for (const Way& way : ways) {
    CAPTURE(static_cast<int>(way.teardown));
    Machine machine(options(way.teardown));
    story(machine);
    check(machine, way);
  }
}

void target_killed(Machine& machine) {
  machine.connect_all();
  machine.take("kill target");
  machine.take("deliver DREQ qp0");
}

// DISCONNECTED is handled when the disconnect is requested.
void origin_story(Machine& machine) {
  target_killed(machine);
  machine.poll();
  machine.poll(0);
}

// DISCONNECTED is fetched, and parked in the slot.
void parked_story(Machine& machine) {
  target_killed(machine);
  machine.poll();
}

// The target dies while our RTU is on its way to it: it answers with a reject.
void rejected_after_established(Machine& machine) {
  machine.program([&] { machine.controller().connect(0); });
  machine.settle("deliver RTU");
  REQUIRE(machine.at(0).connected());
  machine.take("kill target");
  machine.settle();
}

}  // namespace

TEST_CASE("a live peer: all three wait for DISCONNECTED, and it comes") {
  check_all({{Teardown::always_wait, 0, 1, 1, "satisfied"},
             {Teardown::connected_flag, 0, 1, 1, "satisfied"},
             {Teardown::settled, 0, 1, 1, "satisfied"}},
            [](Machine& machine) { machine.connect_all(); });
}

TEST_CASE("the origin's story: always-wait waits in vain for what it has handled") {
  check_all({{Teardown::always_wait, 1000, 1, 1, "timed out"},
             {Teardown::connected_flag, 0, 0, 0, ""},
             {Teardown::settled, 0, 0, 1, ""}},
            origin_story);
}

TEST_CASE("the parked story: connected-flag waits in vain too, for what it handles itself") {
  check_all({{Teardown::always_wait, 1000, 1, 1, "timed out"},
             {Teardown::connected_flag, 1000, 1, 1, "timed out"},
             {Teardown::settled, 0, 0, 1, ""}},
            parked_story);
}

TEST_CASE("an event that is not yet fetched satisfies the wait of all three") {
  check_all({{Teardown::always_wait, 0, 1, 1, "satisfied"},
             {Teardown::connected_flag, 0, 1, 1, "satisfied"},
             {Teardown::settled, 0, 1, 1, "satisfied"}},
            target_killed);
}

TEST_CASE("rejected after ESTABLISHED: only settled takes it for the end") {
  check_all({{Teardown::always_wait, 1000, 1, 1, "timed out"},
             {Teardown::connected_flag, 1000, 1, 1, "timed out"},
             {Teardown::settled, 0, 0, 1, ""}},
            rejected_after_established);
}

TEST_CASE("in the parked story the wait is armed after the event was handled") {
  Machine machine(options(Teardown::connected_flag));
  parked_story(machine);
  machine.disconnect(0);
  CHECK(machine.place("qp0 calls rdma_disconnect") < machine.place("qp0 handled DISCONNECTED"));
  CHECK(machine.place("qp0 handled DISCONNECTED") < machine.place("qp0 waits, disconnect: after rdma_disconnect"));
  CHECK(machine.at(0).life() == Life::disconnecting);
  CHECK_FALSE(machine.at(0).connected());
}

TEST_CASE("settled handles a whole list of events before it decides") {
  auto chosen = options(Teardown::settled);
  Machine machine(chosen);
  machine.program([&] { machine.controller().connect(0); });
  machine.settle("deliver REP qp1");
  machine.take("deliver REP qp1");
  machine.poll();  // ESTABLISHED is in the slot
  machine.take("deliver RTU qp1 at target");
  machine.take("kill target");
  machine.take("deliver DREQ qp1");
  machine.poll();  // DISCONNECTED is in the list
  REQUIRE(machine.at(1).life() == Life::connecting);
  machine.journal().clear();
  machine.disconnect(1);
  CHECK(machine.with("qp1 handled") == Journal{"qp1 handled ESTABLISHED", "qp1 handled DISCONNECTED"});
  CHECK(machine.at(1).life() == Life::lingering);
}

TEST_CASE("before ESTABLISHED is handled no teardown waits") {
  for (const auto teardown : {Teardown::always_wait, Teardown::connected_flag}) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 1));
    machine.program([&] { machine.controller().connect(0); });
    machine.settle("deliver REP");
    machine.take("deliver REP qp0");
    machine.poll();
    REQUIRE(machine.count("fetched ESTABLISHED") == 1);
    machine.journal().clear();
    machine.disconnect(0);
    CHECK(machine.with("qp0 wait") == Journal{"qp0 wait ends, cancelled"});  // that for ESTABLISHED
    machine.settle();
    CHECK(machine.at(0).finished());
    CHECK(machine.count("rdma_disconnect") == 0);
    CHECK(machine.count("timed out") == 0);
  }
}

TEST_CASE("lingering lasts until every posted request is flushed") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    machine.disconnect(0);
    machine.settle("flush");
    CHECK(machine.at(0).life() == Life::lingering);
    machine.advance(machine.controller().options().linger_timeout_ms - 1);
    machine.settle("flush");
    CHECK(machine.at(0).life() == Life::lingering);
    machine.take("flush receive qp0");
    machine.poll(0);
    CHECK(machine.at(0).finished());
    CHECK(machine.count("lingering timed out") == 0);
  }
}

TEST_CASE("lingering ends at its deadline") {
  Machine machine(options());
  machine.connect_all();
  machine.disconnect(0);
  machine.settle("flush");
  machine.advance(machine.controller().options().linger_timeout_ms);
  machine.settle("flush");
  CHECK(machine.at(0).finished());
  CHECK(machine.count("qp0 lingering timed out") == 1);
}

TEST_CASE("a peer that never reacts costs the deadline and no more") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 1));
    machine.connect_all();
    const std::uint64_t began = machine.now();
    machine.disconnect(0);
    machine.settle_with_time("deliver");
    CHECK(machine.at(0).finished());
    CHECK(machine.now() - began == machine.controller().options().disconnect_timeout_ms);
  }
}

TEST_CASE("iWARP: a qpair that goes down while the kernel is connecting it keeps its QP until that attempt is over") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 1), 1, qpcheck::model::Transport::iw);
    machine.program([&] { machine.at(0).connect(0, 0); });
    machine.settle("deliver MPA request");
    REQUIRE(machine.at(0).life() == Life::connecting);
    machine.disconnect(0);
    machine.take("deliver MPA request qp0 at target");
    for (int i = 0; i < 3; ++i) machine.poll(0);
    CHECK(machine.at(0).life() == Life::lingering);
    machine.advance(qpcheck::sim::Kernel::mpa_reply_ms);
    CHECK(machine.now() < machine.at(0).deadline_ms());
    machine.take("give up retransmission qp0");
    machine.poll();
    machine.poll(0);
    machine.poll(0);
    CHECK(machine.at(0).life() == Life::closed);
    CHECK(machine.count("qp0 linger timed out") == 0);
  }
}
