// What a person may have meant by a name that is not known.
#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qpcheck::scenario {

// Letters to be changed, put in or left out to make one of the other.
inline std::size_t letters_apart(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t k = 0; k < other.size(); ++k) {
      const std::size_t changed = diagonal + (one[i] == other[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({changed, row[k] + 1, row[k + 1] + 1});
    }
  }
  return row.back();
}

// "; did you mean 'kill'?", or nothing: none is near.
template <class Names>
std::string did_you_mean(std::string_view word, const Names& names) {
  std::string_view nearest;
  std::size_t least = 1 + std::max<std::size_t>(word.size() / 3, 1);
  for (const std::string_view name : names)
    if (const std::size_t apart = letters_apart(word, name); apart < least) {
      least = apart;
      nearest = name;
    }
  return nearest.empty() ? "" : "; did you mean '" + std::string(nearest) + "'?";
}

// The same of a table whose rows have names.
template <class Rows>
std::string did_you_mean_one_of(std::string_view word, const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return did_you_mean(word, names);
}

}  // namespace qpcheck::scenario
