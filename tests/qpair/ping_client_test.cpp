#include <poll.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "qpair/ping_client.hpp"
#include "sim/arena.hpp"
#include "sim/machine.hpp"
#include "sim/step.hpp"

// The whole client of qpair-ping on the simulated machine, as one step. The environment
// acts while the client sleeps in poll(2), or asks in vain.

using namespace qpair::ping;
using qpair::Teardown;
using qpcheck::sim::Outside;
using qpcheck::sim::StepEnd;
using qpcheck::sim::StepRunner;

namespace {

qpcheck::sim::Kernel& kernel() { return qpcheck::sim::kernel(); }

int sleeps = 0;
bool changes_messages = false;  // on their way to the target
std::function<void()> when_all_is_quiet;  // once, at the first sleep with nothing to wait for

// One thing that the environment owes; false: it owes nothing.
bool take_fair() {
  qpcheck::sim::EnvChoices choices;
  qpcheck::sim::list(kernel(), choices);
  for (const auto& one : choices) {
    if (qpcheck::sim::fair_label(kernel(), one) == 0) continue;
    if (changes_messages && one.kind == qpcheck::sim::EnvKind::serve)
      *qpcheck::sim::Arena::get().at(kernel().handles.sends[one.subject][0].place) ^= std::byte{1};
    qpcheck::sim::take(kernel(), one);
    return true;
  }
  return false;
}

void take(const std::string& name) {
  qpcheck::sim::EnvChoices choices;
  qpcheck::sim::list(kernel(), choices);
  for (const auto& one : choices)
    if (qpcheck::sim::name(kernel(), one) == name) return qpcheck::sim::take(kernel(), one);
  throw std::runtime_error(name + " is not offered");
}

struct Environment : qpcheck::sim::CallHook {
  bool before_call(std::uint32_t, const char*) override { return true; }
  bool while_blocked(std::uint32_t, const char*) override { return take_fair(); }
  void while_spinning(std::uint32_t, const char*) override {
    const Outside outside;
    if (!take_fair()) kernel().advance(1);
  }
  void returned(std::uint64_t) override {}
};

std::uint8_t number_of(const void* context) {
  return static_cast<std::uint8_t>(static_cast<const qpair::Qpair*>(context)->number());
}

struct Ran {
  int code = -1;
  std::string said;  // on both streams
};

// What is written while it lives goes to a file of its own.
class Captured {
 public:
  Captured() : file_(std::tmpfile()), out_(dup(1)), err_(dup(2)) {
    std::fflush(stdout);
    dup2(fileno(file_), 1);
    dup2(fileno(file_), 2);
  }
  ~Captured() { std::fclose(file_); }
  std::string end() {
    std::fflush(stdout);
    dup2(out_, 1);
    dup2(err_, 2);
    close(out_);
    close(err_);
    std::string text;
    std::rewind(file_);
    for (int c = 0; (c = std::fgetc(file_)) != EOF;) text += static_cast<char>(c);
    return text;
  }

 private:
  std::FILE* file_;
  int out_, err_;
};

Ran run(ClientArguments arguments) {
  qpcheck::sim::MachineSettings settings;
  settings.faults[qpcheck::sim::Fault::kill] = 1;
  StepRunner::get().set_observer(nullptr);
  qpcheck::sim::boot(settings, &number_of);
  for (std::uint8_t target = 0; target < 2; ++target) {
    arguments.options.paths[target].sin_family = AF_INET;
    arguments.options.paths[target].sin_addr.s_addr = qpcheck::sim::target_address(target);
  }
  Ran ran;
  sleeps = 0;
  auto whole = [&] { ran.code = Client(arguments).run(); };
  Environment environment;
  Captured captured;
  const StepEnd end =
      StepRunner::get().run([](void* what) { (*static_cast<decltype(whole)*>(what))(); }, &whole, &environment);
  ran.said = captured.end();
  INFO(ran.said << StepRunner::get().why());
  CHECK(end == StepEnd::completed);
  return ran;
}

ClientArguments silent(Teardown teardown = Teardown::settled) {
  ClientArguments made;
  made.count = 0;
  made.options.teardown = teardown;
  return made;
}

ClientArguments staying(Teardown teardown = Teardown::settled) {
  ClientArguments made = silent(teardown);
  made.stay = true;
  return made;
}

std::size_t count(const Ran& ran, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = ran.said.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

}  // namespace

extern "C" {

// The linker puts this in the place of poll(2).
int __real_poll(pollfd*, nfds_t, int);
int __wrap_poll(pollfd* fds, nfds_t size, int timeout_ms) {
  if (!StepRunner::get().in_program()) return __real_poll(fds, size, timeout_ms);
  const Outside outside;
  ++sleeps;
  if (kernel().shared.queued == 0 && !take_fair()) {
    if (when_all_is_quiet) std::exchange(when_all_is_quiet, nullptr)();
    else kernel().advance(static_cast<std::uint64_t>(timeout_ms));
  }
  return kernel().shared.queued != 0 ? 1 : 0;
}

}  // extern "C"

TEST_CASE("the client connects and goes down, one line for it, and one for each qpair if asked") {
  ClientArguments arguments = silent();
  Ran ran = run(arguments);
  INFO(ran.said);
  CHECK(ran.code == exit_ok);
  CHECK(count(ran, "qpairs: 2, closed cleanly: 2; slowest teardown: ") == 1);
  CHECK(count(ran, "  qp1: ") == 0);
  arguments.verbose = true;
  ran = run(arguments);
  CHECK(count(ran, "  qp1: ") == 1);
  CHECK(count(ran, "ended by RDMA_CM_EVENT_DISCONNECTED; lingered") == 2);
}

TEST_CASE("resets and a failover come in their order, each with its summary") {
  ClientArguments arguments = silent();
  arguments.resets = 2;
  arguments.failover = "the second";
  const Ran ran = run(arguments);
  INFO(ran.said);
  CHECK(ran.code == exit_ok);
  CHECK(count(ran, "reset took ") == 2);
  CHECK(count(ran, "failover took ") == 1);
  CHECK(count(ran, "closed cleanly: 2") == 4);
  sockaddr_in second{};
  second.sin_addr.s_addr = qpcheck::sim::target_address(1);
  CHECK(count(ran, "connected to " + text(second) + " again") == 1);
}

TEST_CASE(
    "a client that stays says that the server has gone, with the published fix too, polled in order, all is clean") {
  for (const auto polls : {Polls::controller_first, Polls::qpairs_first}) {
    ClientArguments arguments = staying(Teardown::connected_flag);
    arguments.polls = polls;
    when_all_is_quiet = [] { take("kill target"); };
    const Ran ran = run(arguments);
    INFO(ran.said);
    CHECK(ran.code == exit_ok);
    CHECK(count(ran, ": the server has gone (RDMA_CM_EVENT_DISCONNECTED)") == 1);
    CHECK(count(ran, "took ") == 1);
  }
}

TEST_CASE(
    "held back, the README's story is seen: each wait of the published fix ends by its deadline, and settled's does "
    "not") {
  for (const auto teardown : {Teardown::connected_flag, Teardown::always_wait, Teardown::settled}) {
    CAPTURE(static_cast<int>(teardown));
    ClientArguments arguments = staying(teardown);
    arguments.polls = Polls::held_back;
    when_all_is_quiet = [] { take("kill target"); };
    const Ran ran = run(arguments);
    INFO(ran.said);
    CHECK(ran.code == exit_ok);
    CHECK(count(ran, "none is handled: going down now") == 1);
    CHECK(count(ran, teardown == Teardown::settled ? "closed cleanly: 2"
                                                   : "closed cleanly: 0; waited until the deadline: 2") == 1);
  }
}

TEST_CASE("the removal of the own device is a failure, and is not put down to the server") {
  ClientArguments arguments = staying();
  when_all_is_quiet = [] { kernel().queue_anything(0, {qpcheck::model::Event::device_removal, 0}); };
  const Ran ran = run(arguments);
  INFO(ran.said);
  CHECK(ran.code == exit_failed);
  CHECK(count(ran, "qpair-ping: qp0: the RDMA device of this machine was removed") == 1);
  CHECK(count(ran, "server has gone") == 0);
}

TEST_CASE("messages of any size that come back as they were are counted, and all is well") {
  for (const std::uint32_t bytes : {1u, 64u, 1000u}) {
    ClientArguments arguments = silent();
    arguments.count = 3;
    arguments.options.message_bytes = bytes;
    const Ran ran = run(arguments);
    INFO(ran.said);
    CHECK(ran.code == exit_ok);
    CHECK(count(ran, "messages: 6 sent, 6 came back") == 1);
  }
}

TEST_CASE("a message that comes back changed is a failure, and the qpairs go down") {
  ClientArguments arguments = silent();
  arguments.count = 1;
  changes_messages = true;
  const Ran ran = run(arguments);
  changes_messages = false;
  INFO(ran.said);
  CHECK(ran.code == exit_failed);
  CHECK(count(ran, "qpair-ping: qp0 message 0 came back changed") == 1);
  CHECK(count(ran, "closed cleanly: 2") == 1);
}

TEST_CASE("a wait that is over is not slept through") {
  const Ran ran = run(silent());
  INFO(ran.said);
  REQUIRE(count(ran, "\nteardown took ") == 1);
  CHECK(std::stod(ran.said.substr(ran.said.find("\nteardown took ") + 15)) < longest_rest_ms);
}

TEST_CASE("a wait that ends by its deadline takes a few sleeps, not a round for each moment") {
  ClientArguments arguments = staying(Teardown::always_wait);
  arguments.polls = Polls::held_back;
  when_all_is_quiet = [] { take("kill target"); };
  run(arguments);
  CHECK(sleeps >= 20);  // two waits of 1000 ms, of 100 ms each
  CHECK(sleeps < 60);
}
