// Graphs as DOT text: the exact bytes, and text that tries to break out.
#include <catch2/catch.hpp>

#include "report/graph.hpp"
#include "report/graph_text.hpp"

namespace qpcheck::report {
namespace {

constexpr auto approved = R"(digraph "Life & death" {
  graph [rankdir=LR, label="Life &amp; death", labelloc=t, fontname="Helvetica,Arial,sans-serif", fontsize=18,
         nodesep=0.55, ranksep=0.65, splines=true, pad=0.3, bgcolor=white];
  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial,sans-serif", fontsize=13, margin="0.18,0.09"];
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=12, color="#4a5560", arrowsize=0.8];

  "a" [label="idle", fillcolor="#dce9f7", color="#1f5a96", penwidth=2.6];
  "b" [label="b", fillcolor="#f4f6f8", color="#4a5560", tooltip="say \"b\""];
  "c" [label="a label that is too\nlong for one line", fillcolor="#eceef0", color="#4a5560", peripheries=2];
  "d" [label="d", fillcolor="#dff2e1", color="#2b7a3b"];
  "e" [label="e", fillcolor="#fbe0e0", color="#b3261e", penwidth=2, shape=octagon, style=filled];
  "f" [label="f", fillcolor="#ffffff", color="#9aa3ab", fontcolor="#6b747c", style="rounded,filled,dashed"];

  "a" -> "b" [label="~go / act~"];
  "a" -> "b" [label="", color="#b3261e", fontcolor="#b3261e", penwidth=2.2, edgetooltip="why", labeltooltip="why"];
  "b" -> "a" [label="~disconnect~\l~~~~[nothing to wait for]~\l"];
  "b" -> "b" [label="~event [guard that is long]~\l~~~~/ action~\l", color="#9aa3ab", )"
       R"(fontcolor="#6b747c", style=dashed];
}
)";

// Hard spaces, which a reader of this file could not see.
std::string with_tildes(std::string text) {
  constexpr std::string_view hard_space = "\u00a0";
  for (auto at = text.find(hard_space); at != std::string::npos; at = text.find(hard_space)) {
    text.erase(at, 1);
    text[at] = '~';
  }
  return text;
}

}  // namespace

TEST_CASE("the DOT text of a graph with every kind of node and edge") {
  Graph graph{.title = "Life & death", .direction = Direction::right};
  graph.node("a", "idle", NodeKind::initial)
      .node("b", "", NodeKind::normal, "say \"b\"")
      .node("c", "a label that is too long for one line", NodeKind::terminal)
      .node("d", "d", NodeKind::good)
      .node("e", "e", NodeKind::bad)
      .node("f", "f", NodeKind::dim);
  graph.edge("a", "b", "go / act")
      .edge("a", "b", "", EdgeKind::highlighted, "why")
      .edge("b", "a", "disconnect [nothing to wait for]")
      .edge("b", "b", "event [guard that is long] / action", EdgeKind::dim);
  CHECK(with_tildes(to_dot(graph)) == approved);
}

TEST_CASE("no text breaks out of its quotes") {
  CHECK(dot_name("a\"b\\") == R"("a\"b\\")");
  CHECK(dot_label("a\"b\\", "\\n") == R"("a\"b\\")");
  CHECK(dot_label("\\N &lt;", "\\n") == R"("\\N &amp;lt;")");
  CHECK(dot_label("a\nb", "\\n") == R"("a\nb")");
  CHECK(dot_label("a\nb", "\\l") == R"("a\lb\l")");
  CHECK(xml_text("<a> & \"b\"") == "&lt;a&gt; &amp; \"b\"");
}

TEST_CASE("what XML can not hold is replaced") {
  CHECK(clean(std::string("a\0b", 3)) == "a\ufffdb");
  CHECK(clean("\x1b[1m\t\n\xff\xef\xbf\xbf") == "\ufffd[1m \n\ufffd\ufffd");
}

TEST_CASE("text is wrapped at spaces, by columns and not by bytes") {
  CHECK(wrap("", 5).empty());
  CHECK(wrap("ab cd ef", 5) == "ab cd\nef");
  CHECK(wrap("ab cd ef", 5, "--") == "ab cd\n--ef");
  CHECK(wrap("abcdefgh i", 5) == "abcdefgh\ni");
  CHECK(wrap("one\ntwo three\n", 5) == "one\ntwo\nthree\n");
  CHECK(wrap("\u00e9\u00e9 \u00e9\u00e9", 5) == "\u00e9\u00e9 \u00e9\u00e9");
}

TEST_CASE("parallel edges of one kind become one with a line for each label") {
  Graph graph;
  graph.node("a", "a").node("b", "b");
  graph.edge("a", "b", "x", EdgeKind::normal, "why x")
      .edge("b", "a", "back")
      .edge("a", "b", "y", EdgeKind::normal, "why y")
      .edge("a", "b", "x")
      .edge("a", "b", "z", EdgeKind::dim);
  Graph merged;
  merged.node("a", "a").node("b", "b");
  merged.edge("a", "b", "x\ny", EdgeKind::normal, "why x\nwhy y")
      .edge("b", "a", "back")
      .edge("a", "b", "z", EdgeKind::dim);
  CHECK(merge_parallel_edges(graph) == merged);
  CHECK(merge_parallel_edges(merged) == merged);
}

}  // namespace qpcheck::report
