// A trace as a story for a person.
//
// Purpose: who did what, what was seen, and why it is wrong. Made from the trace
// alone. Ownership: plain values. Threads: any.
// Invariants: a function of the trace; no line is longer than about 100 columns.
#pragma once

#include <string>
#include <string_view>

#include "trace/trace.hpp"

namespace qpcheck::story {

// "target-killed, teardown settled, 2 qpairs, ib, from established, faults: kill=1"
std::string setting(const trace::Header& header);

// The fault of that name, or the budget, goes beyond what the CM's contract allows.
bool beyond_contract(std::string_view fault);
bool beyond_contract(const trace::Header& header);

std::string explain(const trace::Trace& trace);

// The text with lines of at most `columns`, broken at spaces, each after `indent`.
std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns = 96);

}  // namespace qpcheck::story
