// Writes down what identifies a state, byte after byte.
//
// Purpose: one place where the bytes of an identity are made. Two states that share a
// description are taken for one, and what only one of them can do is never seen.
// Ownership: writes into the caller's buffer. Threads: none.
// Invariants: nothing is written past the buffer, and no value is cut to a width that it
// does not fit; both are asserted.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace qpcheck::model {

// A value in so many bits of a byte.
template <unsigned width, class Value>
struct Bits {
  static constexpr unsigned bits = width;
  Value value;
};
template <unsigned width, class Value>
constexpr Bits<width, Value> bits(Value value) { return {value}; }

class Description {
 public:
  explicit Description(std::span<std::uint8_t> out) : out_(out) {}

  template <class Value>
  void put(const Value& value) {
    static_assert(std::has_unique_object_representations_v<Value>);
    put_bytes(&value, sizeof(value));
  }

  // REQUIRES: none of them is padding.
  void put_bytes(const void* from, std::size_t bytes) {
    assert(size_ + bytes <= out_.size());
    std::memcpy(out_.data() + size_, from, bytes);
    size_ += bytes;
  }

  // One byte, the first field lowest.
  template <class... Fields>
  void pack(Fields... fields) {
    static_assert((Fields::bits + ...) <= 8);
    unsigned byte = 0, place = 0;
    (add(byte, place, fields), ...);
    put(static_cast<std::uint8_t>(byte));
  }

  std::size_t size() const { return size_; }

 private:
  template <unsigned width, class Value>
  static void add(unsigned& byte, unsigned& place, Bits<width, Value> field) {
    const auto value = static_cast<unsigned>(field.value);
    assert(value >> width == 0);
    byte |= value << place;
    place += width;
  }

  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
};

}  // namespace qpcheck::model
