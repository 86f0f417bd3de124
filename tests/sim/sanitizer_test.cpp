// What the sanitizers report of a program under test is an outcome of its step (preset asan-ubsan).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <limits>

#include "sim/arena.hpp"
#include "sim/sanitizer.hpp"
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;

namespace {

struct Pair {
  std::uint64_t first = 1, second = 2;
};

volatile std::uint64_t sink;
char* volatile known;  // to others, so that what is written there counts

// The same report, each time; and a good step after each.
template <class Wrong>
void check_report(Wrong&& program, const std::string& words) {
  Bench bench;
  for (int round = 0; round < 3; ++round) {
    CHECK(bench.run(program) == StepEnd::crashed);
    CHECK(bench.why() == words);
    CHECK(bench.run([] { delete new Pair; }) == StepEnd::completed);
  }
}

// What is written to standard error meanwhile.
template <class Work>
std::string written_by(Work&& work) {
  const int file = memfd_create("standard error", 0), before = dup(STDERR_FILENO);
  REQUIRE((file >= 0 && before >= 0));
  dup2(file, STDERR_FILENO);
  work();
  dup2(before, STDERR_FILENO);
  close(before);
  char text[1000] = {};
  CHECK(pread(file, text, sizeof(text) - 1, 0) >= 0);
  close(file);
  return text;
}

void read_freed() {
  known = new char[100];
  delete[] known;
  sink = static_cast<std::uint64_t>(known[0]);
}

}  // namespace

TEST_CASE("a read of memory that was freed is an outcome of the step") {
  check_report(
      [] {
        const Pair* const pair = new Pair;
        delete pair;
        sink = pair->second;
      },
      "the program read 8 bytes of memory that it had freed (AddressSanitizer: use-after-poison)");
}

TEST_CASE("a write to memory that was freed is an outcome of the step") {
  check_report(
      [] {
        known = new char[100];
        delete[] known;
        std::memset(known, 0, 100);  // in the library, not in instrumented code
      },
      "the program wrote 100 bytes of memory that it had freed (AddressSanitizer: use-after-poison)");
}

TEST_CASE("a read behind the end of an allocation is an outcome of the step") {
  check_report(
      [] {
        const char* volatile const bytes = new char[5]{};
        sink = static_cast<std::uint64_t>(bytes[5]);
      },
      "the program read 1 bytes beside what it had allocated (AddressSanitizer: use-after-poison)");
}

TEST_CASE("a read behind the end of a local array is an outcome of the step") {
  check_report(
      [] {
        char bytes[5] = {};
        const volatile char* volatile const array = bytes;
        sink = static_cast<std::uint64_t>(array[5]);
      },
      "the program read 1 bytes of memory that is not its own (AddressSanitizer: stack-buffer-overflow)");
}

TEST_CASE("an event that is read after it was acknowledged is an outcome of the step") {
  Connecting bench;
  bench.run([&] { bench.app.resolve_address(); });
  bench.settle();
  bench.run([&] {
    bench.app.next();
    sink = static_cast<std::uint64_t>(bench.app.held->status);
  });
  CHECK(bench.why() == "the program read 4 bytes of memory that it had freed (AddressSanitizer: use-after-poison)");
}

TEST_CASE("an rdma_cm_id that is read after it was destroyed is an outcome of the step") {
  Connecting bench;
  bench.run([&] {
    bench.app.close();
    sink = reinterpret_cast<std::uintptr_t>(bench.app.id->context);
  });
  CHECK(bench.why() == "the program read 8 bytes of memory that it had freed (AddressSanitizer: use-after-poison)");
}

TEST_CASE("the first bad access of a step ends it at the next call, and the next step begins without it") {
  Bench bench;
  bool went_on = false;
  bench.run([&] {
    read_freed();
    rdma_create_event_channel();  // where a step can be abandoned
    went_on = true;
  });
  CHECK_FALSE(went_on);
  CHECK(bench.why().starts_with("the program read 1 bytes of memory that it had freed"));
  CHECK(bench.run([] { sink = 0; }) == StepEnd::completed);
}

TEST_CASE("what comes of a bad read is told as the bad read") {
  check_report(
      [] {
        auto* const list = new const Pair*(new Pair);
        delete list;
        sink = (*list)->first;  // a pointer of poison
      },
      "the program read 8 bytes of memory that it had freed (AddressSanitizer: use-after-poison)");
}

TEST_CASE("undefined behaviour is an outcome of the step") {
  volatile int largest = std::numeric_limits<int>::max();
  Bench bench;
  CHECK(bench.run([&] { sink = static_cast<std::uint64_t>(largest + 1); }) == StepEnd::crashed);
  CHECK(bench.why().starts_with("undefined behaviour of the program at sanitizer_test.cpp:"));
  CHECK(bench.why().ends_with("(UndefinedBehaviorSanitizer: signed-integer-overflow)"));
}

TEST_CASE("a restored snapshot knows what is freed, and what is not") {
  Bench bench;
  Pair* pair = nullptr;
  bench.run([&] { pair = new Pair; });
  const Image& image = Arena::get().image();
  const auto* const bytes = reinterpret_cast<const std::byte*>(&image);
  const std::vector<std::byte> before(bytes, bytes + image.used);
  const auto restore = [&](const std::vector<std::byte>& snapshot) {
    Arena::get().restore(*reinterpret_cast<const Image*>(snapshot.data()));
  };
  bench.run([&] { delete pair; });
  const std::vector<std::byte> after(bytes, bytes + image.used);
  const auto read = [&] { return bench.run([&] { sink = pair->first; }); };
  CHECK(read() == StepEnd::crashed);
  restore(before);
  CHECK(read() == StepEnd::completed);
  restore(after);
  CHECK(read() == StepEnd::crashed);
}

TEST_CASE("what is told as an outcome is not written as a report too") {
  Bench bench;
  volatile int largest = std::numeric_limits<int>::max();
  const std::string written = written_by([&] {
    CHECK(bench.run([] { read_freed(); }) == StepEnd::crashed);
    CHECK(bench.run([&] { sink = static_cast<std::uint64_t>(largest + 1); }) == StepEnd::crashed);
  });
  CHECK(written == "");
}

// No story can be told of it: the search itself cannot be trusted any more.
TEST_CASE("what the tool itself does wrong ends the process, with the sanitizer's report") {
  volatile int largest = std::numeric_limits<int>::max();
  Bench bench;
  bench.run([] {});  // after which the sanitizer is told where steps run
  const auto check_end = [](auto&& work, const std::string& words) {
    int status = 0;
    const std::string written = written_by([&] {
      const pid_t child = fork();
      if (child == 0) {
        work();
        _exit(0);
      }
      waitpid(child, &status, 0);
    });
    CHECK(WIFSIGNALED(status));
    CHECK(written.find(words) != std::string::npos);
  };
  const auto in_the_simulator = [&](auto&& work) {
    bench.run([&] {
      const Outside outside;
      work();
    });
  };
  const auto overflow = [&] { sink = static_cast<std::uint64_t>(largest + 1); };
  check_end(read_freed, "AddressSanitizer: heap-use-after-free");
  check_end([&] { in_the_simulator(read_freed); }, "AddressSanitizer: heap-use-after-free");
  check_end(overflow, "signed integer overflow");
  check_end([&] { in_the_simulator(overflow); }, "signed integer overflow");
}
