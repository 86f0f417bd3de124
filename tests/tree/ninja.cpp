#include "tests/tree/ninja.hpp"

#include <algorithm>
#include <sstream>

#include "tests/tree/source.hpp"

namespace qpcheck::tree {
namespace {

constexpr std::string_view executable_rule = ": CXX_EXECUTABLE_LINKER__";

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

void add_words(std::vector<std::string>& to, std::string_view text) {
  std::istringstream in{std::string(text)};
  for (std::string word; in >> word;) to.push_back(word);
}

// "build OUT: CXX_EXECUTABLE_LINKER__…": OUT; else empty.
std::string_view linked_file(std::string_view line) {
  const std::size_t rule = line.find(executable_rule);
  if (!line.starts_with("build ") || rule == std::string_view::npos) return {};
  line = line.substr(0, rule).substr(std::string_view("build ").size());
  return line.substr(0, line.find(' '));
}

bool is_variable(std::string_view line) { return line.starts_with(' '); }

std::string_view value_of(std::string_view line, std::string_view variable) {
  const std::size_t name = line.find_first_not_of(' ');
  if (name == std::string_view::npos || !line.substr(name).starts_with(variable)) return {};
  const std::size_t equals = line.find(" = ", name);
  return equals == std::string_view::npos ? std::string_view{} : line.substr(equals + 3);
}

}  // namespace

std::vector<Executable> executables_in(std::string_view ninja) {
  std::vector<Executable> found;
  bool inside = false;
  for (const std::string_view line : lines_of(ninja)) {
    if (const std::string_view file = linked_file(line); !file.empty()) {
      found.push_back({file_name(file), {}});
      inside = true;
    } else if (!is_variable(line)) {
      inside = false;
    } else if (inside) {
      for (const char* variable : {"LINK_LIBRARIES", "LINK_FLAGS"}) {
        add_words(found.back().linked, value_of(line, variable));
      }
    }
  }
  return found;
}

bool links(const Executable& executable, std::string_view library) {
  const std::string name(library);
  return std::ranges::any_of(executable.linked, [&](const std::string& word) {
    const std::string file = file_name(word);
    return word == "-l" + name || file == "lib" + name + ".a" || file == "lib" + name + ".so" ||
           file.starts_with("lib" + name + ".so.");
  });
}

}  // namespace qpcheck::tree
