// The files that paths on the command line stand for.
#pragma once

#include <string>
#include <vector>

#include "trace/result.hpp"

namespace qpcheck::cli {

using Files = std::vector<std::string>;

// Each path, and for a folder every file below it with one of the endings (".json"), sorted.
// An error: a folder that cannot be read, or that holds none; `what` is what they are called.
Result<Files> files_below(const Files& paths, const Files& endings, const std::string& what);

}  // namespace qpcheck::cli
