#include "trace/utf8.hpp"

#include <cassert>

namespace qpcheck::utf8 {
namespace {

constexpr CodePoint bad_byte{0xfffd, 1, false};

// How many bytes a sequence with this first byte has; 0: none starts so.
std::size_t length_from(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

bool allowed(char32_t value, std::size_t bytes) {
  if (bytes == 3) return value >= 0x800 && (value < 0xd800 || value > 0xdfff);
  if (bytes == 4) return value >= 0x10000 && value <= 0x10ffff;
  return true;
}

}  // namespace

CodePoint first(std::string_view text) {
  assert(!text.empty());
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = length_from(lead);
  if (bytes == 0 || bytes > text.size()) return bad_byte;
  if (bytes == 1) return {lead, 1, true};
  char32_t value = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0u) != 0x80u) return bad_byte;
    value = (value << 6) | (next & 0x3fu);
  }
  return allowed(value, bytes) ? CodePoint{value, bytes, true} : bad_byte;
}

bool valid(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = first(text);
    if (!c.valid) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

}  // namespace qpcheck::utf8
