// The order in which an identity describes the connections.
//
// Purpose: where a scenario treats its connections alike, two states that differ only in
// which connection is which have the same future. An identity that describes the connections
// in an order of its own, and names each by its place in that order, is the same for both.
// Ownership: a plain value. Threads: none.
// Invariants: each qpair has one place. A slot's place follows from its qpair's: two to each.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "model/observation.hpp"

namespace qpcheck::model {

class Order {
 public:
  using Qpairs = std::array<std::uint8_t, max_qpairs>;

  // As they are numbered.
  constexpr Order() {
    for (std::uint8_t i = 0; i < max_qpairs; ++i) qpairs_[i] = places_[i] = i;
  }

  constexpr const Qpairs& qpairs() const { return qpairs_; }
  // What is of no qpair keeps its number.
  constexpr std::uint8_t place(std::uint8_t qpair) const { return qpair < max_qpairs ? places_[qpair] : qpair; }
  constexpr std::uint8_t place_of_slot(std::uint8_t slot) const {
    return slot < max_slots ? static_cast<std::uint8_t>(2 * places_[slot / 2] + slot % 2) : slot;
  }

  // The next of all orders of the first `count` qpairs. False: that was the last one.
  constexpr bool advance(std::size_t count) {
    const bool more = std::next_permutation(qpairs_.begin(), qpairs_.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::uint8_t i = 0; i < max_qpairs; ++i) places_[qpairs_[i]] = i;
    return more;
  }

  // Which of all orders it is; 0: that of the numbers.
  constexpr std::uint8_t number() const {
    unsigned number = 0;
    for (std::size_t i = 0; i < max_qpairs; ++i) {
      const auto smaller = std::count_if(qpairs_.begin() + static_cast<std::ptrdiff_t>(i) + 1, qpairs_.end(),
                                         [&](std::uint8_t later) { return later < qpairs_[i]; });
      number = number * static_cast<unsigned>(max_qpairs - i) + static_cast<unsigned>(smaller);
    }
    return static_cast<std::uint8_t>(number);
  }

 private:
  Qpairs qpairs_{};  // by place
  Qpairs places_{};  // by qpair
};

}  // namespace qpcheck::model
