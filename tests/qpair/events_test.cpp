#include <cerrno>

#include "tests/qpair/machine.hpp"

// Where events wait: in their qpair's slot, in the pending list, in the channel.

using namespace qpcheck::test;
using qpair::Life;

namespace {

// The peer's DISCONNECTED and then TIMEWAIT_EXIT stand in the channel, unfetched:
// the application disconnected between the two.
void two_events(Machine& machine, std::uint32_t qpair) {
  const std::string who = "qp" + std::to_string(qpair);
  machine.take("deliver DREQ " + who);
  machine.disconnect(qpair);
  machine.take("end timewait " + who);
}

}  // namespace

TEST_CASE("a fetched event stays in its qpair's slot until that qpair is polled") {
  Machine machine(options());
  machine.connect_all();
  machine.take("kill target");
  machine.take("deliver DREQ qp0");
  machine.poll();
  machine.poll(1);
  CHECK(machine.with("fetched") == Journal{"qp0 fetched DISCONNECTED"});
  CHECK(machine.count("handled") == 0);
  CHECK(machine.at(0).connected());
  machine.poll(0);
  CHECK_FALSE(machine.at(0).connected());
  CHECK(machine.at(0).life() == Life::lost);
  CHECK(machine.with("qp0") == Journal{"qp0 fetched DISCONNECTED", "qp0 flag cleared", "qp0 calls ibv_modify_qp",
                                       "qp0 is lost", "qp0 handled DISCONNECTED", "qp0 acknowledged DISCONNECTED"});
}

TEST_CASE("events of a qpair whose slot is taken are kept in order") {
  Machine machine(options());
  machine.connect_all();
  machine.take("kill target");
  two_events(machine, 0);
  two_events(machine, 1);
  machine.journal().clear();

  machine.poll();
  CHECK(machine.count("fetched") == 4);
  CHECK(machine.kernel().shared.queued == 0);
  machine.poll(0);
  machine.poll(1);
  CHECK(machine.with("handled") == Journal{"qp0 handled DISCONNECTED", "qp1 handled DISCONNECTED"});
  machine.poll(0);  // nothing: the list is the controller's to hand out
  CHECK(machine.count("handled") == 2);
  machine.poll();
  machine.poll(1);
  machine.poll(0);
  CHECK(machine.with("handled TIMEWAIT_EXIT") == Journal{"qp1 handled TIMEWAIT_EXIT", "qp0 handled TIMEWAIT_EXIT"});
}

TEST_CASE("many events of one qpair are handled in the order in which they came") {
  Machine machine(options());
  machine.connect_all();
  using qpcheck::model::Event;
  for (const Event event : {Event::addr_change, Event::unreachable, Event::addr_change, Event::timewait_exit})
    machine.kernel().queue_anything(0, {event, 0});
  machine.settle();
  CHECK(machine.with("handled") == Journal{"qp0 handled ADDR_CHANGE", "qp0 handled UNREACHABLE",
                                           "qp0 handled ADDR_CHANGE", "qp0 handled TIMEWAIT_EXIT"});
  CHECK(machine.at(1).connected());
}

TEST_CASE("a change of address is no news of the connection") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    machine.kernel().queue_anything(0, {qpcheck::model::Event::addr_change, 0});
    machine.kernel().queue_anything(0, {qpcheck::model::Event::unreachable, -ETIMEDOUT});
    machine.settle();
    CHECK(machine.at(0).life() == Life::connected);
    CHECK(machine.at(0).connected());
  }
}

TEST_CASE("the removal of the device ends a connection for settled, and is survived by all") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    machine.kernel().queue_anything(0, {qpcheck::model::Event::device_removal, 0});
    machine.settle();
    CHECK(machine.at(0).connected() == (teardown != qpair::Teardown::settled));
    machine.disconnect(0);
    machine.settle_with_time();
    CHECK(machine.at(0).finished());
  }
}

TEST_CASE("with a full list nothing more is fetched, and nothing is dropped") {
  auto chosen = options();
  chosen.pending_events = 1;
  Machine machine(chosen);
  machine.connect_all();
  machine.take("kill target");
  two_events(machine, 1);
  two_events(machine, 0);
  machine.journal().clear();

  machine.poll();
  CHECK(machine.with("fetched") == Journal{"qp1 fetched DISCONNECTED", "qp1 fetched TIMEWAIT_EXIT"});
  machine.poll();
  CHECK(machine.kernel().shared.queued == 2);
  machine.poll(1);
  machine.poll();  // the slot is free again: the list moves up, the channel too
  CHECK(machine.kernel().shared.queued == 0);
  machine.settle();
  CHECK(machine.at(0).finished());
  CHECK(machine.at(1).finished());
  CHECK(machine.count("fetched") == 4);
  CHECK(machine.count("handled") == 4);
  CHECK(machine.count("acknowledged") == 4);
}

TEST_CASE("a qpair that closes gives back the events that it has not handled") {
  Machine machine(options());
  machine.connect_all();
  machine.take("kill target");
  two_events(machine, 0);
  machine.poll();
  machine.poll(0);
  machine.take("flush receive qp0");
  machine.poll(0);
  CHECK(machine.at(0).finished());
  CHECK(machine.count("handled TIMEWAIT_EXIT") == 0);
  CHECK(machine.count("acknowledged TIMEWAIT_EXIT") == 1);
  CHECK(machine.place("qp0 acknowledged TIMEWAIT_EXIT") < machine.place("qp0 calls rdma_destroy_id"));
}
