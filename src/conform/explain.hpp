// Why a line is not legal, in the words of the contract.
//
// Purpose: what would have been legal in its place, in which states the two ends may
// be, and the rows of the tables that would allow such a line, with their reasons.
// Ownership: plain values. Threads: no shared state.
// Invariants: each list is sorted and holds nothing twice.
#pragma once

#include "conform/judge.hpp"
#include "conform/search.hpp"

namespace qpcheck::conform {

Departure explain(const Log& log, const Search& search, const Reached& reached);

// The rows that raise this event on this transport, or that let this call end so.
std::vector<std::string> rows_for(const Line& line, model::Transport transport);

}  // namespace qpcheck::conform
