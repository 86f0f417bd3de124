// Logs from files: told apart, and read without trust.
//
// Purpose: a file becomes a Log, or one line that says where it cannot be read and
// how to mend that. A kernel log is JSON lines (traces/kernel/README.md); a trace is
// one JSON document (docs/trace-format.md), of which the observations are read, and
// the choices that tell what the target's application did.
// Ownership: plain values. Threads: no shared state.
// Invariants: no input, however damaged, throws or crashes; what is not understood
// is refused and never skipped.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "conform/line.hpp"
#include "trace/result.hpp"
#include "trace/trace.hpp"

namespace qpcheck::conform {

inline constexpr std::size_t max_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_lines = 1'000'000;

// `transport`, if given, goes before what the log says of itself.
Result<Log> read_log(std::string_view text, std::string_view where, std::optional<model::Transport> transport = {});
Result<Log> load_log(const std::filesystem::path& path, std::optional<model::Transport> transport = {});

// The two kinds, for read_log.
Result<Log> read_kernel_log(std::string_view text, std::string_view where, std::optional<model::Transport> transport);
Log log_of(const trace::Trace& trace, model::Transport transport);

}  // namespace qpcheck::conform
