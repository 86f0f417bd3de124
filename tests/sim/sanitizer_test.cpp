// What the sanitizers report of a program under test is an outcome of its step (preset asan-ubsan).
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
