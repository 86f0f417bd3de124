// A graph for a person: states, transitions, and what deserves the eye.
//
// Purpose: the plain value that every diagram is made from, and its text in
// Graphviz' DOT language. graph_render.hpp makes pictures of it.
// Ownership: plain values. Threads: no shared state.
// Invariants: the DOT text is a function of the value, in the order in which
// nodes and edges were added; any text is escaped, so no label can change the
// drawing; kinds differ in shape or line as well as in colour, for print and
// for the colour-blind.
//
//   Graph graph{.title = "Life cycle", .direction = Direction::down};
//   graph.node("idle", "idle", NodeKind::initial).node("gone", "gone", NodeKind::terminal);
//   graph.edge("idle", "gone", "destroy", EdgeKind::normal, "nothing was ever connected");
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::report {

enum class NodeKind {
  normal,
  initial,   // heavy border
  terminal,  // double border
  good,      // green
  bad,       // red, eight corners
  dim,       // grey, dashed
};

enum class EdgeKind { normal, highlighted, dim };

enum class Direction { down, right };

struct Node {
  std::string id;  // unique; never shown when there is a label
  std::string label;
  NodeKind kind = NodeKind::normal;
  std::string tooltip;  // shown by a browser on hovering; empty: none
  bool operator==(const Node&) const = default;
};

struct Edge {
  std::string from;
  std::string to;
  std::string label;  // short; each line is one transition
  EdgeKind kind = EdgeKind::normal;
  std::string tooltip;  // the place for a long "why"
  bool operator==(const Edge&) const = default;
};

struct Graph {
  std::string title;
  Direction direction = Direction::down;
  std::vector<Node> nodes = {};
  std::vector<Edge> edges = {};

  Graph& node(std::string id, std::string label, NodeKind kind = NodeKind::normal,
              std::string tooltip = {});
  Graph& edge(std::string from, std::string to, std::string label, EdgeKind kind = EdgeKind::normal,
              std::string tooltip = {});
  bool operator==(const Graph&) const = default;
};

// Edges of one kind between the same two nodes become one, at the place of the
// first, with a line for each label and each tooltip that differ.
[[nodiscard]] Graph merge_parallel_edges(const Graph& graph);

// Ends in a line feed. An edge may name a node that was not added: DOT draws it.
[[nodiscard]] std::string to_dot(const Graph& graph);

}  // namespace qpcheck::report
