#include "cli/files_below.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace qpcheck::cli {
namespace {

namespace fs = std::filesystem;

Result<Files> of_folder(const std::string& folder, const Files& endings, const std::string& what) {
  Files files;
  std::error_code error;
  for (fs::recursive_directory_iterator next(folder, error), end; !error && next != end; next.increment(error)) {
    const bool wanted = std::ranges::find(endings, next->path().extension().string()) != endings.end();
    if (std::error_code ignored; wanted && next->is_regular_file(ignored)) files.push_back(next->path().string());
  }
  if (error) return Error(fmt::format("{}: cannot be read: {}", folder, error.message()));
  if (files.empty())
    return Error(fmt::format("{}: no {} (*{}) is in this folder or below it; name another", folder, what,
                             fmt::join(endings, ", *")));
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<Files> files_below(const Files& paths, const Files& endings, const std::string& what) {
  Files files;
  for (const std::string& path : paths) {
    if (std::error_code ignored; !fs::is_directory(path, ignored)) {
      files.push_back(path);
      continue;
    }
    const auto below = of_folder(path, endings, what);
    if (!below) return below.error();
    files.insert(files.end(), below->begin(), below->end());
  }
  return files;
}

}  // namespace qpcheck::cli
