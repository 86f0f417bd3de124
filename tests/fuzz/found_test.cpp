// The inputs that fuzzing has kept, read in the ordinary build.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/readers.hpp"

namespace qpcheck::fuzz {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void read_all(const char* folder, std::string (*reader)(std::string_view)) {
  std::size_t inputs = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(QPCHECK_SOURCE_DIR) / "tests/fuzz/found" / folder)) {
    INFO(entry.path().filename());
    CHECK(reader(bytes_of(entry.path())).empty());
    ++inputs;
  }
  CHECK(inputs > 0);
}

}  // namespace

TEST_CASE("every kept input is read as a trace without harm") { read_all("trace", read_as_trace); }

TEST_CASE("every kept input is read and judged as a log without harm") { read_all("log", read_as_log); }

}  // namespace qpcheck::fuzz
