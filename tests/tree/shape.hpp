// The shape of a file: its length, its lines', how a header opens, and what no file of the
// tree holds.
#pragma once

#include <array>
#include <string_view>

#include "tests/tree/source.hpp"

namespace qpcheck::tree {

inline constexpr std::size_t longest_file = 400;  // lines
inline constexpr std::size_t longest_line = 120;  // characters, of C++

struct Longer {
  std::string_view path;
  std::string_view reason;
};

// Empty so far; a file that has to be longer stands here with its reason.
inline constexpr std::array<Longer, 0> longer_files{};

// Places on one machine. Written in two halves, so that this file passes too.
inline constexpr std::array machine_paths = std::to_array<std::string_view>({
    "/wo"
    "rk/",
    "/ro"
    "ot/",
    "/ho"
    "me/",
    "/tm"
    "p/",
    "../sha"
    "red",
});

Findings check_length(const File& file);
Findings check_lines(const File& file);
Findings check_header_opening(const File& file);
Findings check_machine_paths(const File& file);
Findings check_text(const File& file);  // UTF-8 without control characters; ends with a line's end

}  // namespace qpcheck::tree
