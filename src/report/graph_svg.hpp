// Graphviz' SVG, made fit for documents. Private to this folder.
//
// Ownership: plain values. Threads: no shared state.
// Invariants: only whole lines are dropped, moved or added, so that what was well
// formed stays so; a future Graphviz that writes other lines loses the polish
// and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace qpcheck::report {

// - no comments (they carry Graphviz' version) and no reference to a DTD;
// - a title of the whole picture, for those who have it read to them;
// - the labels of edges above all edges, with a white rim: where a line must
//   cross a label, the label can be read.
[[nodiscard]] std::string tidy_svg(const std::string& svg, std::string_view title);

}  // namespace qpcheck::report
