// Every state that one connection can reach: a small exhaustive closure.
//
// Purpose: sentences of the contract ("at most one DISCONNECTED per id") are
// tested over all states and steps, not over chosen stories. The host calls
// whatever it likes whenever it likes; the environment takes every step it may.
// The library's part is small: it fetches a CONNECT_RESPONSE once.
#pragma once

#include <array>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"

namespace qpcheck::model::test {

struct Moment {
  Connection connection;
  std::array<std::uint8_t, event_count>
      told{};                   // how often the host was told each event; 2: more than once
  bool response_waits = false;  // CONNECT_RESPONSE is queued and not fetched
  bool destroyed = false;       // rdma_destroy_id was called
  bool gave_up = false;         // a retransmission was given up

  bool was_told(Event event) const { return told[static_cast<std::size_t>(event)] > 0; }
};

inline std::string key_of(const Moment& moment) {
  std::string key;
  const auto put = [&key](const auto value) { key.push_back(static_cast<char>(value)); };
  for (const End& end : moment.connection.ends) put(end.ib), put(end.cma);
  for (const Wire& wire : moment.connection.to) {
    put(wire.count);
    for (std::size_t i = 0; i < Wire::capacity; ++i) put(wire.datagrams[i]), put(wire.reasons[i]);
  }
  put(moment.connection.app), put(moment.connection.target_listens);
  for (const std::uint8_t times : moment.told) put(times);
  put(moment.response_waits), put(moment.destroyed), put(moment.gave_up);
  return key;
}

enum class Act : std::uint8_t {
  resolve_addr,
  resolve_route,
  connect,
  fetch_response,
  disconnect,
  notify,
  reject,
  destroy,
  kill,
  environment,
};
inline constexpr std::array<std::string_view, 10> act_names = {
    "resolve_addr", "resolve_route", "connect", "fetch CONNECT_RESPONSE",
    "disconnect",   "notify",        "reject",  "destroy",
    "kill",         "environment"};

struct Move {
  Act act{};
  EnvStep step{};  // of the environment
};

struct Edge {
  const Moment& from;
  const Moment& to;
  Move move;
  Raised raised;
  int error;  // of a call
};

inline std::string name_of(const Move& move) {
  std::string name(act_names[static_cast<std::size_t>(move.act)]);
  if (move.act == Act::environment) name += " step " + std::to_string(static_cast<int>(move.step));
  return name;
}

// Everything that may happen at a moment.
inline std::vector<Move> moves_at(const Moment& moment) {
  std::vector<Move> moves;
  if (!moment.destroyed)
    for (const Act act : {Act::resolve_addr, Act::resolve_route, Act::connect, Act::disconnect,
                          Act::notify, Act::reject, Act::destroy})
      moves.push_back({act, {}});
  if (moment.response_waits) moves.push_back({Act::fetch_response, {}});
  if (moment.connection.target_listens) moves.push_back({Act::kill, {}});
  for (std::size_t i = 0; i < env_step_count; ++i)
    if (enabled(moment.connection, static_cast<EnvStep>(i)))
      moves.push_back({Act::environment, static_cast<EnvStep>(i)});
  return moves;
}

inline CallResult call(Moment& moment, Act act) {
  Connection& connection = moment.connection;
  switch (act) {
    case Act::resolve_addr:
      return apply(connection, CmaInput::resolve_addr);
    case Act::resolve_route:
      return apply(connection, CmaInput::resolve_route);
    case Act::connect:
      return apply(connection, CmaInput::connect);
    case Act::disconnect:
      return apply(connection, Side::host, Input::disconnect);
    case Act::notify:
      return apply(connection, Side::host, Input::notify);
    case Act::reject:
      return apply(connection, Side::host, Input::reject);
    default:
      break;
  }
  moment.destroyed = true;
  moment.response_waits = false;  // purged
  return apply(connection, Side::host, Input::destroy);
}

inline CallResult fetch_response(Moment& moment) {
  moment.response_waits = false;
  CallResult result = apply(moment.connection, Side::host, Input::accept_rtu);
  result.raised.event = result.error == 0 ? Event::established : Event::connect_error;
  return result;
}

inline CallResult go(Moment& moment, const Move& move) {
  CallResult result;
  if (move.act == Act::environment)
    result.raised = take(moment.connection, move.step);
  else if (move.act == Act::kill)
    kill_target(moment.connection);
  else if (move.act == Act::fetch_response)
    result = fetch_response(moment);
  else
    result = call(moment, move.act);
  if (move.act == Act::environment && move.step == EnvStep::retries_exhausted)
    moment.gave_up = true;
  const Event event = result.raised.event;
  if (event == Event::connect_response) moment.response_waits = true;
  if (event != Event::none) {
    auto& times = moment.told[static_cast<std::size_t>(event)];
    if (times < 2) ++times;
  }
  return result;
}

// All moments, each edge shown once. Returns how many moments there are.
inline std::size_t walk(const std::function<void(const Edge&)>& see) {
  std::set<std::string> known;
  std::deque<Moment> waiting;
  const auto reach = [&](const Moment& moment) {
    if (known.insert(key_of(moment)).second) waiting.push_back(moment);
  };
  for (const bool listens : {false, true}) {
    Moment start;
    start.connection.target_listens = listens;
    reach(start);
  }
  for (; !waiting.empty(); waiting.pop_front()) {
    for (const Move& move : moves_at(waiting.front())) {
      Moment to = waiting.front();
      const CallResult result = go(to, move);
      see({waiting.front(), to, move, result.raised, result.error});
      reach(to);
    }
  }
  return known.size();
}

// Sentences that an edge may break, with the first edge that breaks each.
class Sentences {
 public:
  void require(const char* sentence, bool holds, const Edge& edge) {
    if (!holds && !broken_.contains(sentence))
      broken_[sentence] = name_of(edge.move) + " in " +
                          std::string(name(edge.from.connection.host().ib)) + "/" +
                          std::string(name(edge.from.connection.host().cma)) + ", target " +
                          std::string(name(edge.from.connection.target().ib)) + ", raises " +
                          std::string(name(edge.raised.event));
  }
  std::string broken() const {
    std::string text;
    for (const auto& [sentence, where] : broken_)
      text += std::string(sentence) + ": " + where + "\n";
    return text;
  }

 private:
  std::map<std::string, std::string> broken_;
};

// Obligations only, until none is left: what happens by itself. What the host is told on the way.
inline std::vector<Event> settle(Connection& connection) {
  std::vector<Event> told;
  for (int steps = 0;; ++steps) {
    bool moved = false;
    for (const EnvStep step : {EnvStep::resolve, EnvStep::deliver_to_host,
                               EnvStep::deliver_to_target, EnvStep::accept, EnvStep::close}) {
      if (!enabled(connection, step)) continue;
      const Event event = take(connection, step).event;
      if (event != Event::none) told.push_back(event);
      moved = true;
    }
    if (!moved || steps > 100) return told;
  }
}

}  // namespace qpcheck::model::test
