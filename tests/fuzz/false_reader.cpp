#include "tests/fuzz/readers.hpp"

namespace qpcheck::fuzz {

// Three comparisons, one inside the other: who only tries bytes at random hardly finds them.
std::string read_falsely(std::string_view bytes) {
  if (bytes.size() < 3 || bytes[0] != 'Q' || bytes[1] != 'P') return "";
  return bytes[2] == '!' ? "this reader is false on purpose" : "";
}

}  // namespace qpcheck::fuzz
