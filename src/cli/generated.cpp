#include "cli/generated.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_code.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::cli {
namespace {

constexpr std::size_t largest = 16u << 20;

std::ptrdiff_t first_different_line(const std::string& one, const std::string& other) {
  const auto place = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  return 1 + std::count(one.begin(), place, '\n');
}

}  // namespace

int is_generated(const std::string& file, const std::string& now, const std::string& command) {
  const auto kept = read_file(file, largest);
  if (!kept) return refuse("--check: " + kept.error().line());
  if (*kept == now) return holds;
  fmt::print("{}: line {} is not what `{}` prints; make it again: {} >{}\n", file, first_different_line(*kept, now),
             command, command, file);
  return violated;
}

}  // namespace qpcheck::cli
