// The declared tables as graphs, for a design review.
//
// Purpose: one picture for each table of model/. Ownership: plain values.
// Invariants: functions of the tables alone; every row that moves a state, or sends or
// tells something, is in its picture, with its `why` as a tooltip. Rows that lead from
// everywhere to one state (destroy, device removed) are one arrow, or said in the title.
#pragma once

#include <array>
#include <string_view>

#include "report/graph.hpp"

namespace qpcheck::report {

Graph qpair_life_diagram();  // model/qpair_life.hpp
Graph cma_diagram();         // model/cma.hpp: the table and the filter
Graph cm_ib_diagram();       // model/cm_ib.hpp
Graph cm_iw_diagram();       // model/cm_iw.hpp

struct Diagram {
  std::string_view name;
  Graph (*draw)();
};
inline constexpr std::array<Diagram, 4> declared_diagrams = {
    {{"qpair", qpair_life_diagram}, {"cma", cma_diagram}, {"cm-ib", cm_ib_diagram}, {"cm-iw", cm_iw_diagram}}};

}  // namespace qpcheck::report
