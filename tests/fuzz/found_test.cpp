// The inputs that fuzzing has kept, read in the ordinary build.
#include <catch2/catch.hpp>

#include "conform/read_log.hpp"
#include "tests/fuzz/kept.hpp"
#include "tests/fuzz/readers.hpp"
#include "trace/file.hpp"

namespace qpcheck::fuzz {
namespace {

// `reads`: the bytes are what the reader is for. Without some of those nothing behind it
// is tried, and without others not what it refuses.
void read_all(const char* folder, std::string (*reader)(std::string_view), bool (*reads)(std::string_view)) {
  std::size_t read = 0, refused = 0;
  for (const Kept& kept : kept_in(folder)) {
    INFO(kept.name);
    CHECK(reader(kept.bytes).empty());
    ++(reads(kept.bytes) ? read : refused);
  }
  CHECK(read > 10);
  CHECK(refused > 10);
}

bool is_trace(std::string_view bytes) { return trace::from_text(bytes, "input").ok(); }
bool is_log(std::string_view bytes) { return conform::read_log(bytes, "input").ok(); }

}  // namespace

TEST_CASE("every kept input is read as a trace without harm") {
  read_all("tests/fuzz/found/trace", read_as_trace, is_trace);
}

TEST_CASE("every kept input is read and judged as a log without harm") {
  read_all("tests/fuzz/found/log", read_as_log, is_log);
}

}  // namespace qpcheck::fuzz
