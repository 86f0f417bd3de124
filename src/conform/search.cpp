#include "conform/search.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_set>

#include "conform/hidden.hpp"
#include "conform/judge.hpp"
#include "conform/observed.hpp"

namespace qpcheck::conform {
namespace {

using model::Side;

constexpr std::size_t nodes_kept = 64;

std::string key_of(const Node& node) {
  return std::to_string(node.at[0]) + "," + std::to_string(node.at[1]) + ":" + node.state.key();
}

std::vector<std::int64_t> running_latest(const std::vector<const Line*>& lines) {
  std::vector<std::int64_t> latest = {std::numeric_limits<std::int64_t>::min() / 2};
  for (const Line* line : lines) latest.push_back(std::max(latest.back(), line->begin_us));
  return latest;
}

// Keeps the nodes that got furthest.
void remember(Reached& reached, const Node& node, const Line* open) {
  if (reached.first_open != nullptr && open < reached.first_open) return;  // they lie in one log, in its order
  if (reached.first_open != open) reached.there.clear();
  reached.first_open = open;
  if (reached.there.size() < nodes_kept) reached.there.push_back(node);
}

}  // namespace

Search::Search(const Log& log, const Script& script, const Evidence& evidence)
    : log_(log), script_(script), evidence_(evidence), slack_(log.timed ? slack_us : 0) {
  for (const Side side : {Side::host, Side::target}) {
    const auto place = static_cast<std::size_t>(side);
    earliest_[place] = running_latest(script_.sides[place]);
  }
}

const Line* Search::next(const Node& node, Side side) const {
  const auto place = static_cast<std::size_t>(side);
  return node.at[place] < script_.sides[place].size() ? script_.sides[place][node.at[place]] : nullptr;
}

// Both windows are open long enough for this side's line to have been the earlier one.
bool Search::may_come_first(const Node& node, Side side) const {
  const Line *mine = next(node, side), *theirs = next(node, other(side));
  return mine != nullptr && (theirs == nullptr || mine->begin_us - slack_ <= theirs->end_us);
}

Moment Search::moment(const Node& node) const {
  Moment moment;
  moment.log = &log_;
  moment.evidence = &evidence_;
  for (const Side side : {Side::host, Side::target}) {
    const auto place = static_cast<std::size_t>(side), peer = static_cast<std::size_t>(other(side));
    const Line* const open = next(node, side);
    moment.earliest[place] = std::max(earliest_[place][node.at[place]], earliest_[peer][node.at[peer]] - slack_);
    moment.earliest[place] = std::max(moment.earliest[place], node.state.not_before - slack_);
    moment.latest[place] = open != nullptr ? open->end_us : evidence_.end_us + slack_;
    moment.last[place] = open == nullptr;
  }
  moment.first = node.at[0] == 0;
  const auto latest = std::max(moment.latest[0], moment.latest[1]);
  for (const std::int64_t posted : script_.sends_posted_us)
    moment.sends_posted = moment.sends_posted || posted <= latest;
  return moment;
}

void Search::take_line(const Node& node, Side side, std::vector<Node>& out) const {
  if (!may_come_first(node, side)) return;
  const Line* const open = next(node, side);
  if (open == nullptr) return;
  const Line& line = *open;
  if (line.end_us + slack_ < node.state.not_before) return;
  Node after = node;
  ++after.at[static_cast<std::size_t>(side)];
  const Moment then = moment(after);
  const auto add = [&](const State& state) { out.push_back({after.at, state}); };
  if (line.kind == Kind::signal) {
    if (line.status != 9) return add(node.state);
    State state = node.state;
    if (kill(state, side, then)) add(state);
  } else if (line.kind == Kind::event) {
    for (const Fetched& fetched : fetches(node.state, side, line, then))
      if (fetched.agrees(line)) add(fetched.state);
  } else {
    for (const Returned& returned : calls(node.state, line, then))
      if (!line.told || returned.error == (line.status == 0 ? 0 : line.error)) add(returned.state);
  }
}

void Search::take_hidden(const Node& node, std::vector<Node>& out) const {
  std::vector<State> states;
  hidden_steps(node.state, moment(node), states);
  for (State& state : states) out.push_back({node.at, std::move(state)});
}

bool Search::id_is_created() const {
  const auto& host = script_.sides[static_cast<std::size_t>(Side::host)];
  return !host.empty() && host.front()->kind == Kind::call && host.front()->name == "rdma_create_id";
}

Reached Search::run() const {
  Reached reached;
  std::unordered_set<std::string> seen;
  std::vector<Node> open = {{{}, initial_state(log_, id_is_created())}}, successors;
  seen.insert(key_of(open.back()));
  while (!open.empty() && !reached.end && !reached.too_many) {
    const Node node = std::move(open.back());
    open.pop_back();
    const Line *host = next(node, Side::host), *target = next(node, Side::target);
    if (host == nullptr && target == nullptr) {
      reached.end = true;
      break;
    }
    remember(reached, node, host == nullptr || (target != nullptr && target < host) ? target : host);
    successors.clear();
    take_hidden(node, successors);
    for (const Side side : {Side::target, Side::host}) take_line(node, side, successors);
    for (Node& successor : successors) {
      if (log_.timed) successor.state.forget_times(moment(successor));
      if (seen.insert(key_of(successor)).second) open.push_back(std::move(successor));
    }
    reached.too_many = seen.size() > most_states;
  }
  reached.states = seen.size();
  return reached;
}

}  // namespace qpcheck::conform
