// The search over one connection's script, as the judge makes it.
//
// Purpose: a Node is a place in both sequences and a hidden state; from each the
// search takes hidden steps, and the next line of either side where the windows let
// that line come first.
// Ownership: a Search refers to its log, script and evidence. Threads: none.
// Invariants: each (place, state) is entered once; `first_open` of the result is the
// furthest line that was reached, and `there` holds the nodes that stand before it.
#pragma once

#include <vector>

#include "conform/evidence.hpp"
#include "conform/script.hpp"
#include "conform/state.hpp"

namespace qpcheck::conform {

struct Node {
  std::array<std::size_t, 2> at{};  // lines taken, by side
  State state;
};

struct Reached {
  bool end = false;        // all lines were taken
  bool too_many = false;   // states
  std::size_t states = 0;
  const Line* first_open = nullptr;
  std::vector<Node> there;  // some of the nodes that stand before it
};

class Search {
 public:
  Search(const Log& log, const Script& script, const Evidence& evidence);
  Reached run() const;
  Moment moment(const Node& node) const;

 private:
  bool id_is_created() const;
  const Line* next(const Node& node, model::Side side) const;
  bool may_come_first(const Node& node, model::Side side) const;
  void take_line(const Node& node, model::Side side, std::vector<Node>& out) const;
  void take_hidden(const Node& node, std::vector<Node>& out) const;

  const Log& log_;
  const Script& script_;
  const Evidence& evidence_;
  std::array<std::vector<std::int64_t>, 2> earliest_;  // of any time after that many lines of the side
  std::int64_t slack_;
};

}  // namespace qpcheck::conform
