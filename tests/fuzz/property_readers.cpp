// What fuzzing does for long and with sight of the code, for a moment and blindly, in every
// build: kept files with some of their bytes damaged.
#include <algorithm>

#include "testing/property.hpp"
#include "tests/fuzz/kept.hpp"
#include "tests/fuzz/readers.hpp"

namespace qpcheck::fuzz {
namespace {

std::size_t place_in(const std::string& bytes) { return *rc::gen::inRange<std::size_t>(0, bytes.size() + 1); }

// A byte is changed, some are taken away, told twice, or come from another file.
void damage(std::string& bytes, const std::vector<Kept>& others) {
  const std::size_t at = place_in(bytes), count = *rc::gen::inRange<std::size_t>(1, 60);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      if (at < bytes.size()) bytes[at] = *rc::gen::arbitrary<char>();
      break;
    case 1: bytes.erase(at, count); break;
    case 2: bytes.insert(at, bytes.substr(at, count)); break;
    default: {
      const std::string& other = others[*rc::gen::inRange<std::size_t>(0, others.size())].bytes;
      bytes.insert(at, other.substr(std::min(place_in(other), other.size()), count));
    }
  }
}

void hold_for_damaged(const char* sentence, std::string (*reader)(std::string_view), const char* folder) {
  const std::vector<Kept> files = kept_in(folder);
  REQUIRE(files.size() > 5);
  property(sentence, [&] {
    std::string bytes = files[*rc::gen::inRange<std::size_t>(0, files.size())].bytes;
    const int times = *rc::gen::inRange(0, 6);
    for (int i = 0; i < times; ++i) damage(bytes, files);
    if (const std::string wrong = reader(bytes); !wrong.empty()) RC_FAIL(wrong);
  });
}

}  // namespace

TEST_CASE("a damaged trace does no harm") {
  hold_for_damaged("what is left of a trace is read or refused", read_as_trace, "traces/found");
}

TEST_CASE("a damaged log does no harm") {
  hold_for_damaged("what is left of a log is read and judged, or refused", read_as_log, "traces/kernel/siw-loop");
}

}  // namespace qpcheck::fuzz
