// Pages and pictures that are made from the tables are kept in docs/, and are up to date.
#include <catch2/catch.hpp>

#include <cstdlib>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

// The command's own check says in one line where the file differs; with
// QPCHECK_APPROVE=1 in the environment the file is written anew first.
void keeps(const std::string& file, std::vector<std::string> call) {
  INFO(file);
  if (std::getenv("QPCHECK_APPROVE") != nullptr) write(source(file), qpcheck(call).out);
  call.insert(call.end(), {"--check", file});
  const Ended ended = qpcheck(call, {.folder = source("")});
  CHECK(ended.out == "");
  CHECK(ended.err == "");
  CHECK(ended.code == 0);
}

TEST_CASE("docs/contract.md is what qpcheck contract prints") { keeps("docs/contract.md", {"contract"}); }

TEST_CASE("the pictures in docs/diagrams are what qpcheck diagram draws from the tables") {
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source("docs/diagrams"))) {
    const std::string name = entry.path().stem().string();
    keeps("docs/diagrams/" + name + ".dot", {"diagram", name});
    ++kept;
  }
  CHECK(kept == 4);  // qpair, cma, cm-ib, cm-iw
}

TEST_CASE("a kept file that differs is named in one line, with the place and the command that makes it") {
  const Folder folder;
  const std::string file = folder / "kept";
  for (const std::vector<std::string>& call : {std::vector<std::string>{"contract"}, {"diagram", "cm-iw"}}) {
    const std::string now = qpcheck(call).out;
    REQUIRE(now.size() > 1000);
    std::vector<std::string> check = call;
    check.insert(check.end(), {"--check", file});
    write(file, now);
    CHECK(qpcheck(check).code == 0);
    for (const std::string& other :
         {now.substr(0, now.find("\n") + 1), now + "more\n", replaced(now, "ESTABLISHED", "UP")}) {
      write(file, other);
      const Ended ended = qpcheck(check);
      CHECK(ended.code == 1);
      CHECK(occurrences(ended.out, "\n") == 1);
      CHECK(ended.out.starts_with(file + ": line "));
      CHECK(ended.out.find("`qpcheck " + call[0]) != std::string::npos);
    }
  }
}

TEST_CASE("every picture of a table is linked from a page") {
  std::string pages;
  for (const char* const page : {"docs/contract.md", "docs/architecture.md"}) pages += read(source(page));
  for (const auto& entry : std::filesystem::directory_iterator(source("docs/diagrams"))) {
    INFO(entry.path().filename().string());
    CHECK(pages.find("(diagrams/" + entry.path().filename().string() + ")") != std::string::npos);
  }
}

}  // namespace
}  // namespace qpcheck::tests
