// However a step ends, it is an outcome, and the next step runs.
#include <cassert>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "sim/arena.hpp"
#include "sim/sanitizer.hpp"
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;

namespace {

char* volatile known;  // to others, so that what is written there counts

// Runs the program three times, each time with a good step after it.
template <class Broken>
void check_end(Broken&& program, StepEnd end, const std::string& words) {
  Bench bench;
  for (int round = 0; round < 3; ++round) {
    CHECK(bench.run(program) == end);
    CHECK(bench.why().find(words) != std::string::npos);
    bool ran = false;
    CHECK(bench.run([&] { ran = true; }) == StepEnd::completed);
    CHECK(ran);
    CHECK_FALSE(StepRunner::get().running());
  }
}

int deeper(volatile int* depth) {
  if (*depth > 1'000'000) return 0;
  volatile char place[512];
  place[0] = 1;
  *depth = *depth + 1;
  return deeper(depth) + place[0];  // not a tail call
}

struct Counting : CallHook {
  bool before_call(std::uint32_t number, const char* name) override {
    calls.push_back(std::to_string(number) + " " + name);
    return calls.size() <= allowed;
  }
  bool while_blocked(std::uint32_t, const char*) override { return false; }
  void returned(std::uint64_t result) override { results.push_back(result); }
  std::size_t allowed = 100;
  std::vector<std::string> calls;
  std::vector<std::uint64_t> results;
};

}  // namespace

TEST_CASE("a null pointer is an outcome of the step") {
  int* volatile pointer = nullptr;
  check_end([&] { *pointer = 1; }, StepEnd::crashed, sanitizer::present ? "null-pointer-use" : "SIGSEGV");
}

TEST_CASE("memory that is freed twice, or was never allocated, is an outcome of the step") {
  check_end(
      [] {
        auto* volatile place = new long;
        delete place;
        delete place;
      },
      StepEnd::crashed, "the program freed memory that it had freed");
  check_end(
      [] {
        char* volatile place = new char[100];
        place = place + 32;
        delete[] place;
      },
      StepEnd::crashed, "the program freed a place where no allocation of its begins");
}

TEST_CASE("what is written behind an allocation is an outcome of the step") {
  Bench bench;
  const Image& image = Arena::get().image();
  const auto* const bytes = reinterpret_cast<const std::byte*>(&image);
  const std::vector<std::byte> before(bytes, bytes + image.used);
  for (int round = 0; round < 3; ++round) {
    const StepEnd end = bench.run([] {
      known = new char[32];
      char* const place = known;
      known = new char[32];
      for (int i = 0; i < 40; ++i) static_cast<volatile char*>(place)[i] = -1;
    });
    CHECK(end == StepEnd::crashed);
    CHECK(bench.why().find(sanitizer::present ? "the program wrote 1 bytes beside what it had allocated"
                                              : "the program wrote beside memory that it had allocated") == 0);
    Arena::get().restore(*reinterpret_cast<const Image*>(before.data()));
    CHECK(bench.run([] { delete new long; }) == StepEnd::completed);
  }
}

TEST_CASE("a signal is an outcome of the step") {
  check_end([] { std::raise(SIGFPE); }, StepEnd::crashed, "SIGFPE");
  check_end([] { std::raise(SIGBUS); }, StepEnd::crashed, "SIGBUS");
  check_end([] { std::raise(SIGILL); }, StepEnd::crashed, "SIGILL");
}

TEST_CASE("abort() is an outcome of the step") {
  check_end([] { std::abort(); }, StepEnd::crashed, "SIGABRT");
}

TEST_CASE("a failed assertion is an outcome of the step, with its expression") {
  volatile int answer = 41;
  check_end([&] { assert(answer == 42); }, StepEnd::crashed, "answer == 42");
}

TEST_CASE("an exception that leaves the entry point is an outcome of the step, with its words") {
  check_end([] { throw std::runtime_error("out of luck"); }, StepEnd::crashed, "out of luck");
  check_end([] { throw 7; }, StepEnd::crashed, "an exception left the program's entry point");
}

TEST_CASE("exceptions that the program catches are its own business") {
  Bench bench;
  bool caught = false;
  CHECK(bench.run([&] {
    try {
      throw std::runtime_error("caught");
    } catch (const std::exception&) {
      caught = true;
    }
  }) == StepEnd::completed);
  CHECK(caught);
}

// From the move on the device may flush; what is destroyed it flushes no more, and what is
// deregistered it neither reads nor writes.
TEST_CASE("the environment may act before a QP is moved or destroyed, or memory deregistered") {
  Connecting bench;
  bench.until_established();
  Counting hook;
  REQUIRE(bench.run([&] {
    bench.app.next();
    ibv_qp_attr attributes{};
    attributes.qp_state = IBV_QPS_ERR;
    ibv_modify_qp(bench.app.id->qp, &attributes, IBV_QP_STATE);
    ibv_dereg_mr(ibv_reg_mr(bench.app.pd, &attributes, sizeof(attributes), 0));
    rdma_destroy_qp(bench.app.id);
  }, &hook) == StepEnd::completed);
  CHECK(hook.calls == std::vector<std::string>{"1 ibv_modify_qp", "3 ibv_dereg_mr", "4 rdma_destroy_qp"});
}

TEST_CASE("the environment may act before any call that a removed device fails, as long as it can be removed") {
  for (const bool removable : {false, true}) {
    Connecting bench(removable ? with({Fault::remove}) : MachineSettings{});
    bench.until_established();
    Counting hook;
    REQUIRE(bench.run([&] { bench.app.next(), ibv_alloc_pd(bench.app.id->verbs); }, &hook) == StepEnd::completed);
    CHECK(hook.calls == (removable ? std::vector<std::string>{"1 ibv_alloc_pd"} : std::vector<std::string>{}));
  }
}

TEST_CASE("a stack overflow is an outcome of the step") {
  volatile int depth = 0;
  check_end([&] { deeper(&depth); }, StepEnd::crashed, "SIGSEGV");
  CHECK(depth > 100);
}

TEST_CASE("calls without end are an outcome of the step") {
  Connecting bench;
  auto spin = [&] {
    rdma_cm_event* event = nullptr;
    while (rdma_get_cm_event(bench.app.channel, &event) != 0) {
    }
  };
  CHECK(bench.run(spin) == StepEnd::runaway);
  CHECK(bench.why() == "the program makes calls without end in one step");
  CHECK(bench.next() == nothing);
}

TEST_CASE("a loop without calls and without end is stopped by the watchdog") {
  Bench bench;
  volatile bool on = true;
  CHECK(bench.run([&] {
    while (on) {
    }
  }) == StepEnd::runaway);
  CHECK(bench.why() == "the program computes without end and makes no call");
  CHECK(bench.run([&] { on = false; }) == StepEnd::completed);
}

TEST_CASE("a blocked, crashed or pruned step can be run again from the snapshot before it") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  const Image& image = Arena::get().image();
  std::vector<std::byte> before(reinterpret_cast<const std::byte*>(&image),
                                reinterpret_cast<const std::byte*>(&image) + image.used);
  const Program app = bench.app;
  CHECK(bench.run([&] { bench.app.fetch(), rdma_destroy_id(bench.app.id); }) == StepEnd::blocked);
  Arena::get().restore(*reinterpret_cast<const Image*>(before.data()));
  bench.app = app;
  CHECK(bench.next() == told(qpcheck::model::Event::addr_resolved));
}

TEST_CASE(
    "a hook is asked before every call that shares with the environment, the first excepted") {
  Connecting bench;
  Counting hook;
  bench.run(
      [&] {
        bench.app.next();            // the first call of the step
        rdma_ack_cm_event(nullptr);  // shares nothing
        bench.app.next();
        bench.app.close();
      },
      &hook);
  CHECK(hook.calls == std::vector<std::string>{"2 rdma_get_cm_event", "3 rdma_destroy_id"});
  CHECK(hook.results.size() == 4);
}

TEST_CASE("a hook that wants no more prunes the step before the call") {
  Connecting bench;
  Counting hook;
  hook.allowed = 0;
  bool after = false;
  CHECK(bench.run([&] { bench.app.next(), bench.app.close(), after = true; }, &hook) ==
        StepEnd::pruned);
  CHECK_FALSE(after);
  CHECK(bench.slot().id_alive == 1);
}

TEST_CASE("what a call returns depends on what the program gets, and on nothing else") {
  const auto results = [] {
    Connecting bench;
    Counting hook;
    bench.run([&] { bench.app.resolve_address(); });
    bench.settle();
    bench.run([&] { bench.app.next(), bench.app.next(); }, &hook);
    return hook.results;
  };
  CHECK(results() == results());
  CHECK(results().size() == 3);
  CHECK(results()[0] != results()[2]);
}

TEST_CASE("what a fetch returns tells the events and their ids apart") {
  Connecting bench(one_kill);
  Counting hook;
  Program second = bench.app;
  bench.run([&] { second.create_id(), bench.app.resolve_address(), second.resolve_address(); });
  bench.settle();
  bench.run([&] { bench.app.next(), bench.app.next(); }, &hook);
  bench.run([&] { rdma_resolve_route(bench.app.id, 1000); });
  bench.settle();
  bench.run([&] { bench.app.next(); }, &hook);
  REQUIRE(hook.results.size() == 6);  // each fetch and its acknowledgement
  CHECK(hook.results[0] != hook.results[2]);
  CHECK(hook.results[0] != hook.results[4]);
}

TEST_CASE("operator new allocates in the arena during a step, and outside of it does not") {
  Bench bench;
  int *inside = nullptr, *array = nullptr, *simulator = nullptr;
  bench.run([&] {
    inside = new int(1);
    array = new int[100];
    const Outside outside;
    simulator = new int(2);
  });
  int* const between = new int(3);
  CHECK(Arena::get().contains(inside));
  CHECK(Arena::get().contains(array));
  CHECK_FALSE(Arena::get().contains(simulator));
  CHECK_FALSE(Arena::get().contains(between));
  delete simulator;
  delete between;
  delete inside;  // wherever it is deleted, it goes back to where it came from
  bench.run([&] { delete[] array; });
}

TEST_CASE("after an abandoned step nothing outside counts as the program's") {
  Bench bench;
  bench.run([] { std::abort(); });
  int* const place = new int(1);
  CHECK_FALSE(Arena::get().contains(place));
  delete place;
  bool inside = false;
  bench.run([&] { inside = StepRunner::get().in_program(); });
  CHECK(inside);
}
