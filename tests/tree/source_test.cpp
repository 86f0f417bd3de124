#include "tests/tree/source.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace qpcheck::tree;

TEST_CASE("the tree is read with its sources and without what a build leaves") {
  const auto has = [](std::string_view path) {
    return std::ranges::any_of(this_tree(), [&](const File& f) { return f.path == path; });
  };
  CHECK(has("CMakeLists.txt"));
  CHECK(has("model/event.hpp"));
  CHECK(has(".ci/run"));
  CHECK(has("tests/tree/source_test.cpp"));
  CHECK(std::ranges::none_of(this_tree(), [](const File& f) {
    return is_in(f.path, "build") || is_in(f.path, ".git") || is_in(f.path, "out");
  }));
}

TEST_CASE("comments and strings are blanked and lines keep their numbers") {
  const std::string text =
      "int a; // rand()\n"
      "/* rand()\n rand() */ int b = 1'000;\n"
      "auto s = \"rand() \\\" // no comment\"; int c;\n"
      "auto r = R\"x(rand() \" )x\"; char q = '\"'; int d; // end\n";
  const std::string code = without_comments(text, Strings::Blank);
  CHECK(code.size() == text.size());
  CHECK(code.find("rand") == std::string::npos);
  CHECK(code.find("end") == std::string::npos);
  CHECK(lines_of(code).size() == 5);
  for (const char* kept : {"int a;", "int b = 1'000;", "int c;", "int d;"}) {
    CAPTURE(kept);
    CHECK(code.find(kept) != std::string::npos);
  }
  const std::string with_strings = without_comments(text, Strings::Keep);
  CHECK(with_strings.find("// no comment") != std::string::npos);
  CHECK(with_strings.find("// end") == std::string::npos);
}

TEST_CASE("a path lies in a folder by whole names") {
  CHECK(is_in("src/qpair/qpair.hpp", "src/qpair"));
  CHECK(is_in("model", "model"));
  CHECK_FALSE(is_in("models/a.hpp", "model"));
}
