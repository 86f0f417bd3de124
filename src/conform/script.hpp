// A log, taken apart by connection.
//
// Purpose: the judge looks at one connection number at a time. Its Script holds the
// lines that are about it, or about all: two sequences, each in its own exact order.
// Between the two only the windows of the lines tell what came first, and those are
// trusted up to a slack, for the sides have clocks of their own.
// Ownership: views into the log, which must outlive them. Threads: no shared state.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "conform/line.hpp"

namespace qpcheck::conform {

// Two clocks that were brought together agree within a millisecond, and under load less well.
inline constexpr std::int64_t slack_us = 100'000;

struct Script {
  int connection = 0;
  std::array<std::vector<const Line*>, 2> sides;  // calls, events and signals
  std::vector<const Line*> work;                  // what tells of queue pairs and work requests, calls and events too
  std::vector<std::int64_t> sends_posted_us;
};

std::vector<Script> scripts_of(const Log& log);

}  // namespace qpcheck::conform
