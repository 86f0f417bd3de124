// The event channel: blocking and not, and its descriptor's flags.
#include <unistd.h>

#include "tests/sim/obliging.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;

namespace {

struct Blocking : Bench {
  Blocking() {
    run([&] { app.channel = rdma_create_event_channel(), app.create_id(); });
  }
  Program app;
};

}  // namespace

TEST_CASE("an empty channel gives EAGAIN when it does not block") {
  Connecting bench;
  CHECK(bench.next() == nothing);
}

TEST_CASE("an empty channel that blocks ends the step when nothing can come") {
  Blocking bench;
  CHECK(bench.run([&] { bench.app.fetch(); }) == StepEnd::blocked);
  CHECK(bench.why() == "rdma_get_cm_event waits for an event, and none can come");
}

TEST_CASE("an empty channel that blocks lets the environment act until an event is there") {
  Blocking bench;
  Obliging hook;
  Fetched fetched;
  bench.run([&] { bench.app.resolve_address(); });
  CHECK(bench.run([&] { fetched = bench.app.fetch(); }, &hook) == StepEnd::completed);
  CHECK(fetched == told(Event::addr_resolved));
  CHECK(hook.blocked_in == "rdma_get_cm_event");
  CHECK(hook.taken == std::vector<std::string>{"resolve id0"});
}

TEST_CASE(
    "the environment acts in vain while a call is blocked: in the end the step is blocked for "
    "ever") {
  Blocking bench;
  Obliging hook;
  bench.run([&] { bench.app.resolve_address(); });
  bench.run([&] { bench.app.fetch(); }, &hook);
  CHECK(bench.run([&] { bench.app.fetch(); }, &hook) == StepEnd::blocked);
}

TEST_CASE("O_NONBLOCK is set, read and cleared by fcntl") {
  Blocking bench;
  int before = -1, set = -1, cleared = -1;
  bench.run([&] {
    const int fd = bench.app.channel->fd;
    before = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, before | O_NONBLOCK);
    set = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, set & ~O_NONBLOCK);
    cleared = fcntl(fd, F_GETFL);
  });
  CHECK((before & O_NONBLOCK) == 0);
  CHECK((set & O_NONBLOCK) != 0);
  CHECK(cleared == before);
}

TEST_CASE("fcntl of every other descriptor is the system's") {
  const Bench bench;
  const int null = open("/dev/null", O_WRONLY);
  REQUIRE(null >= 0);
  CHECK((fcntl(null, F_GETFL) & O_ACCMODE) == O_WRONLY);
  CHECK(fcntl(null, F_SETFL, O_NONBLOCK) == 0);
  CHECK((fcntl(null, F_GETFL) & O_NONBLOCK) != 0);
  CHECK(kernel().shared.nonblocking == 0);
  const int copy = fcntl(null, F_DUPFD_CLOEXEC, 100);
  CHECK(copy >= 100);
  CHECK(fcntl(copy, F_GETFD) == FD_CLOEXEC);
  close(copy);
  close(null);
  errno = 0;
  CHECK(fcntl(null, F_GETFL) == -1);
  CHECK(errno == EBADF);
}

TEST_CASE("a new channel blocks, whatever the last one did") {
  Connecting bench;
  CHECK(kernel().shared.nonblocking == 1);
  bench.run([&] {
    bench.app.close(), rdma_destroy_event_channel(bench.app.channel), rdma_create_event_channel();
  });
  CHECK(kernel().shared.nonblocking == 0);
}
