// Text on its way into a drawing: cleaned, wrapped, escaped. Private to this folder.
//
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qpcheck::report {

// What XML can not hold becomes U+FFFD: bytes that are no UTF-8, control
// characters (line feeds stay, tabs become spaces), noncharacters.
[[nodiscard]] std::string clean(std::string_view text);

// Lines longer than `width` columns are broken at spaces; each line broken off
// begins with `indent`. A word longer than `width` stays whole.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width,
                               std::string_view indent = {});

// In quotes, for a name: "a\b" is written "a\\b".
[[nodiscard]] std::string dot_name(std::string_view text);

// In quotes, for a label; each line ends in `line_end` ("\\n" centred, "\\l" left).
[[nodiscard]] std::string dot_label(std::string_view text, std::string_view line_end);

[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace qpcheck::report
