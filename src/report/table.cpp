#include "report/table.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "trace/result.hpp"
#include "trace/utf8.hpp"

namespace qpcheck::report {
namespace {

struct Range {
  char32_t first, last;
};

// The common part of Unicode's tables: what names and messages may hold.
constexpr std::array no_width{Range{0x300, 0x36f}, Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff},
                              Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}};
constexpr std::array two_wide{
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},  Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},  Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};

template <class Ranges>
bool within(const Ranges& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](Range r) { return r.first <= c && c <= r.last; });
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const utf8::CodePoint c = utf8::first(text);
    if (!within(no_width, c.value)) columns += within(two_wide, c.value) ? 2 : 1;
    text.remove_prefix(c.bytes);
  }
  return columns;
}

Table& Table::row(const std::vector<std::string>& cells) {
  assert(cells.size() <= columns_.size());
  Line line;
  for (const std::string& cell : cells) line.cells.push_back(printable(cell));
  line.cells.resize(columns_.size());
  lines_.push_back(std::move(line));
  return *this;
}

Table& Table::group(std::string_view name) {
  lines_.push_back({true, {printable(name)}});
  return *this;
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.name));
  for (const Line& line : lines_) {
    if (line.is_group) continue;
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], display_width(line.cells[i]));
  }
  return widths;
}

std::string Table::format(const std::vector<std::string>& cells,
                          const std::vector<std::size_t>& widths) const {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string gap(widths[i] - display_width(cells[i]), ' ');
    if (i > 0) out += "  ";
    out += columns_[i].align == Align::right ? gap + cells[i] : cells[i] + gap;
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + '\n';
}

std::string Table::text() const {
  const auto wide = widths();
  std::vector<std::string> names, rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    names.push_back(columns_[i].name);
    rules.emplace_back(wide[i], '-');
  }
  std::string out = format(names, wide) + format(rules, wide);
  for (const Line& line : lines_)
    out += line.is_group ? "\n" + line.cells[0] + "\n" : format(line.cells, wide);
  return out;
}

}  // namespace qpcheck::report
