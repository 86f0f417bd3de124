// What any bytes may do to the readers of files: nothing.
//
// Purpose: one body for the fuzz targets and for the test of the inputs that are kept:
// the bytes are read as a file would be, and what was read is used as the command
// uses it, up to the last line that a person would be shown.
// Ownership: plain values. Threads: no shared state.
// Invariants: the answer is "" when every promise of the readers was kept, else the one
// that was broken; a crash is for the caller to see.
#pragma once

#include <string>
#include <string_view>

namespace qpcheck::fuzz {

std::string read_as_trace(std::string_view bytes);
std::string read_as_log(std::string_view bytes);
std::string read_falsely(std::string_view bytes);  // to see that a target can find something

}  // namespace qpcheck::fuzz
