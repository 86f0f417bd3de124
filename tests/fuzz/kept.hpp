// The files that inputs of the readers begin with: plain values, in the order of their names.
#pragma once

#include <string>
#include <vector>

namespace qpcheck::fuzz {

inline constexpr std::size_t longest_input = 8192;  // bytes; the fuzz targets' as well (-max_len)

struct Kept {
  std::string name, bytes;
};

// Those directly in a folder of the source tree that are not too long.
std::vector<Kept> kept_in(const char* folder);

}  // namespace qpcheck::fuzz
