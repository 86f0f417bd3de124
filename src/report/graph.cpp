#include "report/graph.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <tuple>

#include "report/graph_text.hpp"
#include "report/table.hpp"

namespace qpcheck::report {
namespace {

// A family that is there everywhere, and whose widths Graphviz knows by itself.
constexpr std::string_view font = "Helvetica,Arial,sans-serif";

// Columns; wider makes the ranks of a life cycle too wide for a page.
constexpr std::size_t node_width = 22;
constexpr std::size_t edge_width = 26;

// A space that neither Graphviz nor a browser drops.
constexpr std::string_view hard_space = "\u00a0";
constexpr std::string_view indent = "\u00a0\u00a0\u00a0";

std::string_view look_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::normal:
      return R"(fillcolor="#f4f6f8", color="#4a5560")";
    case NodeKind::initial:
      return R"(fillcolor="#dce9f7", color="#1f5a96", penwidth=2.6)";
    case NodeKind::terminal:
      return R"(fillcolor="#eceef0", color="#4a5560", peripheries=2)";
    case NodeKind::good:
      return R"(fillcolor="#dff2e1", color="#2b7a3b")";
    case NodeKind::bad:
      return R"(fillcolor="#fbe0e0", color="#b3261e", penwidth=2, shape=octagon, style=filled)";
    case NodeKind::dim:
      return R"(fillcolor="#ffffff", color="#9aa3ab", fontcolor="#6b747c", style="rounded,filled,dashed")";
  }
  return {};
}

std::string_view look_of(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::normal:
      return "";
    case EdgeKind::highlighted:
      return R"(, color="#b3261e", fontcolor="#b3261e", penwidth=2.2)";
    case EdgeKind::dim:
      return R"(, color="#9aa3ab", fontcolor="#6b747c", style=dashed)";
  }
  return {};
}

std::string tooltip_of(const std::string& tooltip) {
  return tooltip.empty() ? "" : fmt::format(", tooltip={}", dot_label(tooltip, "\\n"));
}

std::string line_of(const Node& node) {
  const std::string& text = node.label.empty() ? node.id : node.label;
  return fmt::format("  {} [label={}, {}{}];\n", dot_name(node.id),
                     dot_label(wrap(text, node_width), "\\n"), look_of(node.kind),
                     tooltip_of(node.tooltip));
}

// "event [guard] / action", when too long for one line, is parted before the
// action; what is still too long before it, or has no action, before the guard.
std::string part(std::string line) {
  for (const std::string_view mark : {" / ", " ["}) {
    const auto place = line.find(mark);
    if (place == std::string::npos || display_width(line.substr(0, line.find('\n'))) <= edge_width)
      continue;
    line.replace(place, 1, fmt::format("\n{}", indent));
  }
  return line;
}

std::string part_lines(const std::string& label) {
  std::string out;
  std::istringstream lines(label);
  for (std::string line; std::getline(lines, line);) {
    if (!out.empty()) out += '\n';
    out += part(line);
  }
  return out;
}

// A label stands free of the line that it belongs to: a space on both sides of
// each of its lines. What was broken off is indented, so that it is not taken
// for a transition of its own.
std::string edge_label(const std::string& label) {
  if (label.empty()) return "\"\"";
  std::string out(hard_space);
  for (const char c : wrap(part_lines(label), edge_width, indent)) {
    if (c == '\n')
      out += fmt::format("{}\n{}", hard_space, hard_space);
    else
      out += c;
  }
  return dot_label(out += hard_space, "\\l");
}

// The label hovers like its line does.
std::string line_of(const Edge& edge) {
  std::string out = fmt::format("  {} -> {} [label={}{}", dot_name(edge.from), dot_name(edge.to),
                                edge_label(edge.label), look_of(edge.kind));
  if (!edge.tooltip.empty()) {
    out += fmt::format(", edgetooltip={0}, labeltooltip={0}", dot_label(edge.tooltip, "\\n"));
  }
  return out + "];\n";
}

std::string settings_of(const Graph& graph) {
  return fmt::format(
      "  graph [rankdir={}, label={}, labelloc=t, fontname=\"{}\", fontsize=18,\n"
      "         nodesep=0.55, ranksep=0.65, splines=true, pad=0.3, bgcolor=white];\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"{}\", fontsize=13, "
      "margin=\"0.18,0.09\"];\n"
      "  edge [fontname=\"{}\", fontsize=12, color=\"#4a5560\", arrowsize=0.8];\n",
      graph.direction == Direction::down ? "TB" : "LR", dot_label(graph.title, "\\n"), font, font,
      font);
}

void add_line(std::string& text, const std::string& line) {
  if (line.empty() || ("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos) return;
  if (!text.empty()) text += '\n';
  text += line;
}

}  // namespace

Graph& Graph::node(std::string id, std::string label, NodeKind kind, std::string tooltip) {
  nodes.push_back({std::move(id), std::move(label), kind, std::move(tooltip)});
  return *this;
}

Graph& Graph::edge(std::string from, std::string to, std::string label, EdgeKind kind,
                   std::string tooltip) {
  edges.push_back({std::move(from), std::move(to), std::move(label), kind, std::move(tooltip)});
  return *this;
}

Graph merge_parallel_edges(const Graph& graph) {
  Graph merged = graph;
  merged.edges.clear();
  std::map<std::tuple<std::string, std::string, EdgeKind>, std::size_t> seen;
  for (const Edge& edge : graph.edges) {
    const auto [place, is_new] =
        seen.try_emplace({edge.from, edge.to, edge.kind}, merged.edges.size());
    if (is_new) {
      merged.edges.push_back(edge);
      continue;
    }
    add_line(merged.edges[place->second].label, edge.label);
    add_line(merged.edges[place->second].tooltip, edge.tooltip);
  }
  return merged;
}

std::string to_dot(const Graph& graph) {
  std::string out = fmt::format("digraph {} {{\n{}", dot_name(graph.title), settings_of(graph));
  out += '\n';
  for (const Node& node : graph.nodes) out += line_of(node);
  out += '\n';
  for (const Edge& edge : graph.edges) out += line_of(edge);
  return out + "}\n";
}

}  // namespace qpcheck::report
