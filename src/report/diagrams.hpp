// The declared tables as graphs, for a design review.
//
// Purpose: one picture for each table of model/. Ownership: plain values.
// Invariants: functions of the tables alone; every row is in its picture, with its
// `why` as a tooltip.
#pragma once

#include "report/graph.hpp"

namespace qpcheck::report {

Graph qpair_life_diagram();  // model/qpair_life.hpp
Graph cm_ib_diagram();       // model/cm_ib.hpp

}  // namespace qpcheck::report
