#include "report/graph_text.hpp"

#include "report/table.hpp"
#include "trace/utf8.hpp"

namespace qpcheck::report {
namespace {

bool drawable(const utf8::CodePoint& c) {
  return c.valid && !utf8::is_control(c.value) && c.value != 0xfffe && c.value != 0xffff;
}

// One line, as long as `width` allows, with its rest on further lines.
std::string wrap_line(std::string_view line, std::size_t width, std::string_view indent) {
  std::string out;
  std::size_t column = 0;
  for (bool first = true; !line.empty() || first; first = false) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    const std::size_t wide = display_width(word);
    if (!first && column + 1 + wide > width) {
      out += '\n';
      out += indent;
      column = display_width(indent);
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += wide;
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  return out;
}

// Graphviz reads &lt; in a label as <, so an ampersand is always written out.
std::string_view dot_character(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '&':
      return "&amp;";
    default:
      return {};
  }
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const utf8::CodePoint c = utf8::first(text);
    if (c.value == '\n' || drawable(c))
      out += text.substr(0, c.bytes);
    else if (c.value == '\t')
      out += ' ';
    else
      out += "\xef\xbf\xbd";
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::string wrap(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  for (std::size_t end = 0; end != std::string_view::npos;
       text.remove_prefix(end == std::string_view::npos ? 0 : end + 1)) {
    end = text.find('\n');
    out += wrap_line(text.substr(0, end), width, indent);
    if (end != std::string_view::npos) out += '\n';
  }
  return out;
}

std::string dot_name(std::string_view text) {
  std::string out = "\"";
  for (const char c : clean(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string dot_label(std::string_view text, std::string_view line_end) {
  std::string out = "\"";
  for (const char c : clean(text)) {
    const auto escaped = dot_character(c);
    if (c == '\n')
      out += line_end;
    else if (!escaped.empty())
      out += escaped;
    else
      out += c;
  }
  // \l ends a line, \n parts two: only the former is wanted after the last one.
  if (line_end == "\\l" && text.find('\n') != std::string_view::npos) out += line_end;
  return out + '"';
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : clean(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace qpcheck::report
