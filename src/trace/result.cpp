#include "trace/result.hpp"

#include <fmt/format.h>

#include "trace/utf8.hpp"

namespace qpcheck {

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    const utf8::CodePoint c = utf8::first(text);
    const std::string_view bytes = text.substr(0, c.bytes);
    if (out.size() + bytes.size() > limit) return out + "…";
    if (!c.valid || utf8::is_control(c.value)) {
      for (const char byte : bytes)
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      out += bytes;
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

}  // namespace qpcheck
