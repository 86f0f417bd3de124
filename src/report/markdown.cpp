#include "report/markdown.hpp"

#include <algorithm>
#include <cassert>

namespace qpcheck::report {
namespace {

std::string escaped(const std::string& cell) {
  std::string text;
  for (const char c : cell) text += c == '|' ? std::string("\\|") : std::string(1, c);
  return text;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += cell.empty() ? " |" : " " + escaped(cell) + " |";
  return line + "\n";
}

}  // namespace

MarkdownTable& MarkdownTable::row(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  if (!rows_.empty() && std::equal(cells.begin() + 1, cells.end(), rows_.back().begin() + 1, rows_.back().end()))
    rows_.back()[0] += "; " + cells[0];
  else
    rows_.push_back(std::move(cells));
  return *this;
}

std::string MarkdownTable::text() const {
  std::string text = line_of(columns_) + "|";
  for (std::size_t i = 0; i < columns_.size(); ++i) text += "---|";
  text += "\n";
  for (const auto& row : rows_) text += line_of(row);
  return text + "\n";
}

}  // namespace qpcheck::report
