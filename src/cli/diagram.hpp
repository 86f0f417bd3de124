// Pictures that more than one verb makes.
#pragma once

#include <string>

#include "report/graph.hpp"
#include "scenario/check.hpp"
#include "scenario/player.hpp"
#include "trace/result.hpp"

namespace qpcheck::cli {

// One qpair's control states and moves; the counterexample's way is highlighted.
report::Graph explored_diagram(const scenario::CheckResult& result, const scenario::Watch& watch);

// `format`: dot, svg or png.
Result<std::string> drawn(const report::Graph& graph, const std::string& format);

}  // namespace qpcheck::cli
