// Where two traces differ, for a person.
//
// Purpose: the one place that says whether a replayed run is the kept one.
// Ownership: plain values. Threads: any.
// Invariants: a function of the two traces.
#pragma once

#include <string>

#include "trace/trace.hpp"

namespace qpcheck::story {

// The first place where `now` is not what `kept` says, in one line; empty: they are equal.
std::string first_difference(const trace::Trace& kept, const trace::Trace& now);

}  // namespace qpcheck::story
