// gives-back: when all is connected again, the program holds no more than when it was the
// first time: what the finished connections had is given back.
//
// Judged by the number of blocks of memory that the program has allocated and not freed, and of
// its rdma_cm_ids, PDs, MRs and CQs, looked at each
// time when its last connection comes up. Memory that is kept for later and used again, like
// the capacity of a vector, is no more the second time.
// Assumes nothing of the program but that it means to come back. What a program loses that
// connects only once is not seen.
// A failure is explained by the number of things.
#pragma once

#include <cstdint>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct GivesBack {
  std::int32_t things = -1;  // the first time; -1: it was not connected yet
  std::int32_t more = 0;     // this time
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    if (seen.kind != model::Seen::all_connected) return false;
    if (things < 0) {
      things = seen.status;
      return false;
    }
    antecedent = 1;
    more = seen.status - things;
    return more > 0;
  }
};

}  // namespace qpcheck::properties
