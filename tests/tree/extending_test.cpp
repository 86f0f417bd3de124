// docs/extending.md says in which files a new thing is written; here it is counted.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/tree/source.hpp"

using namespace qpcheck::tree;

namespace {

using Paths = std::set<std::string>;

const std::string& text_of(std::string_view path) {
  const auto file = std::ranges::find(this_tree(), path, &File::path);
  REQUIRE(file != this_tree().end());
  return file->text;
}

// The names between `begin` and the next '}', without comments.
std::vector<std::string> names_behind(const std::string& text, std::string_view begin) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != text.npos);
  std::vector<std::string> names(1);
  for (std::size_t at = from + begin.size(); at < text.size() && text[at] != '}'; ++at) {
    if (text.compare(at, 2, "//") == 0) at = text.find('\n', at);
    if (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_') names.back() += text[at];
    else if (!names.back().empty()) names.emplace_back();
  }
  if (names.back().empty()) names.pop_back();
  return names;
}

bool is_code(const std::string& path) {
  return (path.ends_with(".cpp") || path.ends_with(".hpp")) && !is_in(path, "tests") && !is_in(path, "bench");
}

// Files of the code in which the word stands.
Paths files_with(const std::string& word) {
  Paths paths;
  for (const File& file : this_tree()) {
    if (!is_code(file.path)) continue;
    for (std::size_t at = 0; (at = file.text.find(word, at)) != file.text.npos; at += word.size()) {
      const char next = at + word.size() < file.text.size() ? file.text[at + word.size()] : ' ';
      if (std::isalnum(static_cast<unsigned char>(next)) == 0 && next != '_') paths.insert(file.path);
    }
  }
  return paths;
}

// The files in the row of the page, with `name` for NAME.
Paths promised(const std::string& what, const std::string& name) {
  const std::string& page = text_of("docs/extending.md");
  const std::size_t row = page.find("| " + what + " |");
  REQUIRE(row != page.npos);
  std::string cells = page.substr(row, page.find('\n', row) - row);
  Paths paths;
  for (std::size_t at; (at = cells.find('`')) != cells.npos;) {
    const std::size_t end = cells.find('`', at + 1);
    std::string path = cells.substr(at + 1, end - at - 1);
    if (const std::size_t place = path.find("NAME"); place != path.npos) path.replace(place, 4, name);
    paths.insert(path);
    cells.erase(0, end + 1);
  }
  return paths;
}

Paths unpromised(const std::string& what, const std::string& name, const std::string& word) {
  Paths left;
  const Paths are = files_with(word), allowed = promised(what, name);
  std::ranges::set_difference(are, allowed, std::inserter(left, left.end()));
  return left;
}

}  // namespace

TEST_CASE("a property is named in the files of its row only") {
  std::size_t seen = 0;
  for (const std::string& name :
       names_behind(text_of("properties/property.hpp"), "enum class Property : std::uint8_t {")) {
    if (name == "finishes" || name == "no_crash") continue;  // judged by the search and by the world
    INFO(name);
    Paths left = unpromised("a property", name, "Property::" + name);
    left.erase("src/scenario/world.cpp");  // gives-back alone has bytes of the machine in the identity
    CHECK(left == Paths{});
    ++seen;
  }
  CHECK(seen >= 16);
}

TEST_CASE("a program of the zoo is named in its own file only") {
  std::size_t seen = 0;
  for (const File& file : this_tree()) {
    const std::size_t at = file.text.find(".name = \"");
    if (!is_in(file.path, "zoo") || at == file.text.npos) continue;
    const std::string name = file.text.substr(at + 9, file.text.find('"', at + 9) - at - 9);
    const std::string stem = file.path.substr(4, file.path.size() - 8);
    INFO(name);
    Paths left = unpromised("a program of the zoo", stem, "\"" + name + "\"");
    left.erase("sim/program.hpp");  // whose comment shows what a name looks like
    CHECK(left == Paths{});
    CHECK(unpromised("a program of the zoo", stem, "Registered " + stem) == Paths{});
    ++seen;
  }
  CHECK(seen >= 27);
}

TEST_CASE("a choice's verb is named in the files of its row, and where traces are judged as logs") {
  std::size_t seen = 0;
  for (const std::string& name : names_behind(text_of("model/choice.hpp"), "enum class Verb : std::uint8_t {")) {
    INFO(name);
    Paths left = unpromised("a choice", name, "Verb::" + name);
    left.erase("src/conform/read_trace_log.cpp");
    left.erase("src/scenario/choice.cpp");  // the clock's
    CHECK(left == Paths{});
    ++seen;
  }
  CHECK(seen >= 40);
}
