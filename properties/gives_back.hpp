// gives-back: when all is connected again, the program holds no more memory than when it was
// the first time: that of the finished connections is given back.
//
// Judged by the number of blocks that the program has allocated and not freed, looked at each
// time when its last connection comes up. Memory that is kept for later and used again, like
// the capacity of a vector, is no more the second time.
// Assumes nothing of the program but that it means to come back. What a program loses that
// connects only once is not seen.
// A failure is explained by the number of blocks.
#pragma once

#include <cstdint>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct GivesBack {
  std::int32_t blocks = -1;  // the first time; -1: it was not connected yet
  std::int32_t more = 0;     // this time
  std::uint8_t premise = 0;

  bool violated_by(const model::Observation& seen) {
    if (seen.kind != model::Seen::all_connected) return false;
    if (blocks < 0) {
      blocks = seen.status;
      return false;
    }
    premise = 1;
    more = seen.status - blocks;
    return more > 0;
  }
};

}  // namespace qpcheck::properties
