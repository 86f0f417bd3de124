#include "tests/tree/banned.hpp"

#include <algorithm>
#include <cctype>

namespace qpcheck::tree {
namespace {

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// "a b c" lists: is path in one of those folders?
bool in_any(std::string_view path, std::string_view folders) {
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(' '), folders.size());
    if (is_in(path, folders.substr(0, end))) return true;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return false;
}

bool is_excepted(std::string_view path, std::string_view why) {
  return std::ranges::any_of(exceptions, [&](const Exception& e) {
    return e.why_rule == why && path.starts_with(e.path);
  });
}

bool follows(std::string_view rest, std::string_view next) {
  for (const char wanted : next) {
    const std::size_t i = rest.find_first_not_of(" \t");
    if (i == std::string_view::npos || rest[i] != wanted) return false;
    rest.remove_prefix(i + 1);
  }
  return true;
}

// A call through an object (world.time(0)) is another function of that name.
bool is_member(std::string_view line, std::size_t i) {
  return (i >= 1 && line[i - 1] == '.') || (i >= 2 && line.substr(i - 2, 2) == "->");
}

bool uses(std::string_view line, const Banned& rule) {
  for (std::size_t i = line.find(rule.word); i != std::string_view::npos;
       i = line.find(rule.word, i + 1)) {
    const std::size_t end = i + rule.word.size();
    const bool whole =
        (i == 0 || !is_word_char(line[i - 1])) && (end == line.size() || !is_word_char(line[end]));
    if (whole && !is_member(line, i) && follows(line.substr(end), rule.next)) return true;
  }
  return false;
}

std::string lower(std::string_view s) {
  std::string out(s);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool names_stand_in(std::string_view text) {
  const std::string s = lower(text);
  return s.find("mock") != std::string::npos || s.find("fake") != std::string::npos;
}

bool is_conditional(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string_view::npos || line[hash] != '#') return false;
  line.remove_prefix(hash + 1);
  const std::size_t word = line.find_first_not_of(" \t");
  if (word == std::string_view::npos) return false;
  line.remove_prefix(word);
  return line.starts_with("if") || line.starts_with("el");
}

}  // namespace

Findings check_banned(const File& file) {
  if (!is_cpp(file.path)) return {};
  Findings findings;
  const std::string code = without_comments(file.text, Strings::Blank);
  const auto lines = lines_of(code);
  for (const Banned& rule : banned) {
    if (!in_any(file.path, rule.folders) || is_excepted(file.path, rule.why)) continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (uses(lines[i], rule)) {
        findings.push_back(at(file, i) + "uses '" + std::string(rule.word) + "'; " +
                           std::string(rule.why));
      }
    }
  }
  return findings;
}

Findings check_one_text(const File& file) {
  if (!is_in(file.path, "src/qpair")) return {};
  Findings findings;
  if (names_stand_in(file.path)) findings.push_back(file.path + ": is named after a stand-in");
  if (!is_cpp(file.path)) return findings;
  const std::string code = without_comments(file.text, Strings::Keep);
  const auto lines = lines_of(code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_conditional(lines[i])) {
      findings.push_back(at(file, i) +
                         "compiles conditionally; the code under test is one text, "
                         "the same in a checker and in an application");
    }
    if (names_stand_in(lines[i])) findings.push_back(at(file, i) + "names a stand-in");
  }
  return findings;
}

}  // namespace qpcheck::tree
