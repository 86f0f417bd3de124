#include <cerrno>

#include "tests/qpair/machine.hpp"

// The data path: what the application is told of its messages, and what it may do then.

using namespace qpcheck::test;
using qpair::Life;

TEST_CASE("a message is sent, its answer received, and the receive posted again") {
  Machine machine(options());
  machine.connect_all();
  CHECK(machine.send(1, 7) == 0);
  machine.take("serve qp1");
  machine.poll(1);
  CHECK(machine.with("sent") == Journal{"qp1 sent 7: success"});
  CHECK(machine.with("received") == Journal{"qp1 received 1"});
  CHECK(machine.count("ibv_post_recv") == 1);
  CHECK(machine.send(1, 8) == 0);
  machine.settle();
  CHECK(machine.count("received") == 2);
}

TEST_CASE("whichever qpair is polled, a completion goes to the qpair it belongs to") {
  Machine machine(options(qpair::Teardown::settled, 3));
  machine.connect_all();
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(machine.send(i, 10 + i) == 0);
  for (const char* const served : {"serve qp2", "serve qp0", "serve qp1"}) machine.take(served);
  machine.poll(0);
  CHECK(machine.with("sent") == Journal{"qp2 sent 12: success", "qp0 sent 10: success", "qp1 sent 11: success"});
  CHECK(machine.with("received") == Journal{"qp2 received 1", "qp0 received 1", "qp1 received 1"});
}

TEST_CASE("with a completion queue of its own a qpair handles its completions when it is polled") {
  qpair::Options chosen = options();
  chosen.completion_queues = qpair::CompletionQueues::per_qpair;
  Machine machine(chosen);
  machine.connect_all();
  for (std::uint32_t i = 0; i < 2; ++i) CHECK(machine.send(i, 10 + i) == 0);
  for (const char* const served : {"serve qp0", "serve qp1"}) machine.take(served);
  machine.poll(0);
  CHECK(machine.with("sent") == Journal{"qp0 sent 10: success"});
  CHECK(machine.send(1, 12) == -EBUSY);
  machine.poll(1);
  CHECK(machine.with("sent") == Journal{"qp0 sent 10: success", "qp1 sent 11: success"});
  CHECK(machine.with("received") == Journal{"qp0 received 1", "qp1 received 1"});
}

TEST_CASE("with the deepest queues of all qpairs every request completes once, also when none is polled meanwhile") {
  for (const auto queues : all_completion_queues) {
    CAPTURE(static_cast<int>(queues));
    qpair::Options chosen = options(qpair::Teardown::settled, 3);
    chosen.completion_queues = queues;
    chosen.queue_depth = qpcheck::sim::max_posted;
    Machine machine(chosen);
    machine.connect_all();
    for (std::uint32_t i = 0; i < 3; ++i)
      for (std::uint64_t message = 0; message < chosen.queue_depth; ++message) CHECK(machine.send(i, message) == 0);
    for (const char* const served : {"serve qp0", "serve qp1", "serve qp2"})
      for (std::uint32_t message = 0; message < chosen.queue_depth; ++message) machine.take(served);
    CHECK(machine.kernel().shared.completed == 2 * 3 * chosen.queue_depth);
    machine.settle();
    CHECK(machine.count("success") == 3 * chosen.queue_depth);
    CHECK(machine.count("received") == 3 * chosen.queue_depth);
    machine.program([&] { machine.controller().shutdown(0); });
    machine.settle();
    machine.destroy_controller();
    CHECK(left_over(machine.kernel()) == 0);
  }
}

TEST_CASE("a message that cannot be sent is refused with the reason") {
  Machine machine(options());
  CHECK(machine.send(0, 1) == -ENOTCONN);
  machine.connect_all();
  CHECK(machine.send(0, 1, machine.controller().options().message_bytes + 1) == -EMSGSIZE);
  CHECK(machine.send(0, 1) == 0);
  CHECK(machine.send(0, 2) == -EBUSY);
  machine.take("serve qp0");
  machine.poll(0);
  CHECK(machine.send(0, 2, 0) == 0);
}

TEST_CASE("once the peer is known to be gone nothing is sent") {
  Machine machine(options());
  machine.connect_all();
  machine.take("kill target");
  machine.take("deliver DREQ qp0");
  machine.poll();
  machine.poll(0);
  REQUIRE(machine.at(0).life() == Life::lost);
  CHECK(machine.send(0, 1) == -ENOTCONN);
  CHECK(machine.send(1, 1) == 0);
}

TEST_CASE("a message under way when the peer goes is reported once, as flushed") {
  Machine machine(options());
  machine.connect_all();
  CHECK(machine.send(0, 5) == 0);
  machine.take("kill target");
  machine.take("deliver DREQ qp0");
  machine.poll();
  machine.poll(0);
  machine.take("flush send qp0");
  machine.settle("lose send");
  CHECK(machine.with("qp0 sent") == Journal{"qp0 sent 5: Work Request Flushed Error"});
  machine.disconnect(0);
  machine.settle();
  CHECK(machine.at(0).finished());
  CHECK(machine.count("qp0 sent") == 1);
  CHECK(machine.count("qp0 received") == 0);
}

TEST_CASE("a message that lingering did not see flushed is reported all the same") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 1));
    machine.connect_all();
    CHECK(machine.send(0, 5) == 0);
    machine.disconnect(0);
    machine.settle_with_time("flush");
    CHECK(machine.at(0).finished());
    CHECK(machine.count("lingering timed out") == 1);
    CHECK(machine.with("sent") == Journal{"qp0 sent 5: Work Request Flushed Error"});
    CHECK(machine.place("qp0 calls rdma_destroy_qp") < machine.place("qp0 sent 5: Work Request Flushed Error"));
    CHECK(machine.place("qp0 sent 5: Work Request Flushed Error") < machine.place("qp0 finished"));
  }
}

TEST_CASE("the application may send from within its callbacks") {
  Machine machine(options(qpair::Teardown::settled, 1));
  machine.connect_all();
  int left = 3, result = 0;
  machine.on_sent = [&](qpair::Qpair& qpair) {
    const std::byte message[1] = {};
    if (left-- > 0) result |= qpair.send(message, 9);
  };
  CHECK(machine.send(0, 9) == 0);
  machine.settle();
  CHECK(result == 0);
  CHECK(machine.count("sent 9: success") == 4);
  CHECK(machine.count("received 1") == 4);
}

TEST_CASE("the application may disconnect from within its callbacks") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Machine machine(options(teardown, 1));
    machine.connect_all();
    machine.on_received = [&](qpair::Qpair& qpair) { qpair.disconnect(machine.now()); };
    CHECK(machine.send(0, 1) == 0);
    machine.settle();
    CHECK(machine.at(0).finished());
    CHECK(machine.count("ibv_post_recv") == 0);
    CHECK(machine.count("timed out") == 0);
  }
}

TEST_CASE("a receive that could not be posted again is posted before another message is sent") {
  Machine machine(options(qpair::Teardown::settled, 1));
  machine.connect_all();
  CHECK(machine.send(0, 1) == 0);
  machine.take("serve qp0");
  const auto post_receive = qpcheck::sim::device_context(0)->ops.post_recv;
  qpcheck::sim::device_context(0)->ops.post_recv = [](ibv_qp*, ibv_recv_wr*, ibv_recv_wr**) { return ENOMEM; };
  machine.poll(0);
  CHECK(machine.kernel().shared.slots[0].receives == 0);
  CHECK(machine.send(0, 2) == -ENOMEM);
  CHECK(machine.kernel().shared.slots[0].sends == 0);
  qpcheck::sim::device_context(0)->ops.post_recv = post_receive;
  CHECK(machine.send(0, 2) == 0);
  CHECK(machine.kernel().shared.slots[0].receives == 1);
  machine.settle();
  CHECK(machine.count("qp0 sent 2: success") == 1);
}
