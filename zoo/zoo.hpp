// The zoo: teardown bugs of real projects, each a small program and its fixed twin.
//
// Purpose: the list of them. Each program is our own, written in the manner of the
// project that had the bug, against rdma-core's headers; a flag makes it its fixed twin,
// and the flag stands where the bug was. `qpcheck check --program NAME [--fixed]`.
// Threads: none. Rows of the field that need several threads of the host are not here
// (docs/zoo.md says which).
#pragma once

#include <span>

#include "sim/program.hpp"

namespace qpcheck::zoo {

// In the order of their names.
std::span<const sim::ProgramInfo> programs();

// Puts a program into the list: one variable in the program's own file.
struct Registered {
  explicit Registered(const sim::ProgramInfo& program);
};

}  // namespace qpcheck::zoo
