// What a qpcheck of the preset asan-ubsan says of a program that crashes: what the crash comes of.
#include <catch2/catch.hpp>

#include "story/words.hpp"
#include "tests/cli/command.hpp"
#include "trace/file.hpp"

namespace qpcheck::tests {
namespace {

const std::string used_after_free =
    "the program read 8 bytes of memory that it had freed (AddressSanitizer: use-after-poison)";

trace::Trace trace_in(const std::filesystem::path& file) {
  const auto loaded = trace::load(file.string());
  REQUIRE(loaded);
  return *loaded;
}

}  // namespace

TEST_CASE("a use after free in a program of the zoo is the sanitizer's finding, with the trace that leads there") {
  const Folder folder;
  const Ended ended =
      qpcheck({"check", "--program", "frees-then-completes", "--out", "out"}, {.folder = folder.path()});
  INFO(ended.out);
  CHECK(ended.code == 1);
  CHECK(ended.err.empty());  // the sanitizer's own report is for its own readers
  CHECK(ended.out.find("[program]     poll\n       qp0 completion of a receive: flushed\n") != std::string::npos);
  CHECK(ended.out.find("Violated: no-crash\n  " + used_after_free) != std::string::npos);
  const std::string file = "out/frees-then-completes.json";
  CHECK(story::reasons(trace_in(folder / file).header.violated) == used_after_free);
  CHECK(qpcheck({"replay", file, "--quiet"}, {.folder = folder.path()}).out ==
        file + ": replayed with the same observations\n");
}

TEST_CASE("the fixed twin has nothing that a sanitizer finds") {
  CHECK(qpcheck({"check", "--program", "frees-then-completes", "--fixed"}).code == 0);
}

TEST_CASE("a crash that another build recorded replays to the same end, and is told in the sanitizer's words") {
  const std::string file = source("traces/negative/zoo-frees-then-completes.json").string();
  CHECK(story::reasons(trace_in(file).header.violated).find("SIGSEGV") != std::string::npos);
  const Ended ended = qpcheck({"replay", file, "--quiet"});
  CHECK(ended.out.starts_with(file + ": differs: the reason is \"" + used_after_free + "\""));
}

}  // namespace qpcheck::tests
