#include "sim/difference.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace qpcheck::sim {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);
constexpr std::size_t block_bytes = 8 * word_bytes;  // compared at once
constexpr std::uint8_t more = 255;

std::uint64_t word_at(const std::byte* bytes, std::size_t at, std::size_t size) {
  std::uint64_t word = 0;
  if (at < size) std::memcpy(&word, bytes + at, std::min(word_bytes, size - at));
  return word;
}

const std::byte* bytes_of(const Image& image) { return reinterpret_cast<const std::byte*>(&image); }

std::byte* put_word(std::byte* out, std::size_t equal, std::uint64_t word, std::uint64_t changed) {
  for (; equal >= more; equal -= more) *out++ = std::byte{more};
  *out++ = static_cast<std::byte>(equal);
  std::byte* const mask = out++;
  *mask = std::byte{0};
  for (std::size_t i = 0; i < word_bytes; ++i) {
    if ((changed >> (8 * i) & 0xff) == 0) continue;
    *mask |= static_cast<std::byte>(1u << i);
    *out++ = static_cast<std::byte>(word >> (8 * i));
  }
  return out;
}

}  // namespace

std::size_t put_difference(const Image& base, const Image& image, std::byte* out) {
  const std::byte *const from = bytes_of(base), *const to = bytes_of(image);
  const std::size_t in_both = std::min(image.used, base.used);
  std::byte* const begin = out;
  std::memcpy(out, &image.used, sizeof(image.used));
  out += sizeof(image.used);
  std::size_t equal = 0;
  std::uint64_t last = 0;              // the word just before,
  bool repeatable = false;             // which differed
  std::byte* times = nullptr;          // that it came again; null: not yet
  for (std::size_t at = 0; at < image.used; at += word_bytes) {
    while (at + block_bytes <= in_both && std::memcmp(from + at, to + at, block_bytes) == 0) {
      equal += block_bytes / word_bytes;
      at += block_bytes;
      repeatable = false;
    }
    if (at >= image.used) break;
    const std::uint64_t word = word_at(to, at, image.used), changed = word ^ word_at(from, at, in_both);
    if (changed == 0) {
      ++equal;
      repeatable = false;
    } else if (repeatable && word == last && at + word_bytes <= image.used) {
      if (times == nullptr || *times == std::byte{more}) {
        *out++ = std::byte{0};
        *out++ = std::byte{0};
        times = out++;
        *times = std::byte{0};
      }
      *times = static_cast<std::byte>(std::to_integer<unsigned>(*times) + 1);
    } else {
      out = put_word(out, equal, word, changed);
      equal = 0;
      last = word;
      repeatable = true;
      times = nullptr;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

void take_difference(const Image& base, const std::byte* difference, std::size_t size, Image& image) {
  const std::byte* const end = difference + size;
  std::uint32_t used;
  std::memcpy(&used, difference, sizeof(used));
  difference += sizeof(used);
  auto* const to = reinterpret_cast<std::byte*>(&image);
  std::memcpy(to, bytes_of(base), std::min(used, base.used));
  if (used > base.used) std::memset(to + base.used, 0, used - base.used);
  for (std::byte* word = to; difference < end;) {
    for (; *difference == std::byte{more}; ++difference) word += more * word_bytes;
    word += std::to_integer<std::size_t>(*difference++) * word_bytes;
    const auto mask = std::to_integer<unsigned>(*difference++);
    if (mask == 0) {
      for (auto times = std::to_integer<unsigned>(*difference++); times > 0; --times, word += word_bytes) std::memcpy(word, word - word_bytes, word_bytes);
      continue;
    }
    for (std::size_t i = 0; i < word_bytes; ++i)
      if ((mask >> i & 1) != 0) word[i] = *difference++;
    word += word_bytes;
  }
}

}  // namespace qpcheck::sim
