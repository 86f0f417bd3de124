// What comes in no order, or does not come although something was there: completions
// and events, destruction and what it purges, a fetch that swallows.
#include "tests/sim/obliging.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Side;

namespace {

using Texts = std::vector<std::string>;

const Texts flushed = {"1 Work Request Flushed Error"};

// A peer that dies, with a receive posted and its answer to a send in the CQ.
struct Dying : Working {
  Dying() : Working(one_kill) {
    until_established();
    receive(7);
    send(8);
    take("serve id0");
    take("kill target");
    take("deliver DREQ id0");
  }
};

// REJECTED behind a CONNECT_ERROR, which librdmacm does not show.
struct Swallowing : Connecting {
  Swallowing() : Connecting(one_kill), second(app) {
    until_responded();
    disconnect();
    REQUIRE(next() == told(Event::connect_error, -1));
    take("kill target");
    take("deliver REJ id0");
    REQUIRE(kernel().shared.queued == 1);
  }
  Program second;
};

}  // namespace

TEST_CASE("DISCONNECTED is fetched before completions that are older, or after them") {
  for (const bool event_first : {false, true}) {
    Dying bench;
    if (event_first) CHECK(bench.next() == told(Event::disconnected));
    CHECK(bench.poll() == Texts{"8 success", "7 success"});
    if (!event_first) CHECK(bench.next() == told(Event::disconnected));
    CHECK(bench.next() == nothing);
  }
}

TEST_CASE("the initiator's requests are flushed before its DREQ leaves, or after DISCONNECTED") {
  for (const bool flush_first : {false, true}) {
    Working bench;
    bench.until_established();
    bench.receive(1);
    bench.disconnect();
    if (flush_first) bench.take("flush receive id0");
    CHECK(bench.poll() == (flush_first ? flushed : Texts{}));
    CHECK(bench.datagrams_to(Side::target) == "DREQ");
    for (const char* const step : {"deliver DREQ id0 at target", "target closes id0", "deliver DREP id0"})
      bench.take(step);
    CHECK(bench.next() == told(Event::disconnected));
    if (!flush_first) bench.take("flush receive id0");
    CHECK(bench.poll() == (flush_first ? Texts{} : flushed));
  }
}

TEST_CASE("a send fails at the dead peer before its DREQ arrives, or is never missed") {
  Working bench(one_kill);
  bench.until_established();
  bench.send(1);
  bench.take("kill target");
  CHECK(bench.offers("lose send id0"));
  CHECK(bench.offers("deliver DREQ id0"));
  bench.take("lose send id0");
  CHECK(bench.poll() == Texts{"1 transport retry counter exceeded"});
  CHECK(bench.next() == nothing);
  bench.take("deliver DREQ id0");
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("an event of one id is queued before an older one of another id, as the deliveries come") {
  Connecting bench;
  Program second = bench.app;
  bench.run([&] { second.create_id(), bench.app.resolve_address(), second.resolve_address(); });
  bench.take("resolve id1");
  bench.take("resolve id0");
  bench.next();
  CHECK(second.id->verbs != nullptr);
  CHECK(bench.app.id->verbs == nullptr);
}

TEST_CASE("after rdma_destroy_id nothing of the id is queued any more, whatever still arrives for it") {
  Connecting bench(one_kill);
  bench.until_established();
  bench.take("kill target");
  CHECK(bench.run([&] { bench.app.close(); }) == StepEnd::completed);
  bench.take("deliver DREQ id0");
  CHECK(kernel().shared.queued == 0);
  CHECK(bench.next() == nothing);
}

TEST_CASE("rdma_destroy_id purges several events, DISCONNECTED and TIMEWAIT_EXIT") {
  Connecting bench;
  bench.until_established();
  bench.disconnect();
  for (const char* const step :
       {"deliver DREQ id0 at target", "target closes id0", "deliver DREP id0", "end timewait id0"})
    bench.take(step);
  REQUIRE(kernel().shared.queued == 2);
  bench.run([&] { bench.app.close(); });
  CHECK(kernel().shared.queued == 0);
  CHECK(bench.slot().in_use == 0);
}

TEST_CASE("an unacknowledged event blocks the destruction of its own id, and of no other") {
  for (const bool own : {false, true}) {
    Connecting bench;
    Program second = bench.app;
    bench.run([&] { second.create_id(), bench.app.resolve_address(); });
    bench.settle();
    const StepEnd end = bench.run([&] {
      bench.app.fetch();
      rdma_destroy_id(own ? bench.app.id : second.id);
    });
    CHECK(end == (own ? StepEnd::blocked : StepEnd::completed));
    if (!own) CHECK(bench.slot(0).held == 1);
  }
}

TEST_CASE("no environment, and no time, ends the wait of rdma_destroy_id for an event that its own thread holds") {
  Connecting bench;
  bench.until_responded();
  Obliging hook;
  CHECK(bench.run([&] { bench.app.fetch(), bench.app.close(); }, &hook) == StepEnd::blocked);
  CHECK(hook.taken.empty());
}

TEST_CASE("EAGAIN although an event was queued: librdmacm swallowed it") {
  Swallowing bench;
  CHECK(bench.next() == nothing);
  CHECK(kernel().shared.queued == 0);
}

TEST_CASE("a fetch that swallows goes on to the next event, of whatever id") {
  Swallowing bench;
  bench.run([&] { bench.second.create_id(), bench.second.resolve_address(1); });
  bench.take("resolve id1");
  REQUIRE(kernel().shared.queued == 2);
  CHECK(bench.next() == told(Event::addr_resolved));
  CHECK(bench.next() == nothing);
}

TEST_CASE("a blocking fetch that swallows the only event blocks, although the channel was readable") {
  Swallowing bench;
  bench.run([&] { fcntl(bench.app.channel->fd, F_SETFL, 0); });
  CHECK(bench.run([&] { bench.app.fetch(); }) == StepEnd::blocked);
  CHECK(bench.why() == "rdma_get_cm_event waits for an event, and none can come");
}

TEST_CASE("CONNECT_ERROR does not swallow itself, nor what is neither REJECTED nor DISCONNECTED") {
  Connecting bench(with({Fault::neighbour}));
  bench.until_responded();
  bench.disconnect();
  bench.take("change neighbour id0");
  CHECK(bench.next() == told(Event::connect_error, -1));
  CHECK(bench.next() == told(Event::unreachable, -ETIMEDOUT));
}

TEST_CASE("a send is served, and a receive completes, while the RTU is under way and the target not ESTABLISHED") {
  Working bench;
  bench.until_rtu();
  bench.receive(1);
  bench.send(2);
  bench.take("serve id0");
  CHECK(bench.poll() == Texts{"2 success", "1 success"});
  CHECK(bench.slot().connection.target().ib == qpcheck::model::Ib::rep_sent);
  CHECK(bench.datagrams_to(Side::target) == "RTU");
  bench.take("deliver RTU id0 at target");
  CHECK(bench.slot().connection.target().ib == qpcheck::model::Ib::established);
}
