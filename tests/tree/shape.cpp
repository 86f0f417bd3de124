#include "tests/tree/shape.hpp"

#include <algorithm>

namespace qpcheck::tree {
namespace {

bool is_source(std::string_view path) {
  return is_cpp(path) || path.ends_with(".cmake") || path.ends_with("CMakeLists.txt") ||
         path.ends_with(".sh") || path.ends_with(".pml") || path == "run" || path == ".ci/run";
}

// Bytes as they are: pictures, and inputs that fuzzing has kept.
bool is_data(std::string_view path) { return path.ends_with(".png") || is_in(path, "tests/fuzz/found"); }

// The length of the UTF-8 sequence that begins with this byte; 0: none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_control(unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F; }

bool is_text_line(std::string_view line) {
  for (std::size_t i = 0; i < line.size();) {
    const auto lead = static_cast<unsigned char>(line[i]);
    const std::size_t length = sequence_length(lead);
    if (length == 0 || i + length > line.size() || is_control(lead)) return false;
    const std::string_view tail = line.substr(i + 1, length - 1);
    if (!std::ranges::all_of(tail, [](unsigned char c) { return (c & 0xC0) == 0x80; }))
      return false;
    i += length;
  }
  return true;
}

}  // namespace

Findings check_length(const File& file) {
  if (!is_source(file.path)) return {};
  const std::size_t lines = lines_of(file.text).size();
  const bool excepted =
      std::ranges::any_of(longer_files, [&](const Longer& l) { return l.path == file.path; });
  if (lines <= longest_file || excepted) return {};
  return {file.path + ": has " + std::to_string(lines) + " lines; " + std::to_string(longest_file) +
          " is the most: split it by what its parts are for"};
}

Findings check_lines(const File& file) {
  if (!is_cpp(file.path)) return {};
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto characters = std::ranges::count_if(lines[i], [](unsigned char c) { return (c & 0xC0) != 0x80; });
    if (static_cast<std::size_t>(characters) > longest_line)
      findings.push_back(file.path + ":" + std::to_string(i + 1) + ": a line of " + std::to_string(characters) +
                         " characters; " + std::to_string(longest_line) + " is the most");
  }
  return findings;
}

Findings check_header_opening(const File& file) {
  if (!is_header(file.path)) return {};
  Findings findings;
  if (!file.text.starts_with("//") && !file.text.starts_with("/*")) {
    findings.push_back(file.path + ":1: a header opens with a comment that says what it is for");
  }
  if (file.text.find("#pragma once") == std::string::npos) {
    findings.push_back(file.path + ": a header says #pragma once");
  }
  return findings;
}

Findings check_machine_paths(const File& file) {
  if (is_data(file.path)) return {};
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string_view path : machine_paths) {
      if (lines[i].find(path) != std::string_view::npos) {
        findings.push_back(at(file, i) + "holds '" + std::string(path) +
                           "', a place on one machine; ask the system for a place, or pass it in");
      }
    }
  }
  return findings;
}

Findings check_text(const File& file) {
  if (is_data(file.path)) return {};
  Findings findings;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_text_line(lines[i])) {
      findings.push_back(at(file, i) + "is not UTF-8 text, or holds a control character");
    }
  }
  if (!file.text.empty() && file.text.back() != '\n') {
    findings.push_back(file.path + ": does not end with a line's end");
  }
  return findings;
}

}  // namespace qpcheck::tree
