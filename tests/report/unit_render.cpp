// Pictures: well formed, and the same bytes whatever was drawn before.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <vector>

#include "report/graph_render.hpp"
#include "tests/report/samples.hpp"
#include "trace/utf8.hpp"

namespace qpcheck::report {
namespace {

std::string svg_of(const Graph& graph) {
  const auto svg = render_svg(graph);
  INFO((svg ? "" : svg.error().line()));
  REQUIRE(svg);
  return *svg;
}

// Every ampersand begins one of XML's own entities or a number.
bool entities_are_sound(std::string_view svg) {
  for (auto at = svg.find('&'); at != std::string_view::npos; at = svg.find('&', at + 1)) {
    const auto name = svg.substr(at + 1, svg.find(';', at) - at - 1);
    if (name != "amp" && name != "lt" && name != "gt" && name != "quot" && name != "apos" &&
        !name.starts_with('#'))
      return false;
  }
  return true;
}

// Every element that is opened is closed, in order; no stray bracket.
bool elements_are_balanced(std::string_view svg) {
  std::vector<std::string> open;
  for (auto at = svg.find('<'); at != std::string_view::npos; at = svg.find('<', at + 1)) {
    const auto end = svg.find('>', at);
    if (end == std::string_view::npos) return false;
    const auto tag = svg.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string_view::npos) return false;
    const std::string name(
        tag.substr(tag.starts_with('/'), tag.find_first_of(" \n") - tag.starts_with('/')));
    if (tag.starts_with('?') || tag.ends_with('/')) continue;
    if (!tag.starts_with('/'))
      open.push_back(name);
    else if (open.empty() || open.back() != name)
      return false;
    else
      open.pop_back();
  }
  return open.empty();
}

bool well_formed(std::string_view svg) {
  return svg.starts_with("<?xml") && svg.ends_with("</svg>\n") && utf8::valid(svg) &&
         entities_are_sound(svg) && elements_are_balanced(svg);
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t times = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++times;
  return times;
}

Graph hostile() {
  Graph graph{.title = "<title> & \"quotes\" --> ]]>"};
  graph.node("<b>", "</text><script>", NodeKind::bad, "a\nb & <c>")
      .node("\\", std::string("\0\xff\x1b\\N\\", 5));
  graph.node("", "&amp; &lt; &bogus;", NodeKind::dim);
  graph.edge("<b>", "\\", "\"a\" -> <b>\n\\G &#10;", EdgeKind::highlighted, "why\n<why> & \"why\"");
  graph.edge("", "", "\u00e9 \u2192 \U0001f600");
  return graph;
}

}  // namespace

TEST_CASE("the SVG is well formed, whatever the labels") {
  CHECK(well_formed(svg_of(Graph{})));
  CHECK(well_formed(svg_of(hostile())));
  CHECK(well_formed(svg_of(sample_cm())));
  CHECK(well_formed(svg_of(merge_parallel_edges(sample_life_cycle()))));
}

TEST_CASE("the same graph is the same bytes, again and after other graphs") {
  const std::string life = svg_of(sample_life_cycle());
  const std::string cm = svg_of(sample_cm());
  CHECK(svg_of(sample_life_cycle()) == life);
  CHECK(svg_of(hostile()) == svg_of(hostile()));
  REQUIRE(render(sample_cm(), "png"));  // loads the parts of Graphviz that measure with fonts
  CHECK(svg_of(sample_cm()) == cm);
  CHECK(svg_of(sample_life_cycle()) == life);
}

TEST_CASE("the SVG has a title and tooltips, and says nothing of who drew it when") {
  const std::string svg = svg_of(sample_life_cycle());
  CHECK(svg.find("<title>Life cycle of a qpair</title>") < svg.find("<g "));
  CHECK(svg.find("xlink:title=\"The application asks.\"") != std::string::npos);
  CHECK(svg.find("font-family=\"Helvetica,Arial,sans-serif\"") != std::string::npos);
  CHECK(svg.find("<!--") == std::string::npos);
  CHECK(svg.find("<!DOCTYPE") == std::string::npos);
  CHECK(svg.find("raphviz") == std::string::npos);
}

// Byte for byte, the widths too: they must not depend on the machine's fonts.
// The file holds what this Graphviz (2.42) draws; look at it before you replace it.
TEST_CASE("the SVG of a small graph is the approved one") {
  Graph graph{.title = "Two states"};
  graph.node("a", "connected", NodeKind::good).node("b", "gone", NodeKind::terminal);
  graph.edge("a", "b", "destroy", EdgeKind::normal, "why");
  std::ifstream approved(QPCHECK_SOURCE_DIR "/tests/report/two_states.svg");
  std::ostringstream text;
  text << approved.rdbuf();
  CHECK(svg_of(graph) == text.str());
}

TEST_CASE("labels of edges are drawn above all edges") {
  const std::string svg = svg_of(sample_cm());
  const auto labels = svg.find("<g class=\"edge-labels\">");
  REQUIRE(labels != std::string::npos);
  CHECK(svg.rfind("<path") < labels);
  CHECK(svg.find("REP / CONNECT_RESPONSE") > labels);
  CHECK(svg.find(">ESTABLISHED<") < labels);
  // What is moved is whole: behind the mark, the groups that end are those that
  // began there, and the picture's own.
  const auto behind = std::string_view(svg).substr(labels);
  CHECK(count(behind, "</g>") == count(behind, "<g ") + 1);
}

TEST_CASE("a PNG is a PNG") {
  const auto png = render(sample_life_cycle(), "png");
  REQUIRE(png);
  CHECK(png->substr(0, 8) == "\x89PNG\r\n\x1a\n");
}

TEST_CASE("a graph that can not be drawn says why") {
  Graph twice;
  twice.node("a", "").node("a", "");
  CHECK(render_svg(twice).error().line() == "the node \"a\" is there twice; give each its own id");
  Graph nowhere;
  nowhere.node("a", "").edge("a", "b", "");
  CHECK(render_svg(nowhere).error().line() ==
        "an edge names the node \"b\", which is not there; add the node");
  CHECK(render(Graph{}, "gif").error().line() ==
        "no picture can be made as \"gif\"; choose svg or png");
}

}  // namespace qpcheck::report
