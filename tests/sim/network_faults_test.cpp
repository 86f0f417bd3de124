// What becomes of a connection when the network, its neighbours or the device fail it.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Side;
using qpcheck::model::Transport;

namespace {

struct Loss {
  void (*begin)(Connecting&);  // sends the datagram that is lost again and again
  std::string datagram;
  Fetched end;
};
const Loss losses[] = {
    {[](Connecting& b) { b.until_requested(); }, "REQ", told(Event::unreachable, -ETIMEDOUT)},
    {[](Connecting& b) { b.until_established(), b.disconnect(); }, "DREQ", told(Event::disconnected, -ETIMEDOUT)},
};

}  // namespace

TEST_CASE("what is lost is repeated after its time, not before, and then arrives") {
  for (const Loss& loss : losses) {
    INFO(loss.datagram);
    Connecting bench(with({Fault::drop}));
    loss.begin(bench);
    bench.take("drop " + loss.datagram + " id0 at target");
    CHECK(bench.offered().empty());
    CHECK(kernel().next_timer_ms() == Kernel::repeat_ms);
    kernel().advance(Kernel::repeat_ms - 1);
    CHECK(bench.offered().empty());
    kernel().advance(1);
    CHECK(bench.offered() == std::vector<std::string>{"repeat " + loss.datagram + " id0"});
    bench.take("repeat " + loss.datagram + " id0");
    CHECK(bench.datagrams_to(Side::target) == loss.datagram);
    CHECK_FALSE(bench.offers("repeat " + loss.datagram + " id0"));
  }
}

TEST_CASE(
    "what is lost again and again is given up: from the sixteenth repetition on it may be, in the end it must be") {
  for (const Loss& loss : losses) {
    INFO(loss.datagram);
    Connecting bench(with_many(Fault::drop, 60));
    loss.begin(bench);
    const std::string give_up = "give up retransmission id0";
    int repetitions = 0, before_giving_up = 0;
    std::uint64_t may_end_ms = 0;
    const auto must_end = [&] { return bench.slot().timer_left_ms == 0; };
    for (bench.take("drop " + loss.datagram + " id0 at target"); !must_end();) {
      REQUIRE(kernel().next_timer_ms() != no_timer);
      kernel().advance(kernel().next_timer_ms());
      if (may_end_ms == 0 && bench.offers(give_up))
        may_end_ms = kernel().handles.now_ms, before_giving_up = repetitions;
      if (!bench.offers("repeat " + loss.datagram + " id0")) continue;
      bench.take("repeat " + loss.datagram + " id0");
      bench.take("drop " + loss.datagram + " id0 at target");
      REQUIRE(++repetitions < 30);
      CHECK(kernel().handles.now_ms == static_cast<std::uint64_t>(repetitions) * Kernel::repeat_ms);
    }
    CHECK(may_end_ms == Kernel::retries_ms - Kernel::retries_may_end_ms);
    CHECK(before_giving_up == 16);
    CHECK(kernel().handles.now_ms == Kernel::retries_ms);
    bench.take(give_up);
    CHECK(bench.next() == loss.end);
    CHECK(kernel().next_timer_ms() == no_timer);
  }
}

TEST_CASE("a lost DREP: the DREQ is repeated, and a target in timewait, or gone, answers again") {
  Connecting bench(with({Fault::drop}));
  bench.until_established();
  bench.disconnect();
  bench.take("deliver DREQ id0 at target");
  bench.take("target closes id0");
  bench.take("drop DREP id0");
  CHECK(bench.offered().empty());
  kernel().advance(Kernel::repeat_ms);
  bench.take("repeat DREQ id0");
  bench.take("deliver DREQ id0 at target");
  bench.take("deliver DREP id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("a target's own DREQ that is lost is repeated by its kernel, if its process lives") {
  Connecting bench(with({Fault::drop, Fault::peer_disconnect}));
  bench.until_established();
  bench.take("target disconnects id0");
  bench.take("drop DREQ id0");
  bench.take("repeat DREQ id0 at target");
  bench.take("deliver DREQ id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("a killed target's one DREQ that is lost is never repeated: the host is not told") {
  Connecting bench(with({Fault::drop, Fault::kill}));
  bench.until_established();
  bench.take("kill target");
  bench.take("drop DREQ id0");
  kernel().advance(10 * Kernel::retries_ms);
  CHECK(bench.offered().empty());
  CHECK(bench.next() == nothing);
}

TEST_CASE("an id that is destroyed repeats nothing") {
  Connecting bench(with({Fault::drop}));
  bench.until_established();
  bench.disconnect();
  bench.take("drop DREQ id0 at target");
  bench.run([&] { bench.app.close(); });
  CHECK(kernel().next_timer_ms() == no_timer);
  kernel().advance(Kernel::retries_ms);
  CHECK(bench.offered().empty());
}

TEST_CASE(
    "an answer to a resolution that is lost is an ERROR of that resolution when its time is over, and may be tried "
    "again") {
  Connecting bench(with_many(Fault::drop, 2));
  const auto resolve = [&](bool route) {
    bench.run([&] { route ? rdma_resolve_route(bench.app.id, 1000) : bench.app.resolve_address(); });
  };
  for (const bool route : {false, true}) {
    resolve(route);
    bench.take("drop answer to resolve id0");
    CHECK(bench.next() == nothing);
    CHECK_FALSE(bench.offers("resolve id0"));
    CHECK(kernel().next_timer_ms() == 1000);
    kernel().advance(1000);
    bench.take("resolve id0");
    CHECK(bench.next() == told(route ? Event::route_error : Event::addr_error, -ETIMEDOUT));
    resolve(route);
    bench.take("resolve id0");
    CHECK(bench.next() == told(route ? Event::route_resolved : Event::addr_resolved));
  }
}

TEST_CASE("of two datagrams that change places the second arrives first") {
  Connecting bench(with({Fault::reorder}));
  bench.until_rtu();
  bench.disconnect();
  bench.take("reorder RTU id0 at target");
  CHECK(bench.datagrams_to(Side::target) == "DREQ RTU");
  bench.settle();  // the DREQ is taken before the RTU, which is then ignored
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("a delay hides what is under way until the clock moves") {
  Connecting bench(with({Fault::delay}));
  bench.until_requested();
  bench.take("delay id0");
  CHECK(bench.offered().empty());
  CHECK(kernel().next_timer_ms() <= Kernel::retries_ms);
  kernel().advance(1);
  CHECK(bench.offered() == std::vector<std::string>{"deliver REQ id0 at target"});
}

TEST_CASE("a delay hides queued events until the clock moves, and none of another id") {
  Connecting bench(with({Fault::delay}));
  Program second = bench.app;
  bench.run([&] { second.create_id(), bench.app.resolve_address(), second.resolve_address(); });
  bench.settle();
  REQUIRE(kernel().shared.queued == 2);
  bench.take("delay id0");
  CHECK(kernel().next_timer_ms() == 1);  // an end of the delay is in sight although no timer runs
  bench.next();
  CHECK(second.id->verbs != nullptr);
  CHECK(bench.next() == nothing);
  kernel().advance(1);
  CHECK(bench.next() == told(Event::addr_resolved));
  CHECK(bench.app.id->verbs != nullptr);
}

TEST_CASE("a delayed event of an id that is destroyed is purged like any other") {
  Connecting bench(with({Fault::delay}));
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  bench.take("delay id0");
  CHECK(bench.run([&] { rdma_destroy_id(bench.app.id); }) == StepEnd::completed);
  CHECK(kernel().shared.queued == 0);
  CHECK(kernel().next_timer_ms() == no_timer);
}

TEST_CASE("nothing is delayed where nothing is under way") {
  Connecting bench(with({Fault::delay}));
  CHECK(bench.offered().empty());
  bench.until_established();
  CHECK(bench.offered().empty());
  bench.disconnect();
  CHECK(bench.offers("delay id0"));
}

TEST_CASE(
    "a change of the neighbour's address may cost the way back: the DREQ arrives, no DREP comes, and that excuses a "
    "timeout") {
  Connecting bench(with_many(Fault::neighbour, 1));
  bench.until_established();
  CHECK(bench.slot().excused == 0);
  bench.take("lose neighbour id0");
  CHECK(bench.slot().excused == 1);
  CHECK(bench.next() == told(Event::unreachable, -ETIMEDOUT));
  bench.disconnect();
  for (const char* const step : {"deliver DREQ id0 at target", "target closes id0"}) bench.take(step);
  CHECK_FALSE(bench.offers("deliver DREP id0"));
  CHECK_FALSE(bench.offers("repeat"));
}

TEST_CASE("a change of the neighbour's address that the connection survives excuses nothing") {
  for (const char* const survived : {"change neighbour id0", "fail bond over id0"}) {
    Connecting bench(with_many(Fault::neighbour, 1));
    bench.until_established();
    bench.take(survived);
    CHECK(bench.slot().excused == 0);
  }
}

TEST_CASE("a change of the neighbour's address comes any number of times, also after the end, and ends nothing") {
  Connecting bench(with_many(Fault::neighbour, 6));
  bench.until_established();
  const auto change = [&] {
    bench.take("change neighbour id0");
    CHECK(bench.next() == told(Event::unreachable, -ETIMEDOUT));
  };
  change();
  change();
  CHECK(bench.slot().qp == QpState::rts);
  bench.disconnect();
  for (const char* const step : {"deliver DREQ id0 at target", "target closes id0", "deliver DREP id0"})
    bench.take(step);
  bench.take("change neighbour id0");
  bench.take("end timewait id0");
  bench.take("change neighbour id0");
  for (const Fetched& each : {told(Event::disconnected), told(Event::unreachable, -ETIMEDOUT),
                              told(Event::timewait_exit), told(Event::unreachable, -ETIMEDOUT)})
    CHECK(bench.next() == each);
  change();
}

TEST_CASE("a neighbour matters on RoCE once the route is asked for, a bond wherever the id is bound") {
  Connecting ib(with({Fault::neighbour}));
  CHECK(ib.offered().empty());  // not bound
  ib.run([&] { ib.app.resolve_address(); });
  CHECK(ib.offered() == std::vector<std::string>{"put off answer id0", "resolve id0", "fail bond over id0"});
  ib.settle();
  ib.next();
  ib.run([&] { rdma_resolve_route(ib.app.id, 1); });
  CHECK(ib.offers("change neighbour id0"));
  Connecting iw(with({Fault::neighbour}, Transport::iw));
  iw.until_requested();
  CHECK_FALSE(iw.offers("change neighbour id0"));
  iw.take("fail bond over id0");
  CHECK(iw.next() == told(Event::addr_change));
}

TEST_CASE("an address may be resolved only when the kernel's time for it is over, and with status 0") {
  Connecting bench(MachineSettings{});
  bench.run([&] { bench.app.resolve_address(); });
  const std::uint32_t given_ms = bench.slot().timer_left_ms;
  REQUIRE(given_ms > 0);
  bench.take("put off answer id0");
  CHECK_FALSE(bench.offers("resolve id0"));
  CHECK(kernel().next_timer_ms() == given_ms);
  kernel().advance(given_ms - 1);
  CHECK_FALSE(bench.offers("resolve id0"));
  kernel().advance(1);
  CHECK_FALSE(bench.offers("put off answer id0"));
  bench.take("resolve id0");
  CHECK(bench.next() == told(Event::addr_resolved));
  CHECK(bench.slot().timer_left_ms == no_timer);
}
