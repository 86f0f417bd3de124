// docs/property-tests.md shows a test that is compiled and run here, and a story that is told today.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/scenario/configs.hpp"
#include "tests/testing/shrunk.hpp"

using namespace qpcheck;
using namespace qpcheck::testing;

namespace {

const std::string page = std::string(QPCHECK_SOURCE_DIR) + "/docs/property-tests.md";

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The fenced block after <!-- NAME -->; with QPCHECK_APPROVE=1 in the environment it becomes `now`.
std::string shown(const std::string& name, const std::string& fence, const std::string& now) {
  std::string text = content(page);
  const std::string begin = "<!-- " + name + " -->\n" + fence + "\n";
  const std::size_t from = text.find(begin) + begin.size(), to = text.find("```\n", from);
  REQUIRE((text.find(begin) != text.npos && to != text.npos));
  if (std::getenv("QPCHECK_APPROVE") == nullptr) return text.substr(from, to - from);
  std::ofstream(page) << text.replace(from, to - from, now);
  return now;
}

}  // namespace

TEST_CASE("the page's own property test is the one that is run here") {
  const std::string source = content(std::string(QPCHECK_SOURCE_DIR) + "/tests/testing/own_property_test.cpp");
  REQUIRE(source.size() > 500);
  CHECK(shown("own_property_test.cpp", "```cpp", source) == source);
}

TEST_CASE("the page's story is what a false property tells") {
  scenario::Config config =
      scenario::small_config("target-killed", qpair::Teardown::connected_flag, scenario::Start::established, 1);
  const std::string told = story_of(shrunk_violation(config, 1), "");
  CHECK(shown("story", "```", told) == told);
}
