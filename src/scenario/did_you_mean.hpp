// What a person may have meant by a name that is not known.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::scenario {

// Letters to be changed, put in, left out or, two neighbours, swapped to make one of the other.
inline std::size_t letters_apart(std::string_view one, std::string_view other) {
  std::vector<std::vector<std::size_t>> apart(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= one.size(); ++i)
    for (std::size_t k = 0; k <= other.size(); ++k) {
      apart[i][k] = i + k;
      if (i == 0 || k == 0) continue;
      const std::size_t changed = apart[i - 1][k - 1] + (one[i - 1] == other[k - 1] ? 0 : 1);
      apart[i][k] = std::min({changed, apart[i - 1][k] + 1, apart[i][k - 1] + 1});
      const bool swapped = i > 1 && k > 1 && one[i - 1] == other[k - 2] && one[i - 2] == other[k - 1];
      if (swapped) apart[i][k] = std::min(apart[i][k], apart[i - 2][k - 2] + 1);
    }
  return apart[one.size()][other.size()];
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
