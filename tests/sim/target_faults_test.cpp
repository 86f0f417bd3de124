// What becomes of a connection when something happens to its target's process,
// application or host.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Side;
using qpcheck::model::Transport;

namespace {

// As time goes by until the kernel's retransmission must end.
void give_up(Connecting& bench) {
  kernel().advance(Kernel::retries_ms);
  bench.settle();
}

// The same connection on either transport.
void establish(Connecting& bench) {
  if (kernel().shared.transport == Transport::ib) return bench.until_established();
  bench.until_requested();
  bench.settle();
  REQUIRE(bench.next() == told(Event::established));
}

}  // namespace

TEST_CASE("a stopped target on IB: its kernel takes the DREQ, and nobody answers it") {
  Connecting bench(with({Fault::hang}));
  establish(bench);
  bench.take("stop target");
  bench.disconnect();
  bench.settle();
  CHECK(bench.offered().empty());
  CHECK(bench.next() == nothing);
  give_up(bench);
  CHECK(bench.next() == told(Event::disconnected, -ETIMEDOUT));
}

TEST_CASE("a stopped target on iWARP: the close needs no answer of its application") {
  Connecting bench(with({Fault::hang}, Transport::iw));
  establish(bench);
  bench.take("stop target");
  bench.disconnect();
  bench.take("close stream id0");
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(kernel().handles.now_ms == 0);
}

TEST_CASE("a stopped target accepts nothing and closes nothing, until it is killed") {
  Connecting bench(with({Fault::hang, Fault::kill}));
  bench.until_requested();
  bench.take("stop target");
  bench.take("deliver REQ id0 at target");
  CHECK(bench.offered() == std::vector<std::string>{"kill target", "kill target 2"});
  bench.take("kill target");
  bench.take("deliver REJ id0");
  CHECK(bench.next() == told(Event::rejected, qpcheck::model::reason_consumer));
}

TEST_CASE("a stopped target acknowledges a send by its QP, but answers none") {
  Working bench(with({Fault::hang}));
  bench.until_established();
  bench.receive(1);
  bench.send(2);
  bench.take("stop target");
  bench.take("serve id0");
  CHECK(bench.poll() == std::vector<std::string>{"2 success"});
}

TEST_CASE("a host without power: no datagram arrives there or comes from there") {
  Connecting bench(with({Fault::power}));
  bench.until_rtu();
  bench.take("power off target");
  CHECK(bench.datagrams_to(Side::target).empty());
  bench.disconnect();
  CHECK(bench.datagrams_to(Side::target).empty());
  CHECK(bench.offered().empty());
  give_up(bench);
  CHECK(bench.next() == told(Event::disconnected, -ETIMEDOUT));
}

TEST_CASE("what a host sent before it lost its power still arrives") {
  Connecting bench(with({Fault::power, Fault::peer_disconnect}));
  bench.until_established();
  bench.take("target disconnects id0");
  bench.take("power off target");
  bench.take("deliver DREQ id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("a send to a host without power is lost, an idle connection notices nothing") {
  Working bench(with({Fault::power}));
  bench.until_established();
  bench.take("power off target");
  CHECK(bench.offered().empty());
  bench.send(1);
  bench.take("lose send id0");
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.next() == nothing);
}

TEST_CASE("the address of a host without power is not resolved, and a connect times out") {
  Connecting bench(with({Fault::power}));
  bench.take("power off target");
  bench.run([&] { bench.app.resolve_address(); });
  CHECK(bench.slot().excused == 1);
  CHECK(bench.offered().empty());
  kernel().advance(kernel().next_timer_ms());
  bench.take("resolve id0");
  CHECK(bench.next() == told(Event::addr_error, -ETIMEDOUT));
}

TEST_CASE("a rebooted host knows no connection of before: it answers the DREQ at once") {
  Connecting bench(with({Fault::reboot}));
  bench.until_established();
  bench.take("reboot target");
  CHECK(bench.offered().empty());  // it says nothing of itself
  bench.disconnect();
  bench.take("deliver DREQ id0 at target");
  CHECK(bench.datagrams_to(Side::host) == "DREP");
  bench.take("deliver DREP id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("a reboot takes what was under way to the host, what is repeated finds its new listener") {
  Connecting bench(with({Fault::reboot}));
  bench.until_requested();
  bench.take("reboot target");
  CHECK(bench.datagrams_to(Side::target).empty());
  CHECK(bench.offered().empty());
  kernel().advance(Kernel::repeat_ms);
  bench.take("repeat REQ id0");
  bench.settle();
  CHECK(bench.next() == told(Event::established));
}

TEST_CASE("a rebooted host listens, a killed process does not: the next connect is accepted or rejected") {
  for (const Fault fault : {Fault::kill, Fault::reboot}) {
    Connecting bench(with({fault}));
    bench.take(fault == Fault::kill ? "kill target" : "reboot target");
    bench.until_requested();
    bench.settle();
    CHECK(bench.next() == (fault == Fault::kill ? told(Event::rejected, qpcheck::model::reason_invalid_service)
                                                : told(Event::established)));
  }
}

TEST_CASE("a target that reboots again and again resets a stream once") {
  Connecting bench(with_many(Fault::reboot, 20, Transport::iw));
  bench.until_requested();
  for (int i = 0; i < 20; ++i) bench.take("reboot target");
  CHECK(bench.datagrams_to(Side::host) == "RST");
  bench.settle();
  CHECK(bench.next() == told(Event::rejected, -ECONNRESET));
}

TEST_CASE("on iWARP a reply that is not understood is CONNECT_ERROR, and the target is told by a close") {
  Connecting bench(with({Fault::refuse}, Transport::iw));
  bench.until_requested();
  CHECK_FALSE(bench.offers("mangle MPA reply id0"));
  bench.take("deliver MPA request id0 at target");
  bench.take("target accepts id0");
  bench.take("mangle MPA reply id0");
  CHECK(bench.next() == told(Event::connect_error, -EINVAL));
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.datagrams_to(Side::target) == "FIN");
  CHECK(kernel().shared.faults_left.empty());
  bench.settle();
  CHECK(bench.next() == nothing);
}

TEST_CASE("a refused request is REJECTED, with the transport's own status") {
  for (const Transport transport : {Transport::ib, Transport::iw}) {
    Connecting bench(with({Fault::refuse}, transport));
    bench.until_requested();
    bench.take(transport == Transport::ib ? "deliver REQ id0 at target" : "deliver MPA request id0 at target");
    bench.take("target refuses id0");
    bench.settle();
    CHECK(bench.next() ==
          told(Event::rejected, transport == Transport::ib ? qpcheck::model::reason_consumer : -ECONNRESET));
    CHECK(bench.slot().qp == QpState::error);
    bench.disconnect();
    CHECK(bench.next() == nothing);
    CHECK(bench.datagrams_to(Side::target).empty());
  }
}

TEST_CASE("an older connection with this queue pair number: the REQ is REJECTED with reason 10") {
  Connecting bench(with({Fault::stale}));
  bench.until_requested();
  bench.take("remember stale id0");
  bench.take("deliver REQ id0 at target");
  bench.take("deliver REJ id0");
  CHECK(bench.next() == told(Event::rejected, qpcheck::model::reason_stale));
  bench.take("end timewait id0");
  CHECK(bench.next() == nothing);  // no TIMEWAIT_EXIT: it was no connection
}

TEST_CASE("a fault that hinders one attempt only is not counted among those that hinder a connection's return") {
  for (const Fault fault : {Fault::stale, Fault::drop}) {
    Connecting bench(with({fault}));
    bench.until_requested();
    CHECK(kernel().view().hindering == 0);
    bench.take(fault == Fault::stale ? "remember stale id0" : "drop REQ id0 at target");
    CHECK(kernel().view().hindering == (fault == Fault::stale ? 0 : 1));
  }
}

TEST_CASE("the next id is not stale") {
  Connecting bench(with({Fault::stale}));
  bench.until_requested();
  bench.take("remember stale id0");
  bench.settle();
  bench.next();
  bench.run([&] { bench.app.close(), bench.app.create_id(); });
  REQUIRE(bench.slot().in_use == 1);
  bench.until_requested();
  bench.settle();
  CHECK(bench.next() == told(Event::established));
}

TEST_CASE("a target that disconnects unasked closes by itself on iWARP, and asks for an answer on IB") {
  for (const Transport transport : {Transport::ib, Transport::iw}) {
    Connecting bench(with({Fault::peer_disconnect}, transport));
    establish(bench);
    bench.take("target disconnects id0");
    bench.settle();
    CHECK(bench.next() == told(Event::disconnected));
    CHECK(bench.disconnect() == 0);
    CHECK(bench.datagrams_to(Side::target) == (transport == Transport::ib ? "DREP" : ""));
  }
}
