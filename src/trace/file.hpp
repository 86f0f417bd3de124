// Trace files: a Trace as text and back (docs/trace-format.md).
//
// Purpose: JSON made to be read and diffed by people: the header first, then
// the steps, one observation a line. It holds names and numbers; what a person is
// told of them is made in src/story.
// Ownership: plain values. Threads: no shared state.
// Invariants: the same trace is the same bytes, always; from_text(to_text(t))
// is t for every t that check() lets pass; save() writes nothing that load()
// would refuse; no input, however damaged, throws or crashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "trace/result.hpp"
#include "trace/trace.hpp"

namespace qpcheck::trace {

inline constexpr std::uint32_t format_version = 2;
inline constexpr std::size_t max_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_steps = 1'000'000;
inline constexpr std::uint32_t max_qpairs = 1024;

// Is this a trace that may stand in a file: at least one qpair, no absurd count,
// all text UTF-8?
Result<void> check(const Trace& trace);

// Bytes that are no UTF-8 become U+FFFD. Ends in a line feed.
[[nodiscard]] std::string to_text(const Trace& trace);

// `where` names the text in an error: "found.json", "standard input".
Result<Trace> from_text(std::string_view text, std::string_view where);

Result<Trace> load(const std::filesystem::path& path);
Result<void> save(const Trace& trace, const std::filesystem::path& path);

}  // namespace qpcheck::trace
