#include "tests/tree/source.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace qpcheck::tree {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view left_by_builds[] = {"build", "out"};

bool is_ours(const fs::path& folder, int depth) {
  const std::string name = folder.filename().string();
  if (name.starts_with('.')) return depth == 0 && name == ".ci";
  return depth != 0 || std::ranges::find(left_by_builds, name) == std::end(left_by_builds);
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// Finds the end of what begins at i: a comment, a string, a character.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t end_of_line(std::size_t i) const {
    return std::min(text_.find('\n', i), text_.size());
  }

  std::size_t end_after(std::string_view closing, std::size_t i) const {
    const std::size_t end = text_.find(closing, i);
    return end == std::string_view::npos ? text_.size() : end + closing.size();
  }

  // i is at the opening quote. A quote that is never closed ends with its line.
  std::size_t end_of_quoted(std::size_t i) const {
    const char quote = text_[i];
    for (++i; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\')
        ++i;
      else if (text_[i] == quote)
        return i + 1;
    }
    return std::min(i, text_.size());
  }

  std::size_t end_of_raw(std::size_t i) const {  // i is at the quote of R"delimiter( … )delimiter"
    const std::size_t open = text_.find('(', i);
    if (open == std::string_view::npos) return text_.size();
    const std::string closing = ")" + std::string(text_.substr(i + 1, open - i - 1)) + "\"";
    return end_after(closing, open);
  }

  bool starts(std::string_view what, std::size_t i) const {
    return text_.substr(i).starts_with(what);
  }

  bool is_digit_separator(std::size_t i) const {
    return i > 0 && std::isxdigit(static_cast<unsigned char>(text_[i - 1])) != 0 &&
           i + 1 < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[i + 1])) != 0;
  }

 private:
  std::string_view text_;
};

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

}  // namespace

std::vector<File> read_tree(const fs::path& root) {
  std::vector<File> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    if (it->is_directory() && !is_ours(it->path(), it.depth())) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      files.push_back(
          {it->path().lexically_relative(root).generic_string(), read_file(it->path())});
    }
  }
  std::ranges::sort(files, {}, &File::path);
  return files;
}

const std::vector<File>& this_tree() {
  static const std::vector<File> files = read_tree(QPCHECK_SOURCE_DIR);
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string without_comments(std::string_view text, Strings strings) {
  std::string out(text);
  const Scanner scan(text);
  for (std::size_t i = 0; i < text.size();) {
    const bool raw = scan.starts("R\"", i);
    if (scan.starts("//", i)) {
      const std::size_t end = scan.end_of_line(i);
      blank(out, i, end);
      i = end;
    } else if (scan.starts("/*", i)) {
      const std::size_t end = scan.end_after("*/", i + 2);
      blank(out, i, end);
      i = end;
    } else if (raw || text[i] == '"' || (text[i] == '\'' && !scan.is_digit_separator(i))) {
      const std::size_t end = raw ? scan.end_of_raw(i + 1) : scan.end_of_quoted(i);
      if (strings == Strings::Blank) blank(out, i, end);
      i = end;
    } else {
      ++i;
    }
  }
  return out;
}

bool is_header(std::string_view path) { return path.ends_with(".hpp") || path.ends_with(".h"); }

bool is_cpp(std::string_view path) {
  return is_header(path) || path.ends_with(".cpp") || path.ends_with(".c") || path.ends_with(".cc");
}

bool is_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string at(const File& file, std::size_t line_index) {
  return file.path + ":" + std::to_string(line_index + 1) + ": ";
}

std::string joined(const Findings& findings) {
  std::string all;
  for (const std::string& finding : findings) all += "\n" + finding;
  return all;
}

}  // namespace qpcheck::tree
