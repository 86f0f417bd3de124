// The files of this source tree, as the checks of this folder read them.
//
// Purpose: one way to list the tree, to split a file into lines, and to look at
// a C++ file without its comments (and its strings).
// Ownership: plain values. Threads: no shared state.
// Invariants: paths are relative to the root, with '/'; files come sorted by
// path; a line keeps its number whatever is blanked in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::tree {

struct File {
  std::string path;
  std::string text;
};

// One line for each thing that is wrong, "path:line: what, and what to do".
using Findings = std::vector<std::string>;

// Every file below root that belongs to the project: not what a build leaves
// (build/, out/), not hidden folders other than .ci/.
std::vector<File> read_tree(const std::filesystem::path& root);

// This source tree, read once.
const std::vector<File>& this_tree();

std::vector<std::string_view> lines_of(std::string_view text);

enum class Strings { Keep, Blank };

// The same text with comments (and strings, if so asked) overwritten by spaces.
std::string without_comments(std::string_view text, Strings strings);

// A C or C++ file, by its name.
bool is_cpp(std::string_view path);
bool is_header(std::string_view path);

// path is folder itself or lies below it.
bool is_in(std::string_view path, std::string_view folder);

std::string at(const File& file, std::size_t line_index);

// All findings, one a line, for the message of a failing test.
std::string joined(const Findings& findings);

}  // namespace qpcheck::tree
