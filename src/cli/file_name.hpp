// The name of the file that a check's counterexample is written to.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace qpcheck::cli {

// "reset-always-wait.json", and what differs from the scenario's defaults before the
// ".json": two runs with different settings never write to the same file.
std::string file_name(const scenario::Config& config);

}  // namespace qpcheck::cli
