#include "tests/qpair/machine.hpp"

// REJECTED with reason 10: the peer's kernel remembers an older connection with our
// queue pair's number. Another attempt is made, with another id and QP, and not for ever.

using namespace qpcheck::test;
using qpair::Life;
using qpcheck::model::Event;

namespace {

constexpr std::uint32_t retry_ms = 10, linger_ms = 1000;

// A controller of so many qpairs, to be refused so many times.
struct Refused : Machine {
  explicit Refused(std::uint8_t times, const qpair::Options& chosen = options(qpair::Teardown::settled, 1))
      : Machine(chosen) {
    kernel().shared.faults_left[qpcheck::sim::Fault::stale] = times;
    REQUIRE(controller().options().stale_retry_ms == retry_ms);
    REQUIRE(controller().options().linger_timeout_ms == linger_ms);
    program([this] { controller().connect(now()); });
  }
  // The next attempt of a qpair, up to its refusal, which is handled.
  void refuse(const std::string& who = "qp0", const char* without = "flush") {
    settle("deliver REQ " + who);
    take("remember stale " + who);
    settle(without);
  }
  std::size_t attempts() const { return count("calls rdma_connect"); }
};

qpair::Options with_retries(std::uint32_t retries) {
  auto chosen = options(qpair::Teardown::settled, 1);
  chosen.stale_retries = retries;
  return chosen;
}

}  // namespace

TEST_CASE("a stale refusal is tried again with a new id and QP, once its time has come, and then connects") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Refused machine(1, options(teardown, 1));
    machine.refuse();
    machine.take("flush receive qp0");
    machine.settle();
    CHECK(machine.at(0).life() == Life::stale);
    CHECK(machine.at(0).id()->qp->state == IBV_QPS_ERR);
    CHECK(machine.attempts() == 1);
    const std::uint32_t old_number = machine.at(0).id()->qp->qp_num;
    machine.advance(retry_ms - 1);
    machine.settle();
    CHECK(machine.at(0).life() == Life::stale);
    machine.advance(1);
    machine.settle();
    CHECK(machine.at(0).connected());
    CHECK(machine.controller().succeeded());
    CHECK(machine.attempts() == 2);
    CHECK(machine.count("calls rdma_destroy_id") == 1);
    CHECK(machine.at(0).id()->qp->qp_num == old_number);  // flushed and forgotten: its number may come again
  }
}

TEST_CASE("the refusal is acknowledged before the old id is destroyed, and the QP before the id") {
  Refused machine(1);
  machine.refuse();
  machine.settle_with_time();
  CHECK(machine.place("qp0 acknowledged REJECTED") < machine.place("qp0 calls rdma_destroy_qp"));
  CHECK(machine.place("qp0 calls rdma_destroy_qp") < machine.place("qp0 calls rdma_destroy_id"));
  CHECK(machine.count("fetched") == machine.count("acknowledged"));
}

TEST_CASE("before its receives are flushed no other attempt is made, however late it is, then at once") {
  Refused machine(1);
  machine.refuse();
  machine.advance(retry_ms);
  machine.settle("flush");
  CHECK(machine.at(0).life() == Life::stale);
  CHECK(machine.at(0).deadline_ms() == machine.now() + linger_ms);
  machine.advance(linger_ms - 1);
  machine.settle("flush");
  CHECK(machine.attempts() == 1);
  machine.take("flush receive qp0");
  machine.settle();
  CHECK(machine.at(0).connected());
  CHECK(machine.attempts() == 2);
}

TEST_CASE("a device that never flushes delays the next attempt by the time to linger, and no more") {
  Refused machine(1);
  machine.refuse();
  machine.settle_with_time("flush");
  CHECK(machine.at(0).connected());
  CHECK(machine.now() == retry_ms + linger_ms);
}

TEST_CASE("stale_retries bounds the attempts: with the last refusal the connect has failed") {
  for (const std::uint32_t retries : {0u, 1u, 3u}) {
    CAPTURE(retries);
    Refused machine(9, with_retries(retries));
    for (std::uint32_t i = 0; i <= retries; ++i) {
      REQUIRE_FALSE(machine.controller().succeeded());
      machine.refuse("qp0", "nothing");
      if (i < retries) REQUIRE(machine.at(0).life() == Life::stale);
      if (i < retries) machine.advance(retry_ms);
    }
    CHECK(machine.attempts() == retries + 1);
    CHECK(machine.at(0).life() == Life::failed);
    CHECK(machine.now() == retries * retry_ms);
    CHECK_FALSE(machine.controller().busy());
    CHECK_FALSE(machine.controller().succeeded());
    machine.disconnect(0);
    machine.settle_with_time();
    CHECK(machine.at(0).finished());
  }
}

TEST_CASE("each connect has its retries anew") {
  Refused machine(2, with_retries(1));
  machine.refuse();
  machine.settle_with_time();
  REQUIRE(machine.at(0).connected());
  machine.program([&] { machine.controller().reset(machine.now()); });
  machine.refuse();
  machine.settle_with_time();
  CHECK(machine.at(0).connected());
  CHECK(machine.controller().succeeded());
}

// The reason of a REJECTED decides what the qpair does next, so it is part of its identity.
TEST_CASE("the status of a parked event, and of one that is held behind it, is described") {
  Machine machine(options(qpair::Teardown::settled, 1));
  machine.connect_all();
  machine.kernel().shared.faults_left[qpcheck::sim::Fault::neighbour] = 1;
  machine.take("change neighbour qp0");
  machine.take("kill target");
  machine.take("deliver DREQ qp0");
  machine.poll();
  const auto described = [&] { return machine.description(); };
  std::size_t held_events = 0;
  for (const qpcheck::sim::HeldEvent& held : machine.kernel().handles.held) {
    if (held.event == nullptr) continue;
    ++held_events;
    const auto before = described();
    for (const int bit : {0, 12}) {
      held.event->status ^= 1 << bit;
      CHECK(described() != before);
      held.event->status ^= 1 << bit;
    }
  }
  CHECK(held_events == 2);
}

TEST_CASE("REJECTED with any other reason fails at once") {
  Refused machine(0);
  machine.settle("deliver REQ");
  machine.take("kill target");
  machine.settle();
  CHECK(machine.count("handled REJECTED") == 1);
  CHECK(machine.at(0).life() == Life::failed);
  CHECK(machine.attempts() == 1);
  CHECK(machine.now() == 0);
  CHECK_FALSE(machine.controller().succeeded());
}

TEST_CASE("reason 10 after ESTABLISHED is the end of a connection, and not tried again") {
  Refused machine(0);
  machine.settle();
  REQUIRE(machine.at(0).connected());
  machine.kernel().queue_anything(0, {Event::rejected, qpcheck::model::reason_stale});
  machine.settle_with_time();
  CHECK(machine.at(0).life() == Life::lost);
  CHECK(machine.attempts() == 1);
}

TEST_CASE("a disconnect while stale ends the attempts: no wait, and all is given back") {
  for (const auto teardown : all_teardowns)
    for (const bool overdue : {false, true}) {
      CAPTURE(static_cast<int>(teardown), overdue);
      Refused machine(1, options(teardown, 1));
      machine.refuse();
      if (overdue) {
        machine.advance(retry_ms);
        machine.settle("flush");
      }
      REQUIRE(machine.at(0).life() == Life::stale);
      machine.journal().clear();
      machine.disconnect(0);
      CHECK(machine.at(0).life() == Life::lingering);
      machine.settle();
      CHECK(machine.at(0).finished());
      CHECK(machine.count("waits") == 0);
      CHECK(machine.count("calls rdma_disconnect") == 0);
      machine.advance(10 * linger_ms);
      machine.settle();
      CHECK(machine.count("calls rdma_connect") == 0);
      machine.destroy_controller();
      CHECK(left_over(machine.kernel()) == 0);
    }
}

TEST_CASE("what else the old id is told while stale is no news, and does not reach the next one") {
  for (const auto teardown : all_teardowns)
    for (const Event event : {Event::rejected, Event::timewait_exit, Event::unreachable, Event::addr_change,
                              Event::device_removal, Event::connect_error, Event{64}}) {
      CAPTURE(static_cast<int>(teardown), qpcheck::model::name(event));
      Refused machine(1, options(teardown, 1));
      machine.refuse();
      machine.kernel().queue_anything(0, {event, event == Event::rejected ? qpcheck::model::reason_stale : 0});
      machine.settle();
      CHECK(machine.at(0).life() == Life::stale);
      machine.settle_with_time();
      CHECK(machine.at(0).connected());
      CHECK(machine.attempts() == 2);
      CHECK(machine.count("fetched") == machine.count("acknowledged"));
    }
}

TEST_CASE("an event of the old id that is fetched and not handled goes with it") {
  Refused machine(1);
  machine.refuse();
  machine.take("flush receive qp0");
  machine.settle();
  machine.kernel().queue_anything(0, {Event::unreachable, 0});
  machine.advance(retry_ms);
  machine.poll();  // it is in the slot, and one more behind it
  machine.kernel().queue_anything(0, {Event::addr_change, 0});
  machine.poll();
  machine.settle();
  CHECK(machine.at(0).connected());
  CHECK(machine.count("fetched") == machine.count("acknowledged"));
}

TEST_CASE("a stale qpair holds up the next one of its controller, and nobody else's connection") {
  Refused machine(2, options(qpair::Teardown::settled, 2));
  machine.refuse("qp0");
  CHECK(machine.at(1).life() == Life::idle);
  machine.settle("flush");
  machine.take("flush receive qp0");
  machine.advance(retry_ms);
  machine.refuse("qp1");
  CHECK(machine.at(0).connected());
  CHECK(machine.at(1).life() == Life::stale);
  CHECK(machine.controller().busy());
  machine.take("kill target");
  machine.settle("deliver DREP");
  machine.settle_with_time();
  CHECK(machine.at(0).life() == Life::lost);
  CHECK(machine.at(1).life() == Life::failed);  // its next attempt found no listener
  CHECK_FALSE(machine.controller().succeeded());
}

TEST_CASE("when the next attempt cannot even begin, the connect has failed") {
  Refused machine(1);
  machine.refuse();
  machine.take("flush receive qp0");
  machine.settle();
  machine.kernel().shared.devices_gone = 1;  // rdma_resolve_addr finds no device
  machine.settle_with_time();
  CHECK(machine.at(0).life() == Life::failed);
  CHECK_FALSE(machine.controller().busy());
  CHECK_FALSE(machine.controller().succeeded());
}
