// Asynchronous events of verbs, and that a program which asks for none has none.
#include "tests/sim/obliging.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;

namespace {

struct Asking : Working {
  explicit Asking(const MachineSettings& settings, bool asks = true) : Working(settings) {
    until_established();
    if (asks) run([&] { fcntl(app.id->verbs->async_fd, F_SETFL, O_NONBLOCK); });
  }
  // 0 or errno
  int get() {
    int error = -1;
    run([&] { error = ibv_get_async_event(app.id->verbs, &event) == 0 ? 0 : errno; });
    return error;
  }
  StepEnd acknowledge() {
    return run([&] { ibv_ack_async_event(&event); });
  }
  void fail_qp() {
    send(1);
    take("kill target");
    take("lose send id0");
  }
  ibv_async_event event{};
};

}  // namespace

TEST_CASE("a QP that fails raises QP_FATAL, which names the QP, and no event of the CM") {
  Asking bench(one_kill);
  CHECK(bench.get() == EAGAIN);
  bench.fail_qp();
  CHECK(bench.next() == nothing);
  REQUIRE(bench.get() == 0);
  CHECK(bench.event.event_type == IBV_EVENT_QP_FATAL);
  CHECK(bench.event.element.qp == bench.app.id->qp);
  CHECK(std::string(ibv_event_type_str(bench.event.event_type)) == "local work queue catastrophic error");
  CHECK(bench.get() == EAGAIN);
}

TEST_CASE("QP_FATAL is fetched before DISCONNECTED, or after it") {
  for (const bool first : {false, true}) {
    Asking bench(one_kill);
    bench.fail_qp();
    bench.take("deliver DREQ id0");
    if (first) CHECK(bench.get() == 0);
    CHECK(bench.next() == told(Event::disconnected));
    CHECK(bench.get() == (first ? EAGAIN : 0));
  }
}

TEST_CASE("DEVICE_FATAL is raised long before DEVICE_REMOVAL, after it, or not at all, and once, then EIO") {
  for (const bool before : {false, true}) {
    Asking bench(with({Fault::remove}));
    if (before) bench.take("raise DEVICE_FATAL");
    CHECK(bench.get() == (before ? 0 : EAGAIN));
    CHECK(bench.send(1) == 0);  // it is a word of the driver's only
    bench.take("remove device");
    CHECK(bench.next() == told(Event::device_removal));
    CHECK(bench.get() == (before ? EIO : EAGAIN));
    if (!before) {
      bench.take("raise DEVICE_FATAL");
      REQUIRE(bench.get() == 0);
    }
    CHECK(bench.event.event_type == IBV_EVENT_DEVICE_FATAL);
    CHECK(bench.acknowledge() == StepEnd::completed);
    CHECK_FALSE(bench.offers("raise DEVICE_FATAL"));
    CHECK(bench.get() == EIO);
  }
}

TEST_CASE("a QP that is destroyed takes its events along that were not fetched, and no others") {
  Asking bench([] {
    MachineSettings settings = one_kill;
    settings.faults[Fault::remove] = 1;
    return settings;
  }());
  bench.fail_qp();
  bench.take("raise DEVICE_FATAL");
  CHECK(bench.run([&] { rdma_destroy_qp(bench.app.id); }) == StepEnd::completed);
  REQUIRE(bench.get() == 0);
  CHECK(bench.event.event_type == IBV_EVENT_DEVICE_FATAL);
  CHECK(bench.get() == EAGAIN);
}

TEST_CASE("rdma_destroy_qp while this thread holds an event of the QP is blocked for ever, acknowledged it is not") {
  for (const bool acknowledged : {false, true}) {
    Asking bench(one_kill);
    bench.fail_qp();
    REQUIRE(bench.get() == 0);
    if (acknowledged) CHECK(bench.acknowledge() == StepEnd::completed);
    CHECK(bench.run([&] { rdma_destroy_qp(bench.app.id); }) == (acknowledged ? StepEnd::completed : StepEnd::blocked));
  }
}

TEST_CASE("a double acknowledgement, and one of a QP that is gone, are misuses") {
  Asking bench(one_kill);
  bench.fail_qp();
  REQUIRE(bench.get() == 0);
  bench.acknowledge();
  CHECK(bench.acknowledge() == StepEnd::misuse);
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  CHECK(bench.acknowledge() == StepEnd::misuse);
}

TEST_CASE("a question that blocks where only a device that fails could answer says so") {
  Asking bench(with({Fault::remove}), false);
  CHECK(bench.run([&] { ibv_get_async_event(bench.app.id->verbs, &bench.event); }) == StepEnd::blocked);
  CHECK(bench.why() == "ibv_get_async_event waits for an event, and none need come: DEVICE_FATAL may");
}

TEST_CASE("a question that blocks waits for what the environment owes") {
  Asking bench(one_kill, false);
  CHECK(bench.run([&] { ibv_get_async_event(bench.app.id->verbs, &bench.event); }) == StepEnd::blocked);
  CHECK(bench.why() == "ibv_get_async_event waits for an event, and none can come");
  bench.send(1);
  bench.take("kill target");
  Obliging hook;
  CHECK(bench.run([&] { ibv_get_async_event(bench.app.id->verbs, &bench.event); }, &hook) == StepEnd::completed);
  CHECK(bench.event.event_type == IBV_EVENT_QP_FATAL);
}

TEST_CASE("a program that never asks has no asynchronous events, no choices of them, and no more states") {
  Asking bench([] {
    MachineSettings settings = one_kill;
    settings.faults[Fault::remove] = 1;
    return settings;
  }(), false);
  bench.fail_qp();
  CHECK_FALSE(bench.offers("raise DEVICE_FATAL"));
  CHECK(kernel().shared.async_queued == 0);
  std::array<std::uint8_t, 4096> out{};
  const std::size_t size = kernel().describe(out);
  kernel().shared.device_fatal = 1;  // nothing of it is described
  CHECK(kernel().describe(out) == size);
  kernel().shared.async_used = 1;
  CHECK(kernel().describe(out) > size);
}
