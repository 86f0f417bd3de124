#include "sim/difference.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace qpcheck::sim {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);
constexpr std::size_t block_words = 8, block_bytes = block_words * word_bytes;  // compared at once
constexpr std::uint8_t more = 255;

std::uint64_t word_at(const std::byte* bytes, std::size_t at, std::size_t size) {
  std::uint64_t word = 0;
  if (at + word_bytes <= size) std::memcpy(&word, bytes + at, word_bytes);
  else if (at < size) std::memcpy(&word, bytes + at, size - at);
  return word;
}

const std::byte* bytes_of(const Image& image) { return reinterpret_cast<const std::byte*>(&image); }

std::byte* put_word(std::byte* out, std::size_t equal, std::uint64_t word, std::uint64_t changed) {
  for (; equal >= more; equal -= more) *out++ = std::byte{more};
  *out++ = static_cast<std::byte>(equal);
  std::byte* const mask = out++;
  *mask = std::byte{0};
  while (changed != 0) {
    const auto i = static_cast<unsigned>(std::countr_zero(changed)) / 8;
    *mask |= static_cast<std::byte>(1u << i);
    *out++ = static_cast<std::byte>(word >> (8 * i));
    changed &= ~(std::uint64_t{0xff} << (8 * i));
  }
  return out;
}

// Writes the words that differ, one after the other.
class Words {
 public:
  explicit Words(std::byte* out) : out_(out) {}
  std::byte* end() const { return out_; }

  void equal(std::size_t words) {
    equal_ += words;
    repeatable_ = false;
  }

  // `whole`: all of it is the image's, so that it may come as a repetition.
  void put(std::uint64_t word, std::uint64_t changed, bool whole) {
    if (changed == 0) return equal(1);
    if (repeatable_ && whole && word == last_) return repeat();
    out_ = put_word(out_, equal_, word, changed);
    equal_ = 0;
    last_ = word;
    repeatable_ = true;
    times_ = nullptr;
  }

 private:
  void repeat() {
    if (times_ == nullptr || *times_ == std::byte{more}) {
      *out_++ = std::byte{0};
      *out_++ = std::byte{0};
      times_ = out_++;
      *times_ = std::byte{0};
    }
    *times_ = static_cast<std::byte>(std::to_integer<unsigned>(*times_) + 1);
  }

  std::byte* out_;
  std::size_t equal_ = 0;      // words since the last one that differs
  std::uint64_t last_ = 0;     // that one,
  bool repeatable_ = false;    // which stands just before,
  std::byte* times_ = nullptr; // and how often it came again; null: not yet
};

}  // namespace

std::size_t put_difference(const Image& base, const Image& image, std::byte* out) {
  const std::byte *const from = bytes_of(base), *const to = bytes_of(image);
  const std::size_t in_both = std::min(image.used, base.used);
  std::memcpy(out, &image.used, sizeof(image.used));
  Words words(out + sizeof(image.used));
  std::size_t at = 0;
  for (; at + block_bytes <= in_both; at += block_bytes) {
    std::uint64_t was[block_words], is[block_words], bits = 0;
    std::memcpy(was, from + at, block_bytes);
    std::memcpy(is, to + at, block_bytes);
    for (std::size_t i = 0; i < block_words; ++i) bits |= was[i] ^ is[i];
    if (bits == 0) words.equal(block_words);
    else
      for (std::size_t i = 0; i < block_words; ++i) words.put(is[i], was[i] ^ is[i], true);
  }
  for (; at < image.used; at += word_bytes) {
    const std::uint64_t word = word_at(to, at, image.used);
    words.put(word, word ^ word_at(from, at, in_both), at + word_bytes <= image.used);
  }
  return static_cast<std::size_t>(words.end() - out);
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
      for (auto times = std::to_integer<unsigned>(*difference++); times > 0; --times, word += word_bytes)
        std::memcpy(word, word - word_bytes, word_bytes);
      continue;
    }
    for (std::size_t i = 0; i < word_bytes; ++i)
      if ((mask >> i & 1) != 0) word[i] = *difference++;
    word += word_bytes;
  }
}

}  // namespace qpcheck::sim
