#include <cerrno>

#include "qpair/ping_watch.hpp"
#include "tests/qpair/machine.hpp"

// The watch of qpair-ping on the simulated machine: the true reason of a failure.

using namespace qpcheck::test;
using qpair::Teardown;
using qpair::ping::Watch;
using qpcheck::model::Event;
using qpcheck::sim::Outside;

namespace {

// What the machine's journal hears, the watch hears too.
struct Watched : Machine {
  explicit Watched(const qpair::Options& chosen = options()) : Machine(chosen), watch(chosen.qpairs) {}

  void wait_begins(const qpair::Qpair& q, qpair::EventMask events, std::uint64_t ms, const char* place) override {
    Machine::wait_begins(q, events, ms, place);
    const Outside outside;
    watch.wait_begins(q, events, ms, place);
  }
  void wait_ends(const qpair::Qpair& q, qpair::WaitEnd how) override {
    Machine::wait_ends(q, how);
    const Outside outside;
    watch.wait_ends(q, how);
  }
  void event_handled(const qpair::Qpair& q, const rdma_cm_event& event) override {
    Machine::event_handled(q, event);
    const Outside outside;
    watch.event_handled(q, event);
  }
  void life_changed(const qpair::Qpair& q, qpair::Life from, qpair::Life to) override {
    Machine::life_changed(q, from, to);
    const Outside outside;
    watch.life_changed(q, from, to);
  }
  void teardown_requested(const qpair::Qpair& q) override {
    const Outside outside;
    watch.teardown_requested(q);
  }
  void linger_begins(const qpair::Qpair& q, std::uint64_t ms) override {
    Machine::linger_begins(q, ms);
    const Outside outside;
    watch.linger_begins(q, ms);
  }
  void linger_timed_out(const qpair::Qpair& q) override {
    Machine::linger_timed_out(q);
    const Outside outside;
    watch.linger_timed_out(q);
  }
  void teardown_finished(const qpair::Qpair& q) override {
    Machine::teardown_finished(q);
    const Outside outside;
    watch.teardown_finished(q);
  }
  void call_failed(const qpair::Qpair& q, const char* call, int error) override {
    Machine::call_failed(q, call, error);
    const Outside outside;
    watch.call_failed(q, call, error);
  }
  void start() {
    program([this] { controller().connect(now()); });
  }
  std::string why_gone(std::uint32_t number) { return watch.why_gone(at(number)); }

  Watch watch;
};

bool no_queue_pair = false;

bool is_in(std::string_view part, const std::string& text) { return text.find(part) != std::string::npos; }

}  // namespace

extern "C" {

// The linker puts this between the library and the simulator.
int __real_rdma_create_qp(rdma_cm_id*, ibv_pd*, ibv_qp_init_attr*);
int __wrap_rdma_create_qp(rdma_cm_id* id, ibv_pd* pd, ibv_qp_init_attr* attributes) {
  if (!no_queue_pair) return __real_rdma_create_qp(id, pd, attributes);
  errno = ENOMEM;
  return -1;
}

}  // extern "C"

TEST_CASE("the reason of a failed attempt is the call that failed, with its own errno") {
  Watched machine(options(Teardown::settled, 1));
  no_queue_pair = true;
  machine.start();
  machine.settle();
  no_queue_pair = false;
  CHECK(machine.at(0).life() == qpair::Life::failed);
  CHECK(machine.watch.why_failed(0) == "rdma_create_qp: ENOMEM (Cannot allocate memory)");
}

TEST_CASE("the reason of a refused attempt is the refusal, in words") {
  Watched machine(options(Teardown::settled, 1));
  machine.start();
  machine.settle("deliver REQ");
  machine.kernel().queue_anything(0, {Event::rejected, 28});
  machine.settle("deliver REQ");
  CHECK(machine.at(0).life() == qpair::Life::failed);
  CHECK(is_in("consumer reject, reason 28", machine.watch.why_failed(0)));
}

TEST_CASE("the reason of an attempt that nobody answers is the deadline, and what it was about") {
  Watched machine(options(Teardown::settled, 1));
  machine.start();
  machine.settle("deliver REQ");
  machine.advance(machine.controller().options().connect_timeout_ms);
  machine.poll(0);
  CHECK(machine.watch.why_failed(0) == "no answer in time while connecting");
}

TEST_CASE("a server that goes, and the removal of the own device, are told apart") {
  Watched machine;
  machine.connect_all();
  CHECK(machine.why_gone(0).empty());
  machine.take("kill target");
  machine.settle();
  CHECK(machine.why_gone(0) == "the server has gone (RDMA_CM_EVENT_DISCONNECTED)");
  CHECK_FALSE(machine.watch.device_removed());
}

TEST_CASE("the removal of the own device is told under every teardown") {
  for (const auto teardown : all_teardowns) {
    CAPTURE(static_cast<int>(teardown));
    Watched machine(options(teardown));
    machine.connect_all();
    machine.kernel().queue_anything(0, {Event::device_removal, 0});
    machine.settle();
    CHECK(machine.why_gone(0) == "the RDMA device of this machine was removed (RDMA_CM_EVENT_DEVICE_REMOVAL)");
    CHECK(machine.watch.device_removed());
    CHECK(machine.why_gone(1).empty());
  }
}

TEST_CASE("how a qpair went down is known: an event that ended its wait, or the deadline") {
  Watched machine;
  machine.connect_all();
  machine.disconnect(1);
  machine.settle();
  CHECK(machine.watch.ways_down()[1].ended_by == "RDMA_CM_EVENT_DISCONNECTED");
  CHECK(machine.watch.ways_down()[1].clean());
}

// README's own story, in the order of polls that --polls held-back takes.
TEST_CASE("held back, a DISCONNECTED that was fetched and not handled makes connected-flag wait until its deadline") {
  for (const auto teardown : {Teardown::connected_flag, Teardown::settled}) {
    CAPTURE(static_cast<int>(teardown));
    Watched machine(options(teardown));
    machine.connect_all();
    machine.take("kill target");
    machine.take("deliver DREQ qp0");
    machine.poll();  // the controller alone
    machine.disconnect(0);
    machine.settle_with_time();
    const auto& way = machine.watch.ways_down()[0];
    CHECK(way.waited_out == (teardown == Teardown::connected_flag));
    CHECK(way.ended_by == (teardown == Teardown::connected_flag ? "its deadline" : ""));
  }
}

TEST_CASE("what was handled is progress, once") {
  Watched machine;
  machine.connect_all();
  CHECK(machine.watch.take_progress());
  CHECK_FALSE(machine.watch.take_progress());
  machine.poll();
  machine.poll(0);
  CHECK_FALSE(machine.watch.take_progress());
  machine.take("kill target");
  machine.settle();
  CHECK(machine.watch.take_progress());
}
