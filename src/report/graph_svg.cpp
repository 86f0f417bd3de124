#include "report/graph_svg.hpp"

#include <fmt/format.h>

#include <sstream>

#include "report/graph_text.hpp"

namespace qpcheck::report {
namespace {

constexpr std::string_view style =
    "<style>.edge-labels text { paint-order: stroke; stroke: white; stroke-width: 3px; "
    "stroke-linejoin: round; }</style>\n";

// Reads the picture line by line; Graphviz writes one element, or one end, a line.
class Tidy {
 public:
  explicit Tidy(std::string_view title) : title_(title) {}

  void line(const std::string& line) {
    if (line.starts_with("<svg")) in_prologue_ = false;
    if (is_comment(line) || (in_prologue_ && !line.starts_with("<?xml"))) return;
    if (line.starts_with("<g id=\"graph0\""))
      out_ += fmt::format("<title>{}</title>\n{}", xml_text(title_), style);
    if (line.starts_with("<g id=\"edge"))
      in_edge_ = true;
    else if (line.starts_with("<g id=\"node"))
      in_edge_ = false;
    place(line);
  }

  // The picture's own group ends just before the last line, "</svg>".
  std::string finish() {
    const std::size_t end = out_.rfind("</g>\n</svg>");
    if (end != std::string::npos && !labels_.empty())
      out_.insert(end, "<g class=\"edge-labels\">\n" + labels_ + "</g>\n");
    return std::move(out_);
  }

 private:
  static bool is_comment(const std::string& line) {
    return line.starts_with("<!--") && line.ends_with("-->");
  }

  // A label with a tooltip is a group of its own; one without is bare text.
  void place(std::string line) {
    const bool opens_group = in_edge_ && line.starts_with("<g id=\"a_edge") &&
                             line.find("label\"><a ") != std::string::npos;
    if (opens_group) in_label_group_ = true;
    const bool is_text = line.starts_with("<text ");
    if (is_text) line.insert(5, " xml:space=\"preserve\"");  // else leading spaces are dropped
    (in_label_group_ || (in_edge_ && is_text) ? labels_ : out_) += line + '\n';
    if (in_label_group_ && line == "</g>") in_label_group_ = false;
  }

  std::string_view title_;
  std::string out_;
  std::string labels_;
  bool in_prologue_ = true;
  bool in_edge_ = false;
  bool in_label_group_ = false;
};

}  // namespace

std::string tidy_svg(const std::string& svg, std::string_view title) {
  Tidy tidy(title);
  std::istringstream lines(svg);
  for (std::string line; std::getline(lines, line);) tidy.line(line);
  return tidy.finish();
}

}  // namespace qpcheck::report
