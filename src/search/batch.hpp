// Emitted states on their way to the visited set, a few at a time.
//
// Looking up a fingerprint is a cache miss as soon as the table is larger than the
// cache. So small states wait in a ring, in order, while the memory they will need is
// on its way. Nothing else changes: they leave the ring in the order they came.
#pragma once

#include <array>
#include <cstring>

#include "search/orders.hpp"
#include "search/records.hpp"

namespace qpcheck::search {

template <class M>
class Batch {
public:
  using State = typename M::State;
  struct Entry {
    std::uint64_t fingerprint;
    Link link;
    alignas(State) std::byte bytes[sizeof(State)];
    [[nodiscard]] const State& state() const { return *reinterpret_cast<const State*>(bytes); }
  };

  [[nodiscard]] bool full() const { return last_ - first_ == size; }
  [[nodiscard]] bool empty() const { return last_ == first_; }

  /// REQUIRES: not full.
  void push(const M& model, const State& state, std::uint64_t fingerprint, Link link) {
    Entry& entry = ring_[last_++ % size];
    entry.fingerprint = fingerprint;
    entry.link = link;
    detail::copy_state(model, entry.bytes, state);
  }

  /// The oldest entry; valid until the next push. REQUIRES: not empty.
  const Entry& pop() { return ring_[first_++ % size]; }

private:
  static constexpr unsigned size = 16;
  std::array<Entry, size> ring_;
  unsigned first_ = 0;
  unsigned last_ = 0;
};

/// Stands in where states are looked up at once.
struct NoBatch {};

}  // namespace qpcheck::search
