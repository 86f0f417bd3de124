// A table in Markdown, whose rows share a line where they differ only in the first cell.
//
// Purpose: declared tables have a row for each state; a reader wants one for each fact.
// Ownership: plain values. Threads: no shared state.
// Invariants: rows stay in their order, and only neighbours share a line; `|` in a cell
// is escaped, so that a row has as many cells as the table has columns.
#pragma once

#include <string>
#include <vector>

namespace qpcheck::report {

class MarkdownTable {
 public:
  explicit MarkdownTable(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  MarkdownTable& row(std::vector<std::string> cells);  // one for each column
  [[nodiscard]] std::string text() const;              // with an empty line behind it

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace qpcheck::report
