#include "tests/qpair/machine.hpp"

// All qpairs up or down: shutdown, reset, failover; and what a caller must not do.

using namespace qpcheck::test;
using qpair::Life;

namespace {

bool all_finished(Machine& machine) {
  for (std::uint32_t i = 0; i < machine.controller().size(); ++i)
    if (!machine.at(i).finished()) return false;
  return true;
}

bool all_connected(Machine& machine) {
  for (std::uint32_t i = 0; i < machine.controller().size(); ++i)
    if (machine.at(i).life() != Life::connected) return false;
  return true;
}

template <class Action>
void check_asserts(Machine& machine, const std::string& function, Action action) {
  CHECK(machine.attempt(action) == qpcheck::sim::StepEnd::crashed);
  CHECK_THAT(qpcheck::sim::StepRunner::get().why(),
             Catch::Contains("assertion failed") && Catch::Contains(function));
}

}  // namespace

TEST_CASE("shutdown takes qpairs down in the order …, 1, 0, each until it is done") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 3));
    machine.connect_all();
    machine.program([&] { machine.controller().shutdown(0); });
    machine.settle();
    CHECK(machine.with("finished") == Journal{"qp2 finished", "qp1 finished", "qp0 finished"});
    CHECK(machine.place("qp2 finished") < machine.place("qp1 calls rdma_disconnect"));
    CHECK(machine.place("qp1 finished") < machine.place("qp0 calls rdma_disconnect"));
    CHECK(machine.controller().succeeded());
    CHECK(machine.now() == 0);
  }
}

TEST_CASE("after shutdown the controller leaves nothing behind") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    CHECK(machine.send(0, 1) == 0);
    machine.program([&] { machine.controller().shutdown(0); });
    machine.settle();
    CHECK(left_over(machine.kernel()) == 2);  // the channel and the CQ
    machine.destroy_controller();
    CHECK(left_over(machine.kernel()) == 0);
    CHECK(machine.count("ibv_dealloc_pd") == 1);
    CHECK(machine.count("ibv_dereg_mr") == 1);
  }
}

TEST_CASE("reset connects again along the same path, with new ids on the same CQ") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    machine.program([&] { machine.controller().reset(0); });
    machine.settle();
    CHECK(machine.controller().succeeded());
    CHECK(all_connected(machine));
    CHECK(machine.count("rdma_create_id") == 2);
    CHECK(machine.count("ibv_create_cq") == 0);
    CHECK(machine.place("qp0 finished") < machine.place("qp0 is resolving-address"));
    CHECK(machine.send(1, 3) == 0);
    machine.settle();
    CHECK(machine.with("qp1 sent") == Journal{"qp1 sent 3: success"});
  }
}

TEST_CASE("a reset without a target takes everything down again and says so") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown));
    machine.connect_all();
    machine.take("kill target");
    machine.program([&] { machine.controller().reset(0); });
    machine.settle_with_time();
    CHECK_FALSE(machine.controller().busy());
    CHECK_FALSE(machine.controller().succeeded());
    CHECK(all_finished(machine));
    machine.destroy_controller();
    CHECK(left_over(machine.kernel()) == 0);
  }
}

TEST_CASE("failover connects to the second target, and back by the next one") {
  Machine machine(options());
  machine.connect_all();
  machine.take("kill target");
  machine.program([&] { machine.controller().failover(0); });
  machine.settle();
  CHECK(machine.controller().succeeded());
  CHECK(all_connected(machine));
  for (const auto& slot : machine.kernel().shared.slots)
    if (slot.id_alive != 0) CHECK(slot.target == 1);

  machine.program([&] { machine.controller().failover(0); });
  machine.settle();
  CHECK_FALSE(machine.controller().succeeded());  // the first target is dead
  CHECK(all_finished(machine));
}

TEST_CASE("failover to another device makes PD, MR and CQs anew") {
  for (const auto queues : all_completion_queues) {
    CAPTURE(static_cast<int>(queues));
    qpair::Options chosen = options();
    chosen.completion_queues = queues;
    const std::size_t cqs = queues == qpair::CompletionQueues::shared ? 1 : chosen.qpairs;
    Machine machine(chosen, 2);
    machine.connect_all();
    machine.journal().clear();
    machine.program([&] { machine.controller().failover(0); });
    machine.settle();
    CHECK(all_connected(machine));
    for (std::uint32_t i = 0; i < chosen.qpairs; ++i)
      CHECK(machine.at(i).id()->verbs == qpcheck::sim::device_context(1));
    CHECK(machine.count("calls ibv_destroy_cq") == cqs);
    CHECK(machine.count("calls ibv_create_cq") == cqs);
    CHECK(machine.place("calls ibv_destroy_cq") < machine.place("calls ibv_dereg_mr"));
    CHECK(machine.place("calls ibv_dereg_mr") < machine.place("calls ibv_dealloc_pd"));
    CHECK(machine.place("calls ibv_dealloc_pd") < machine.place("calls ibv_create_cq"));
    machine.program([&] { machine.controller().shutdown(0); });
    machine.settle();
    machine.destroy_controller();
    CHECK(left_over(machine.kernel()) == 0);
  }
}

TEST_CASE("a qpair is not moved to another device while another one's QP is on the first") {
  qpair::Options chosen = options();
  chosen.completion_queues = qpair::CompletionQueues::per_qpair;
  Machine machine(chosen, 2);
  machine.connect_all();
  machine.disconnect(0);
  machine.settle();
  REQUIRE(machine.at(0).finished());
  machine.journal().clear();
  machine.program([&] { machine.at(0).connect(1, machine.now()); });
  machine.take("resolve qp0");
  machine.poll();
  machine.poll(0);
  CHECK(machine.at(0).life() == Life::failed);
  CHECK(machine.count("calls ibv_dealloc_pd") == 0);
  CHECK(machine.at(1).life() == Life::connected);
  CHECK(machine.send(1, 1) == 0);
  machine.disconnect(0);
  machine.settle();
  CHECK(machine.count("qp1 sent 1: success") == 1);
  machine.program(
      [&] { machine.at(0).connect(0, machine.now()); });  // by the first device again: what was released is made anew
  machine.settle();
  CHECK(all_connected(machine));
  CHECK(machine.count("calls ibv_create_cq") == 1);
}

TEST_CASE("a controller is not destroyed while a qpair is up") {
  Machine machine(options());
  machine.connect_all();
  check_asserts(machine, "Qpair::~Qpair", [&] { delete &machine.controller(); });
}

TEST_CASE("a qpair is not connected again before it is down") {
  Machine machine(options());
  machine.program([&] { machine.controller().connect(0); });
  check_asserts(machine, "Qpair::connect", [&] { machine.at(0).connect(0, 0); });
  machine.settle();
  check_asserts(machine, "Qpair::connect", [&] { machine.at(0).connect(0, 0); });
  machine.disconnect(0);
  machine.settle();
  machine.program([&] { machine.at(0).connect(0, 0); });
}

TEST_CASE("a qpair is not connected along a path that there is not") {
  Machine machine(options());
  check_asserts(machine, "Qpair::connect", [&] { machine.at(0).connect(2, 0); });
}

TEST_CASE("a qpair is not disconnected twice, nor when it is not up") {
  Machine machine(options());
  const auto disconnect = [&] { machine.at(0).disconnect(0); };
  check_asserts(machine, "Qpair::disconnect", disconnect);
  machine.connect_all();
  machine.disconnect(0);
  check_asserts(machine, "Qpair::disconnect", disconnect);
  machine.settle("flush");
  REQUIRE(machine.at(0).life() == Life::lingering);
  check_asserts(machine, "Qpair::disconnect", disconnect);
}

TEST_CASE("one procedure at a time") {
  Machine machine(options());
  machine.program([&] { machine.controller().connect(0); });
  check_asserts(machine, "Controller::start", [&] { machine.controller().shutdown(0); });
}
