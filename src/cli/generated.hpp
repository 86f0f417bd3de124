// Files that qpcheck generates and a checkout keeps: are they up to date?
#pragma once

#include <string>

namespace qpcheck::cli {

// 0: the file holds `now`; 1: it does not, and one line says where and which command
// makes it; 2: it cannot be read.
int is_generated(const std::string& file, const std::string& now, const std::string& command);

}  // namespace qpcheck::cli
