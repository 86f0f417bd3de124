// What was seen, and what is violated, in words.
//
// Purpose: the sentences of stories, one for each kind of observation.
// Ownership: plain values. Threads: any.
// Invariants: functions of their arguments; nothing reads what they say.
#pragma once

#include <string>
#include <vector>

#include "trace/trace.hpp"

namespace qpcheck::story {

// "qp0 DISCONNECTED is queued in the channel, not fetched"
std::string words(const trace::Observed& observed);

// "awaited-once, possible-wait"; empty: nothing is violated.
std::string names(const std::vector<trace::Violation>& violated);

// "qp0: the program waits for …"
std::string reason(const trace::Violation& violated);
// All of them, separated by ". ".
std::string reasons(const std::vector<trace::Violation>& violated);

}  // namespace qpcheck::story
