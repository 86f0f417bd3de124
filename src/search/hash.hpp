// Fingerprints for models that have no hash of their own.
//
// A multiply-and-fold hash over 8-byte words, in the manner of wyhash. It compiles
// to a few multiplications for a state of fixed size, which is what small models
// need (for the reference model XXH3's call alone would cost more than all of it).
// Large variable-size states are better served by XXH3 or CRC32. The same value on
// every little-endian machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace qpcheck::search {

namespace detail {
__extension__ using Wide = unsigned __int128;

inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace detail

inline std::uint64_t hash_bytes(const void* data, std::size_t size) {
  constexpr std::uint64_t k0 = 0x9e3779b97f4a7c15, k1 = 0xa0761d6478bd642f, k2 = 0xe7037ed1a0b428db;
  const char* at = static_cast<const char*>(data);
  std::uint64_t seed = (size + 1) * k0;   // far from any small difference in the bytes
  std::uint64_t words[2];
  for (std::size_t left = size; left > 16; left -= 16, at += 16) {
    std::memcpy(words, at, 16);
    seed = detail::multiply_fold(words[0] ^ k1, words[1] ^ seed);
  }
  const std::size_t rest = size == 0 ? 0 : (size - 1) % 16 + 1;
  words[0] = words[1] = 0;
  std::memcpy(words, at, rest);
  // Both halves of the product go on: folding it here would already lose states.
  const detail::Wide product = static_cast<detail::Wide>(words[0] ^ k1) * (words[1] ^ seed);
  return detail::multiply_fold(static_cast<std::uint64_t>(product) ^ k2,
                               static_cast<std::uint64_t>(product >> 64) ^ k0);
}

/// For states without padding and without pointers.
template <class State>
inline std::uint64_t hash_object(const State& state) {
  return hash_bytes(&state, sizeof(State));
}

}  // namespace qpcheck::search
