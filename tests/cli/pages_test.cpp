// README and docs/ show what the command prints today, and name files that it writes.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <regex>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

// A page's fenced block between <!-- NAME:begin --> and <!-- NAME:end -->; with
// QPCHECK_APPROVE=1 in the environment it becomes `now`.
std::string shown(const std::string& name, const std::string& now, const char* of_page = "README.md") {
  const std::filesystem::path file = source(of_page);
  std::string page = read(file);
  const std::string begin = "<!-- " + name + ":begin -->\n```\n", end = "```\n<!-- " + name + ":end -->";
  const std::size_t from = page.find(begin) + begin.size(), to = page.find(end);
  REQUIRE((page.find(begin) != page.npos && to != page.npos && from <= to));
  if (std::getenv("QPCHECK_APPROVE") == nullptr) return page.substr(from, to - from);
  write(file, page.replace(from, to - from, now));
  return now;
}

struct Surveyed {
  Folder folder;
  Ended ended;
  Surveyed() : ended(qpcheck({"survey", "--part", "main", "--out", "out"}, {.folder = folder.path()})) {}
};

TEST_CASE("survey finds the expected table, and the README shows it and its story") {
  const Surveyed survey;
  const std::string& out = survey.ended.out;
  CHECK(survey.ended.code == 0);
  CHECK(survey.ended.err.empty());
  const std::string table = out.substr(0, out.find("\n\n") + 1);
  CHECK(without_times(shown("table", table)) == without_times(table));
  const std::string story = qpcheck({"story", "parked"}).out;
  CHECK(shown("story", story) == story);
  CHECK(out.find(story) != std::string::npos);
}

TEST_CASE("survey finds the expected tables on iWARP and for each fault, and the page of results shows them") {
  const Folder folder;
  for (const char* const part : {"iwarp", "faults"}) {
    const Ended ended = qpcheck({"survey", "--part", part, "--out", "out"}, {.folder = folder.path()});
    CHECK(ended.code == 0);
    const std::string table = ended.out.substr(0, ended.out.find("\nTraces are in"));
    CHECK(without_times(shown(part, table, "docs/results.md")) == without_times(table));
  }
}

// What a crash comes of, a sanitizer tells and a signal does not: tests of such a build
// compare the rest.
std::string without_crash(const std::string& trace) {
#ifdef QPCHECK_SANITIZED
  static const std::regex why("(\"property\": \"no-crash\",\\s*\"why\": )\"[^\"]*\"");
  return std::regex_replace(trace, why, "$1(a crash)");
#else
  return trace;
#endif
}

TEST_CASE(
    "survey finds every bug of the zoo, its twins hold, the page shows it, and each story is kept as it is found "
    "today") {
  const Folder folder;
  const Ended ended = qpcheck({"survey", "--part", "zoo", "--out", "out"}, {.folder = folder.path()});
  CHECK(ended.code == 0);
  const std::string table = ended.out.substr(0, ended.out.find("\nTraces are in"));
  CHECK(without_times(shown("zoo", table, "docs/zoo.md")) == without_times(table));
  std::size_t kept = 0;
  for (const std::string& line : lines_of(qpcheck({"list", "zoo"}).out)) {
    const std::string name = "zoo-" + line.substr(0, line.find(' '));
    INFO("to keep it: ./run keep out/traces/" << name << ".json --into negative --name " << name);
    const std::string now = read(folder.path() / "out/traces" / (name + ".json")),
                      then = read(source("traces/negative/" + name + ".json"));
    CHECK(without_crash(now) == without_crash(then));
    ++kept;
  }
  CHECK(kept > 18);
}

TEST_CASE("survey writes every file that the pages name") {
  const Surveyed survey;
  std::size_t named = 0;
  for (const char* const page : {"README.md", "docs/first-hang.md"}) {
    const std::string text = read(source(page));
    static const std::regex file("\\bout/[a-z/-]+\\.(json|dot|svg)");
    for (std::sregex_iterator next(text.begin(), text.end(), file), end; next != end; ++next, ++named) {
      INFO(page << ": " << next->str());
      CHECK(std::filesystem::file_size(survey.folder.path() / next->str()) > 100);
    }
  }
  CHECK(named > 2);
}

// In a page, `$ ./run check …` in a fenced block is followed by what it prints.
struct Shown {
  std::string call, output;
};

std::vector<Shown> calls_in(const std::string& page) {
  std::vector<Shown> calls;
  bool fenced = false, called = false;
  for (const std::string& line : lines_of(page)) {
    const bool call = fenced && line.starts_with("$ ./run "), fence = line.starts_with("```");
    if (fence) fenced = !fenced;
    if (call) calls.push_back({line.substr(8), ""});
    called = !fence && (called || call);
    if (called && !call) calls.back().output += line + "\n";
  }
  return calls;
}

std::vector<std::string> words_of(const std::string& call) {
  static const std::regex word("[^ ]+");
  return {std::sregex_token_iterator(call.begin(), call.end(), word), {}};
}

// [...] stands for lines left out.
void prints_what_is_shown(const Shown& call, const Folder& folder) {
  INFO("./run " << call.call);
  const Ended ended = qpcheck(words_of(call.call), {.folder = folder.path()});
  const std::string out = without_times(ended.out);
  INFO(out);
  CHECK(ended.err.empty());
  std::size_t at = 0;
  std::string piece;
  for (const std::string& line : lines_of(without_times(call.output) + "[...]")) {
    if (line != "[...]") {
      piece += line + "\n";
      continue;
    }
    INFO("shown: " << piece);
    at = out.find(piece, at);
    REQUIRE(at != std::string::npos);
    at += piece.size();
    piece.clear();
  }
}

TEST_CASE("the commands of the walkthrough, and those of the commands' page, print what is shown") {
  const Folder folder;
  std::filesystem::create_directory_symlink(source("traces"), folder / "traces");
  const auto walkthrough = calls_in(read(source("docs/first-hang.md"))),
             page = calls_in(read(source("docs/commands.md")));
  CHECK(walkthrough.size() > 3);
  CHECK_FALSE(page.empty());
  for (const Shown& call : walkthrough) prints_what_is_shown(call, folder);
  for (const Shown& call : page) prints_what_is_shown(call, folder);
}

}  // namespace
}  // namespace qpcheck::tests
