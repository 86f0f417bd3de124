#include "tests/model/walk.hpp"

#include <cstring>
#include <deque>
#include <type_traits>
#include <unordered_map>

#include "tests/model/walk_moves.hpp"

namespace qpcheck::model::test {
namespace {

// A moment's bytes are its identity.
static_assert(std::has_unique_object_representations_v<Moment>);
std::string key_of(const Moment& moment) {
  std::string key(sizeof moment, '\0');
  std::memcpy(key.data(), &moment, sizeof moment);
  return key;
}

Moment start_of(const Setting& setting, bool as_usual) {
  const bool moves = setting.listener == Listener::moves;
  Moment start;
  start.connection.transport = setting.transport;
  start.connection.target_listens = moves || as_usual;
  start.connection.backlog_full = !as_usual && moves;
  start.left = setting.budget;
  return start;
}

}  // namespace

Setting any_single_fault(Transport transport, Target target) {
  Setting setting{transport, {}, target};
  setting.budget.any = 1;
  return setting;
}

Setting with(Transport transport, std::initializer_list<Fault> faults, Target target) {
  Setting setting{transport, {}, target};
  for (const Fault fault : faults) ++setting.budget[fault];
  return setting;
}

Setting with_moving_listener(Transport transport, Target target) { return {transport, {}, target, Listener::moves}; }

void History::add(Event event) {
  if (event == Event::none) return;
  auto& count = times[static_cast<std::size_t>(event)];
  if (count < 2) ++count;
}

Walk::Walk(const Setting& setting) {
  std::unordered_map<std::string, std::uint32_t> known;
  const auto reach = [&](const Moment& moment) {
    const auto [place, is_new] = known.try_emplace(key_of(moment), static_cast<std::uint32_t>(moments_.size()));
    if (is_new) moments_.push_back(moment);
    return place->second;
  };
  for (const bool as_usual : {true, false}) reach(start_of(setting, as_usual));
  for (std::uint32_t from = 0; from < moments_.size(); ++from) {
    first_step_.push_back(static_cast<std::uint32_t>(steps_.size()));
    for (const Move& move : moves_at(moments_[from], setting)) {
      Moment to = moments_[from];
      const Outcome outcome = go(to, move);
      steps_.push_back(
          {from, reach(to), move, outcome.queued, outcome.fetched, outcome.at_target, outcome.error, outcome.blocks});
    }
  }
  first_step_.push_back(static_cast<std::uint32_t>(steps_.size()));
}

Edge Walk::edge(const Step& step) const {
  return {moments_[step.from], moments_[step.to], step.move,  step.queued,
          step.fetched,        step.at_target,    step.error, step.blocks};
}

void Walk::each(const std::function<void(const Edge&)>& see) const {
  for (const Step& step : steps_) see(edge(step));
}

std::string Walk::line_of(const Step& step) const {
  std::string line = name_of(step.move);
  if (step.error != 0) line += ": errno " + std::to_string(step.error);
  if (step.blocks) line += ": blocks";
  for (const auto& [told, how] :
       {std::pair{step.queued, ": queued "}, {step.fetched, ": fetched "}, {step.at_target, ": target told "}})
    if (told.event != Event::none)
      line += how + std::string(name(told.event)) + " (" + std::to_string(told.status) + ")";
  return line + "\n";
}

// Breadth first over (moment, how many of `wanted` have come).
std::string Walk::run_through(const std::vector<Wanted>& wanted) const {
  constexpr std::uint32_t nowhere = ~0u;
  const auto size = static_cast<std::uint32_t>(moments_.size());
  struct Reached {
    std::uint32_t node, step;
  };
  std::vector<Reached> by(size * wanted.size(), {nowhere, nowhere});
  std::deque<std::uint32_t> waiting = {0, 1};  // the two starts
  for (const std::uint32_t start : waiting) by[start].node = start;
  const auto run_until = [&](std::uint32_t node, const Step& last) {
    std::string run = line_of(last);
    for (; by[node].step != nowhere; node = by[node].node) run = line_of(steps_[by[node].step]) + run;
    return run;
  };
  for (; !waiting.empty(); waiting.pop_front()) {
    const std::uint32_t node = waiting.front(), phase = node / size, from = node % size;
    for (std::uint32_t i = first_step_[from]; i < first_step_[from + 1]; ++i) {
      const bool came = wanted[phase](edge(steps_[i]));
      if (came && phase + 1 == wanted.size()) return run_until(node, steps_[i]);
      const std::uint32_t next = (came ? phase + 1 : phase) * size + steps_[i].to;
      if (by[next].node != nowhere) continue;
      by[next] = {node, i};
      waiting.push_back(next);
    }
  }
  return {};
}

const Walk& walk(const Setting& setting) {
  static std::map<std::string, Walk> walks;
  std::string key(reinterpret_cast<const char*>(&setting), sizeof setting);
  const auto found = walks.find(key);
  return found != walks.end() ? found->second : walks.emplace(std::move(key), Walk(setting)).first->second;
}

void Sentences::require(const char* sentence, bool holds, const Edge& edge) {
  if (holds || broken_.contains(sentence)) return;
  const Connection& before = edge.from.connection;
  broken_[sentence] = name_of(edge.move) + " in " + std::string(state_name(before, Side::host)) + "/" +
                      std::string(name(before.host().cma)) + ", target " +
                      std::string(state_name(before, Side::target)) + ", queues " +
                      std::string(name(edge.queued.event)) + ", hands out " + std::string(name(edge.fetched.event)) +
                      ", tells the target " + std::string(name(edge.at_target.event));
}

std::string Sentences::broken() const {
  std::string text;
  for (const auto& [sentence, where] : broken_) text += std::string(sentence) + ": " + where + "\n";
  return text;
}

std::vector<Event> settle(Connection& connection) {
  std::vector<Event> told;
  for (int steps = 0;; ++steps) {
    bool moved = false;
    for (const EnvStep step : {EnvStep::resolve, EnvStep::deliver_to_host, EnvStep::deliver_to_target, EnvStep::accept,
                               EnvStep::close, EnvStep::provider_closes}) {
      if (!enabled(connection, step)) continue;
      const Event event = take(connection, step).event;
      if (event != Event::none) told.push_back(event);
      moved = true;
    }
    if (!moved || steps > 100) return told;
  }
}

}  // namespace qpcheck::model::test
