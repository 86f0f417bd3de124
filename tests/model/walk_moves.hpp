// What may happen at a moment of a walk, and what then comes of it. Private to walk.cpp.
//
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <vector>

#include "tests/model/walk.hpp"

namespace qpcheck::model::test {

struct Outcome {
  Told queued, fetched, at_target;
  int error = 0;
  bool blocks = false;
};

std::vector<Move> moves_at(const Moment& moment, const Setting& setting);
Outcome go(Moment& moment, const Move& move);

}  // namespace qpcheck::model::test
