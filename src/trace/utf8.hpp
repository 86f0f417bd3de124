// UTF-8, as far as writing for people needs it.
//
// Purpose: walk over text that may hold any bytes, one code point at a time.
// Ownership: views only. Threads: no shared state.
#pragma once

#include <cstddef>
#include <string_view>

namespace qpcheck::utf8 {

struct CodePoint {
  char32_t value = 0;     // U+FFFD when the bytes are no UTF-8
  std::size_t bytes = 1;  // how far to go on; 1 for a bad byte
  bool valid = true;
};

// The code point at the start of `text`. REQUIRES: text is not empty. Overlong
// forms, surrogates and values above U+10FFFF are not valid.
[[nodiscard]] CodePoint first(std::string_view text);

[[nodiscard]] bool valid(std::string_view text);

// C0 and C1 control characters and DEL, line feed and tab among them.
[[nodiscard]] constexpr bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

}  // namespace qpcheck::utf8
