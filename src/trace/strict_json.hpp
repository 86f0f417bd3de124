// JSON from outside, read without trust.
//
// Purpose: one document of UTF-8 JSON as a tree, or one line that says at which
// line and column it fails. Stricter than the library alone: no key twice in an
// object, no deep nesting, no absurd number of values.
// Ownership: the tree is the caller's. Threads: no shared state.
// Invariants: never throws, whatever the bytes; memory is bounded by the limits.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "trace/result.hpp"

namespace qpcheck {

struct JsonLimits {
  std::size_t depth = 16;
  std::size_t values = 8'000'000;
};

// `where` names the text in the error ("found.json", "standard input");
// `kind` is what it should have been ("qpcheck trace").
Result<nlohmann::ordered_json> read_strict_json(std::string_view text, std::string_view where,
                                                std::string_view kind, JsonLimits limits = {});

}  // namespace qpcheck
