// The bytes of describe(): what a controller and its qpairs will do next.
//
// Ownership: writes into the caller's buffer. Threads: none.
// Invariants: nothing is written past the buffer, and no value is cut; both are asserted.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace qpair {

class Description {
 public:
  explicit Description(std::span<std::uint8_t> out) : out_(out) {}

  // In so many bytes, the lowest first.
  template <std::size_t bytes = 1>
  void put(std::uint64_t value) {
    assert(bytes <= out_.size() - size_);
    if constexpr (bytes < sizeof(value)) assert(value >> (8 * bytes) == 0);
    for (std::size_t i = 0; i < bytes; ++i) out_[size_ + i] = static_cast<std::uint8_t>(value >> (8 * i));
    size_ += bytes;
  }
  std::size_t size() const { return size_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
};

}  // namespace qpair
