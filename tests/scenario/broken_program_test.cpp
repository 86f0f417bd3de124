// Programs that are broken where no step of theirs seems to be: the tool goes on, and tells
// the story.
#include <catch2/catch.hpp>

#include "scenario/check.hpp"
#include "sim/program.hpp"
#include "sim/sanitizer.hpp"
#include "story/words.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;

namespace {

constexpr std::array<sim::Entry, 1> entry_points = {{{"poll", sim::EntryKind::poll}}};

// It is connected from the start, and its poll does nothing.
struct Idle : sim::Program {
  void start(std::uint64_t) override {}
  std::span<const sim::Entry> entries() const override { return entry_points; }
  bool offers(std::size_t) const override { return true; }
  void enter(std::size_t, std::uint64_t) override {}
  bool connected() const override { return true; }
  bool going_down() const override { return false; }
};

struct FailsAtStart final : Idle {
  void start(std::uint64_t) override { throw std::runtime_error("no device"); }
};

// What the first poll leaves behind can be read by nobody.
struct LosesItsData final : Idle {
  void enter(std::size_t, std::uint64_t) override { data = nullptr; }
  bool going_down() const override { return *data; }
  bool* volatile data = new bool(false);
};

struct WritesBeside final : Idle {
  void enter(std::size_t, std::uint64_t) override {
    for (int i = 0; i < 40; ++i) static_cast<volatile char*>(place)[i] = -1;
  }
  char* place = new char[32];
  char* behind = new char[32];
};

struct WantsTwoChannels final : Idle {
  void start(std::uint64_t) override { rdma_create_event_channel(), rdma_create_event_channel(); }
};

template <class Program>
constexpr sim::ProgramInfo info_of(const char* name) {
  return {.name = name, .sentence = "", .history = "", .link = "", .make = [](bool) -> sim::Program* {
            return new Program;
          }};
}

CheckResult checked(const sim::ProgramInfo& info) { return check(Config::of(info, false), {}, {}); }

void expect_crash(const CheckResult& result, const std::vector<std::string>& choices, const std::string& words) {
  REQUIRE(result.verdict == Verdict::violated);
  CHECK(result.violated.has(Property::no_crash));
  CHECK(choices_of(*result.counterexample) == choices);
  INFO(story::reasons(result.counterexample->header.violated));
  CHECK(story::reasons(result.counterexample->header.violated).find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("a program that does nothing holds, so what is found below is what is broken there") {
  static constexpr sim::ProgramInfo info = info_of<Idle>("idle");
  CHECK(checked(info).verdict != Verdict::violated);
}

TEST_CASE("a program that fails at its start is a story of one step") {
  static constexpr sim::ProgramInfo info = info_of<FailsAtStart>("fails-at-start");
  expect_crash(checked(info), {"start"}, "no device");
}

TEST_CASE("a program whose data cannot be read after a step has crashed in it") {
  static constexpr sim::ProgramInfo info = info_of<LosesItsData>("loses-its-data");
  expect_crash(checked(info), {"poll"}, sim::sanitizer::present ? "null-pointer-use" : "SIGSEGV");
}

TEST_CASE("a program that writes beside its memory has crashed in that step") {
  static constexpr sim::ProgramInfo info = info_of<WritesBeside>("writes-beside");
  expect_crash(checked(info), {"poll"},
               sim::sanitizer::present ? "beside what it had allocated" : "beside memory that it had allocated");
}

// Nothing is known of a program that asks for what is not simulated: it is not at fault.
TEST_CASE("a program that asks for what the simulator lacks is inconclusive, and the note names it") {
  static constexpr sim::ProgramInfo info = info_of<WantsTwoChannels>("wants-two-channels");
  const CheckResult result = checked(info);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.violated.empty());
  INFO(result.note);
  CHECK(result.note.find("a second event channel is not simulated") != std::string::npos);
}
