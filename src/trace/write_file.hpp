// Whole files in and out: all of the bytes, or an error.
//
// Purpose: the one door through which traces, diagrams and reports reach the
// disk. Ownership: nothing is kept open. Threads: any, for different paths.
// Invariants: a reader of `path` sees the old file or the whole new one (the
// bytes go to a temporary beside it, which is then renamed); on failure nothing
// new is left behind. Not flushed to the platter: these files can be made again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "trace/result.hpp"

namespace qpcheck {

// A link is followed, and what is no regular file (/dev/stdout, a pipe) is
// written in place.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);

// Refuses more than `limit` bytes without reading them all.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace qpcheck
