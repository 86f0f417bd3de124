// How long a call of the library has taken since a moment in it.
//
// Purpose: a deadline is counted from when its wait begins, and the calls into the kernel
// before that may take hundreds of ms. Read on the way up or down only, never on the data path.
// Ownership: a plain value. Threads: none. Only differences of the clock are used.
#pragma once

#include <chrono>
#include <cstdint>

namespace qpair {

class Stopwatch {
 public:
  // Rounded up: a wait is never shorter than it says.
  std::uint64_t ms() const {
    const auto passed = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    return static_cast<std::uint64_t>(passed.count());
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace qpair
