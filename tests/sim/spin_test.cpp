// Programs that wait within a step: by asking in vain, by reading the clock, by sleeping.
#include <chrono>
#include <ctime>
#include <thread>

#include <unistd.h>

#include "tests/sim/obliging.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;

namespace {

std::uint64_t milliseconds(clockid_t clock = CLOCK_MONOTONIC) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

std::uint64_t now() { return kernel().handles.now_ms; }

}  // namespace

TEST_CASE("a program that asks for an event until a deadline of its own sees time move, and ends") {
  Connecting bench;
  Obliging hook;
  Fetched fetched;
  CHECK(bench.run([&] {
    while (milliseconds() < 250 && (fetched = bench.app.next()) == nothing) {
    }
  }, &hook) == StepEnd::completed);
  CHECK(fetched == nothing);
  CHECK(now() == 300);  // in moves of the environment's, 100 ms each
  CHECK(hook.spun_in == "rdma_get_cm_event");
}

TEST_CASE("a program that asks for an event sees what is under way, before any time has passed") {
  Connecting bench;
  Obliging hook;
  Fetched fetched;
  bench.run([&] { bench.app.resolve_address(); });
  CHECK(bench.run([&] {
    while (milliseconds() < 250 && (fetched = bench.app.next()) == nothing) {
    }
  }, &hook) == StepEnd::completed);
  CHECK(fetched == told(Event::addr_resolved));
  CHECK(now() == 0);
}

TEST_CASE("a program that polls an empty CQ until a deadline ends, one that waits for its flushes gets them") {
  for (const bool posted : {false, true}) {
    Working bench;
    bench.until_established();
    if (posted) bench.receive(1);
    bench.disconnect();
    Obliging hook;
    int polled = 0;
    CHECK(bench.run([&] {
      ibv_wc completion;
      while (milliseconds() < 250 && (polled = ibv_poll_cq(bench.app.cq, 1, &completion)) == 0) {
      }
    }, &hook) == StepEnd::completed);
    CHECK(polled == (posted ? 1 : 0));
    CHECK(now() == (posted ? 0 : 300));
    CHECK(hook.spun_in == "ibv_poll_cq");
  }
}

TEST_CASE("a few questions in vain are no spinning: neither time nor environment moves") {
  Connecting bench;
  Obliging hook;
  bench.run([&] { bench.app.resolve_address(); });
  bench.take("resolve id0");
  bench.next();
  bench.run([&] { rdma_resolve_route(bench.app.id, 1000); });
  CHECK(bench.run([&] {
    for (int i = 0; i < 7; ++i) bench.app.next();
  }, &hook) == StepEnd::completed);
  CHECK(hook.taken.empty());
  CHECK(now() == 0);
}

TEST_CASE("a program that only reads the clock until a deadline ends, one that never ends is a runaway") {
  Connecting bench;
  Obliging hook;
  CHECK(bench.run([] {
    while (milliseconds() < 250) {
    }
  }, &hook) == StepEnd::completed);
  CHECK(now() == 300);
  CHECK(hook.spun_in == "clock_gettime");
  volatile bool on = true;
  CHECK(bench.run([&] {
    while (on) milliseconds();
  }) == StepEnd::runaway);
}

TEST_CASE("reading the clock between calls, or a few times, moves nothing") {
  Connecting bench;
  Obliging hook;
  CHECK(bench.run([&] {
    for (int i = 0; i < 100; ++i) milliseconds(), rdma_ack_cm_event(nullptr);
    for (int i = 0; i < 7; ++i) milliseconds();
  }, &hook) == StepEnd::completed);
  CHECK(now() == 0);
  CHECK(hook.spun_in.empty());
}

TEST_CASE("in the program every clock is the world's, C++'s too, elsewhere it is the system's") {
  Bench bench;
  kernel().advance(123'456);
  std::uint64_t monotonic = 0, real = 0, steady = 0;
  timespec whole{};
  bench.run([&] {
    monotonic = milliseconds();
    real = milliseconds(CLOCK_REALTIME);
    steady = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count());
    clock_gettime(CLOCK_MONOTONIC, &whole);
  });
  CHECK(monotonic == 123'456);
  CHECK(real == 123'456);
  CHECK(steady == 123'456);
  CHECK(whole.tv_sec == 123);
  CHECK(whole.tv_nsec == 456'000'000);
  CHECK(milliseconds(CLOCK_REALTIME) > 1'500'000'000'000);
}

TEST_CASE("the time that a program reads is among what it was told") {
  struct Hearing : Obliging {
    void returned(std::uint64_t result) override { heard.push_back(result); }
    std::vector<std::uint64_t> heard;
  } hook;
  Bench bench;
  kernel().advance(5);
  bench.run([] {
    milliseconds();
    usleep(7000);
    milliseconds();
  }, &hook);
  CHECK(hook.heard == std::vector<std::uint64_t>{0, 7, 7});  // counted from when the step began
}

TEST_CASE("a program sleeps in the world's time, by usleep, nanosleep or C++, rounded up to milliseconds") {
  Bench bench;
  CHECK(bench.run([] { usleep(1500); }) == StepEnd::completed);
  CHECK(now() == 2);
  bench.run([] {
    const timespec wanted{1, 1};
    timespec left{9, 9};
    nanosleep(&wanted, &left);
  });
  CHECK(now() == 2 + 1001);
  bench.run([] { std::this_thread::sleep_for(std::chrono::hours(1)); });
  CHECK(now() == 2 + 1001 + 3'600'000);
  bench.run([] { usleep(0); });
  CHECK(now() == 2 + 1001 + 3'600'000);
}

TEST_CASE("while a program sleeps, what is under way happens first, then time moves, by timers, to its wake") {
  Connecting bench(with({Fault::hang}));
  bench.until_established();
  bench.take("stop target");
  bench.disconnect();
  Obliging hook;
  Fetched before, after;
  CHECK(bench.run([&] {
    before = bench.app.next();
    usleep(200'000'000);
    after = bench.app.next();
  }, &hook) == StepEnd::completed);
  CHECK(before == nothing);
  CHECK(after == told(Event::disconnected, -ETIMEDOUT));
  CHECK(hook.taken == std::vector<std::string>{"deliver DREQ id0 at target", "give up retransmission id0"});
  CHECK(hook.blocked_in == "usleep");
  CHECK(now() == 200'000);
  CHECK(kernel().next_timer_ms() == no_timer);
}

TEST_CASE("a program that sleeps between its questions sees its event when it comes, not at a later timer") {
  Connecting bench(with({Fault::drop}));
  bench.until_requested();
  bench.take("drop REQ id0 at target");
  Obliging hook;
  Fetched fetched;
  CHECK(bench.run([&] {
    while ((fetched = bench.app.next()) == nothing) usleep(1'000'000);
  }, &hook) == StepEnd::completed);
  CHECK(fetched == told(Event::established));
  CHECK(now() == 5000);  // the REQ was repeated after 4608 ms
}

TEST_CASE("how long a program still sleeps is part of the description, and nothing of it is left when it wakes") {
  Connecting bench;
  const auto description = [] {
    std::array<std::uint8_t, 4096> out{};
    return std::vector<std::uint8_t>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(kernel().describe(out)));
  };
  const auto awake = description();
  kernel().handles.wake_ms = now() + 10;
  const auto ten = description();
  kernel().advance(5);
  const auto five = description();
  kernel().advance(5);
  CHECK(ten != awake);
  CHECK(five != ten);
  CHECK(five != awake);
  CHECK(description() == awake);
}
