// The structure of a trace file, checked: a JSON tree to a Trace.
//
// Purpose: every key known, present and of its type; else one line that says at
// which place ("/steps/3/choice"). Private to this folder.
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "trace/result.hpp"
#include "trace/trace.hpp"

namespace qpcheck::trace {

Result<Trace> from_json(const nlohmann::ordered_json& document);

}  // namespace qpcheck::trace
