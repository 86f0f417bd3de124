#include "conform/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "conform/hidden.hpp"
#include "conform/observed.hpp"

namespace qpcheck::conform {
namespace {

using model::Side;

std::string returned_words(const Line& line, int error) {
  Line other = line;
  other.status = error == 0 ? 0 : -1;
  other.error = error;
  other.connection = -1;
  return words(other).substr(line.side == Side::host ? 6 : 8);  // without "host: "
}

void add_expected(const Node& node, const Line& line, const Moment& moment, std::set<std::string>& expected) {
  if (line.kind == Kind::event)
    for (const Fetched& fetched : fetches(node.state, line.side, line, moment)) expected.insert(fetched.words());
  if (line.kind == Kind::call)
    for (const Returned& returned : calls(node.state, line, moment))
      expected.insert(returned_words(line, returned.error));
}

// "host ESTABLISHED (id in CONNECT)": where this side's end may be.
void add_states(const Node& node, Side side, std::set<std::string>& states) {
  for (const Pair& pair : node.state.pairs) {
    if (!pair.id(side).alive) continue;
    states.insert(fmt::format("{}, id in {}", state_name(pair.connection, side), name(pair.connection.end(side).cma)));
  }
}

std::vector<std::string> expectation(const std::set<std::string>& expected, const std::set<std::string>& states) {
  std::vector<std::string> lines(expected.begin(), expected.end());
  if (lines.empty()) lines.emplace_back("nothing of this kind");
  if (states.empty()) {
    lines.emplace_back("there is no such id here");
    return lines;
  }
  std::string all;
  for (const std::string& state : states) all += (all.empty() ? "" : " / ") + state;
  lines.push_back(fmt::format("its connection manager may be in: {}", all));
  return lines;
}

}  // namespace

Departure explain(const Log& log, const Search& search, const Reached& reached) {
  const Line& line = *reached.first_open;
  std::set<std::string> expected, states;
  for (const Node& node : reached.there) {
    add_expected(node, line, search.moment(node), expected);
    add_states(node, line.side, states);
  }
  return {line.number, words(line), expectation(expected, states), rows_for(line, log.transport)};
}

}  // namespace qpcheck::conform
