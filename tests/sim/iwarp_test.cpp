// iWARP, as far as the host sees it: no datagrams that get lost and no timewait, but
// calls that wait, fail at once or find their QP closed.
#include "tests/sim/obliging.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Iw;
using qpcheck::model::Side;
using qpcheck::model::Transport;

namespace {

using Names = std::vector<std::string>;

struct Streaming : Working {
  explicit Streaming(std::initializer_list<Fault> faults = {}) : Working(with(faults, Transport::iw)) {}
  void until_requested_there() {
    until_requested();
    take("deliver MPA request id0 at target");
  }
  void until_up() {
    until_requested_there();
    take("target accepts id0");
    take("deliver MPA reply id0");
    REQUIRE(next() == told(Event::established));
  }
  // Up to the call of rdma_connect, which is the test's.
  int connect_without(const char* fault) {
    take(fault);
    Fetched fetched;
    run([&] { app.resolve_address(); });
    settle();
    next();
    run([&] { rdma_resolve_route(app.id, 1000); });
    settle();
    next();
    return connect();
  }
  int connect() {
    int result = -2;
    run([&] { result = app.id->qp == nullptr ? app.create_qp() : 0; });
    REQUIRE(result == 0);
    run([&] { result = rdma_connect(app.id, nullptr) == 0 ? 0 : errno; });
    return result;
  }
};

}  // namespace

TEST_CASE("on iWARP the provider brings the QP up, and ESTABLISHED is no work of the fetch") {
  Streaming bench;
  bench.until_requested_there();
  bench.take("target accepts id0");
  CHECK(bench.slot().qp == QpState::init);
  bench.take("deliver MPA reply id0");
  CHECK(bench.slot().qp == QpState::rts);
  CHECK(bench.offered().empty());
  CHECK(bench.next() == told(Event::established));
  CHECK(bench.datagrams_to(Side::target).empty());
}

TEST_CASE("a connect that is refused fails at once, without an event, and may be tried again") {
  Streaming bench({Fault::kill, Fault::reboot});
  CHECK(bench.connect_without("kill target") == ECONNREFUSED);
  CHECK(bench.offered() == Names{"reboot target", "reboot target 2"});
  CHECK(bench.next() == nothing);
  CHECK(kernel().next_timer_ms() == no_timer);
  bench.take("reboot target");
  CHECK(bench.connect() == 0);
  bench.settle();
  CHECK(bench.next() == told(Event::established));
}

TEST_CASE("a connect that nobody answers fails with ETIMEDOUT, without an event") {
  Streaming bench({Fault::power});
  bench.until_route_resolved();
  bench.take("power off target");
  CHECK(bench.connect() == ETIMEDOUT);
  CHECK(bench.next() == nothing);
  CHECK(kernel().next_timer_ms() == no_timer);
}

TEST_CASE("an attempt whose target dies, or whose stream is reset, ends as REJECTED with -ECONNRESET") {
  for (const char* const fault : {"kill target", "reboot target"})
    for (const bool arrived : {false, true}) {
      INFO(fault << ", request arrived: " << arrived);
      Streaming bench({Fault::kill, Fault::reboot});
      bench.until_requested();
      if (arrived) bench.take("deliver MPA request id0 at target");
      bench.take(fault);
      bench.settle();
      CHECK(bench.next() == told(Event::rejected, -ECONNRESET));
      CHECK(bench.slot().qp == QpState::error);
      CHECK(bench.next() == nothing);
    }
}

TEST_CASE("an MPA reject is REJECTED with -ECONNRESET or -ECONNREFUSED, as the provider likes, and once") {
  for (const bool refused : {false, true}) {
    Streaming bench({Fault::refuse});
    bench.until_requested_there();
    bench.take("target refuses id0");
    CHECK(bench.offered() == Names{"deliver MPA reject id0", "deliver MPA reject id0, called refused"});
    bench.take(refused ? "deliver MPA reject id0, called refused" : "deliver MPA reject id0");
    CHECK(bench.next() == told(Event::rejected, refused ? -ECONNREFUSED : -ECONNRESET));
    CHECK(bench.slot().qp == QpState::error);
    CHECK(bench.next() == nothing);
  }
}

TEST_CASE("an attempt that a stopped target leaves open is UNREACHABLE when the provider's time is up") {
  Streaming bench({Fault::hang});
  bench.until_requested();
  bench.take("stop target");
  bench.settle();
  CHECK(kernel().next_timer_ms() == Kernel::mpa_reply_ms);
  kernel().advance(Kernel::mpa_reply_ms - 1);
  CHECK(bench.offered().empty());
  kernel().advance(1);
  bench.take("give up retransmission id0");
  CHECK(bench.next() == told(Event::unreachable, -ETIMEDOUT));
}

TEST_CASE(
    "rdma_disconnect and rdma_destroy_id wait for the reply to a connect, where none can come they are blocked for "
    "ever") {
  for (const bool destroys : {false, true}) {
    Streaming bench;
    bench.until_requested();
    auto call = [&] {
      destroys ? rdma_destroy_qp(bench.app.id), rdma_destroy_id(bench.app.id) : rdma_disconnect(bench.app.id);
    };
    CHECK(bench.run(call) == StepEnd::blocked);  // without an environment
    CHECK(bench.why() == (destroys ? "rdma_destroy_qp waits until the connection attempt ends, and it cannot"
                                   : "the call waits until the connection attempt ends, and it cannot"));
  }
}

TEST_CASE("rdma_disconnect waits for ESTABLISHED, and then closes what has just come up") {
  Streaming bench;
  bench.until_requested();
  Obliging hook;
  int result = -2;
  CHECK(bench.run([&] { result = rdma_disconnect(bench.app.id); }, &hook) == StepEnd::completed);
  CHECK(result == 0);
  CHECK(hook.blocked_in == "rdma_disconnect");
  CHECK(hook.taken == Names{"deliver MPA request id0 at target", "target accepts id0", "deliver MPA reply id0"});
  CHECK(bench.datagrams_to(Side::target) == "FIN");
  CHECK(bench.slot().qp == QpState::error);
  bench.settle();
  CHECK(bench.next() == told(Event::established));
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.next() == nothing);
}

TEST_CASE("rdma_connect returns when TCP has connected, or has given up: time passes in it") {
  for (const bool off : {false, true}) {
    Streaming bench({Fault::power, Fault::delay});
    bench.until_route_resolved();
    bench.take(off ? "power off target" : "delay id0");
    Obliging hook;
    int result = 1, error = 0;
    CHECK(bench.run([&] { bench.app.create_qp(), result = rdma_connect(bench.app.id, nullptr), error = errno; },
                    &hook) == StepEnd::completed);
    CHECK(hook.blocked_in == "rdma_connect");
    CHECK(kernel().handles.now_ms == (off ? Kernel::tcp_gives_up_ms : Kernel::tcp_connects_late_ms));
    CHECK(result == (off ? -1 : 0));
    if (off) CHECK(error == ETIMEDOUT);
    CHECK(bench.slot().excused == 1);
  }
}

TEST_CASE(
    "a QP is destroyed, and its id, once the attempt to connect is over: both calls wait for ESTABLISHED, which is "
    "purged") {
  Streaming bench;
  bench.until_requested();
  Obliging hook;
  CHECK(bench.run([&] { bench.app.close(); }, &hook) == StepEnd::completed);
  CHECK(hook.blocked_in == "rdma_destroy_qp");
  CHECK(kernel().shared.queued == 0);
  CHECK(bench.datagrams_to(Side::target) == "RST");
  bench.settle();
  CHECK(bench.slot().in_use == 0);
}

TEST_CASE("a call that waits for the reply of a stopped target waits until the provider gives up") {
  for (const bool destroys : {false, true}) {
    Streaming bench({Fault::hang});
    bench.until_requested();
    bench.take("stop target");
    Obliging hook;
    int result = -2;
    auto call = [&] {
      if (destroys) rdma_destroy_qp(bench.app.id);
      result = destroys ? rdma_destroy_id(bench.app.id) : rdma_disconnect(bench.app.id);
    };
    CHECK(bench.run(call, &hook) == StepEnd::completed);
    CHECK(result == 0);
    CHECK(kernel().handles.now_ms == Kernel::mpa_reply_ms);
    CHECK(bench.next() == (destroys ? nothing : told(Event::unreachable, -ETIMEDOUT)));
  }
}

TEST_CASE(
    "after the peer closed, rdma_disconnect succeeds or finds the QP closed for good, DISCONNECTED comes once in "
    "either case") {
  for (const bool for_good : {false, true}) {
    Streaming bench({Fault::peer_disconnect});
    bench.until_up();
    bench.take("target disconnects id0");
    bench.take(for_good ? "deliver FIN id0, its QP is closed for good" : "deliver FIN id0");
    CHECK(bench.next() == nothing);  // the provider has yet to say CLOSE
    CHECK(bench.disconnect() == (for_good ? -1 : 0));
    if (for_good) CHECK(bench.seen.back().error == EINVAL);
    CHECK(bench.datagrams_to(Side::target).empty());  // the kernel was not told, or had nothing to say
    bench.take("close stream id0");
    CHECK(bench.disconnect() == (for_good ? -1 : 0));
    CHECK(bench.next() == told(Event::disconnected));
    CHECK(bench.disconnect() == (for_good ? -1 : 0));
    bench.settle();
    CHECK(bench.next() == nothing);
    CHECK(bench.run([&] { bench.app.close(); }) == StepEnd::completed);
  }
}

TEST_CASE("without its QP rdma_disconnect finds nothing that is closed for good") {
  Streaming bench({Fault::peer_disconnect});
  bench.until_up();
  bench.take("target disconnects id0");
  bench.take("deliver FIN id0, its QP is closed for good");
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  CHECK(bench.disconnect() == 0);
}

TEST_CASE("a reset is DISCONNECTED with status 0 or -ECONNRESET, as the provider likes, and once") {
  for (const bool aborts : {false, true}) {
    Streaming bench({Fault::kill});
    bench.until_up();
    bench.take("kill target");
    bench.take("deliver RST id0");
    CHECK(bench.offered() == Names{"close stream id0", "abort stream id0"});
    bench.take(aborts ? "abort stream id0" : "close stream id0");
    CHECK(bench.next() == told(Event::disconnected, aborts ? -ECONNRESET : 0));
    CHECK(bench.offered().empty());
    CHECK(bench.next() == nothing);
  }
}

TEST_CASE("crossing closes: each side is told once, and nothing is left on the way") {
  Streaming bench({Fault::peer_disconnect});
  bench.until_up();
  bench.take("target disconnects id0");
  CHECK(bench.disconnect() == 0);
  bench.settle();
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.next() == nothing);
  bench.run([&] { bench.app.close(); });
  bench.settle();
  CHECK(bench.slot().in_use == 0);
}

TEST_CASE("on iWARP no TIMEWAIT_EXIT comes, however long one waits") {
  Streaming bench;
  bench.until_up();
  bench.disconnect();
  bench.settle();
  CHECK(bench.next() == told(Event::disconnected));
  kernel().advance(10 * Kernel::retries_ms);
  CHECK(bench.offered().empty());
  CHECK(bench.next() == nothing);
}

TEST_CASE("a QP that fails makes the provider close the stream: DISCONNECTED at both ends") {
  Streaming bench({Fault::power});
  bench.until_up();
  bench.run([&] {
    ibv_qp_attr attributes{};
    attributes.qp_state = IBV_QPS_ERR;
    ibv_modify_qp(bench.app.id->qp, &attributes, IBV_QP_STATE);
  });
  CHECK(bench.offers("close stream id0"));
  bench.take("close stream id0");
  CHECK(bench.datagrams_to(Side::target) == "RST");
  CHECK(bench.next() == told(Event::disconnected));
  bench.settle();
  CHECK(bench.slot().connection.app == qpcheck::model::TargetApp::closed);
}

TEST_CASE("a lost host is noticed by a send: the QP fails, and then the stream is closed") {
  Streaming bench({Fault::power});
  bench.until_up();
  bench.take("power off target");
  CHECK(bench.offered().empty());  // an idle stream notices nothing
  bench.send(1);
  bench.take("lose send id0");
  bench.take("close stream id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("the QP's requests are flushed before DISCONNECTED or after it") {
  for (const bool before : {false, true}) {
    Streaming bench({Fault::peer_disconnect});
    bench.until_up();
    bench.receive(1);
    bench.take("target disconnects id0");
    CHECK_FALSE(bench.offers("flush receive id0"));
    bench.take("deliver FIN id0");
    bench.take(before ? "flush receive id0" : "close stream id0");
    CHECK(bench.poll().size() == (before ? 1 : 0));
    CHECK(bench.next() == (before ? nothing : told(Event::disconnected)));
    bench.take(before ? "close stream id0" : "flush receive id0");
    CHECK(bench.poll().size() == (before ? 0 : 1));
    CHECK(bench.next() == (before ? told(Event::disconnected) : nothing));
  }
}

TEST_CASE("what is posted to a QP that was flushed may never complete: its flush is no fair choice") {
  Streaming bench({Fault::peer_disconnect});
  bench.until_up();
  bench.receive(1);
  bench.take("target disconnects id0");
  bench.take("deliver FIN id0");
  bench.receive(2);
  bench.send(3);
  const auto is_fair = [](EnvKind kind) { return fair_label(kernel(), {kind, 0, {}, 0}) != 0; };
  CHECK(is_fair(EnvKind::flush_receive));
  CHECK_FALSE(is_fair(EnvKind::flush_send));
  bench.take("flush receive id0");
  CHECK_FALSE(is_fair(EnvKind::flush_receive));
  bench.take("flush receive id0");
  bench.take("flush send id0");
  CHECK(bench.poll().size() == 3);
}

TEST_CASE("a removed device ends an attempt at once: nothing waits for its reply any more") {
  Streaming bench({Fault::remove});
  bench.until_requested();
  bench.take("remove device");
  CHECK(bench.next() == told(Event::device_removal));
  CHECK(bench.disconnect() == -1);
  CHECK(bench.run([&] { bench.app.close(); }) == StepEnd::completed);
}
