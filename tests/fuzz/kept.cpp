#include "tests/fuzz/kept.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace qpcheck::fuzz {

std::vector<Kept> kept_in(const char* folder) {
  std::vector<Kept> kept;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(QPCHECK_SOURCE_DIR) / folder)) {
    if (!entry.is_regular_file() || entry.file_size() > longest_input) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    kept.push_back({entry.path().filename().string(), bytes.str()});
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.name < b.name; });
  return kept;
}

}  // namespace qpcheck::fuzz
