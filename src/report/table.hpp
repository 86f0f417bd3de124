// Plain-text tables for a terminal.
//
//   Table table({{"scenario"}, {"states", Align::right}});
//   table.row({"reset", "17"}).group("with faults").row({"target-killed", "5 537"});
//   std::cout << table.text();
//
// Purpose: columns as wide as their widest cell, two spaces apart.
// Ownership: plain values. Threads: no shared state.
// Invariants: the text is a function of what was added; no line ends in spaces;
// widths are those of the terminal's columns (display_width), not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::report {

enum class Align { left, right };

struct Column {
  std::string name;
  Align align = Align::left;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Cells that are missing are empty, those beyond the columns are an error of
  // the caller (asserted). Control characters are written out, as \xNN.
  Table& row(const std::vector<std::string>& cells);

  // A line of its own over the rows that follow, with an empty line before it.
  Table& group(std::string_view name);

  [[nodiscard]] std::string text() const;

 private:
  struct Line {
    bool is_group = false;
    std::vector<std::string> cells;
  };
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string format(const std::vector<std::string>& cells,
                                   const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

// Columns that a terminal uses for the text: 0 for combining marks, 2 for
// ideographs and emoji, 1 for all else (bad bytes too).
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace qpcheck::report
