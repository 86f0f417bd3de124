// Pictures of graphs, by the Graphviz library.
//
// Purpose: SVG for documents and browsers, PNG where SVG can not go.
// Ownership: plain values; of the library's objects only two
// contexts outlive a call.
// Threads: any; calls are serialised, since the library has global state.
// Invariants: the SVG is a function of the graph alone, on every machine and
// whatever was drawn before: text is measured with the widths built into
// Graphviz, not with the fonts installed, and no version or date is written.
// PNG needs fonts and is the same only on the same machine.
#pragma once

#include <string>
#include <string_view>

#include "report/graph.hpp"
#include "trace/result.hpp"

namespace qpcheck::report {

// `format`: "svg" or "png". Refuses a graph with a node twice or an edge to nowhere.
Result<std::string> render(const Graph& graph, std::string_view format);

Result<std::string> render_svg(const Graph& graph);

}  // namespace qpcheck::report
