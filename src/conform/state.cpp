#include "conform/state.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace qpcheck::conform {
namespace {

using model::Input;
using model::Side;

static_assert(std::has_unique_object_representations_v<model::Connection>, "its bytes are its identity");
static_assert(std::has_unique_object_representations_v<Queued> || sizeof(Queued) == 4);

template <class Plain>
void append_bytes(std::string& key, const Plain& value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append(std::string& key, const Id& id) {
  for (const bool flag :
       {id.alive, id.known, id.requested, id.address_known, id.connect_error, id.has_qp, id.qp_error, id.qp_gone})
    key.push_back(flag ? '1' : '0');
  key.push_back(static_cast<char>(id.count));
  for (std::size_t i = 0; i < id.count; ++i) {
    append_bytes(key, id.queue[i].event);
    append_bytes(key, id.queue[i].status);
  }
}

bool in_timewait(const Pair& pair, Side side) {
  return pair.connection.transport == model::Transport::ib && pair.connection.end(side).ib == model::Ib::timewait;
}

// It waits for an answer, and gives up in the end: by repeating on IB and RoCE, by the provider's timer on iWARP.
bool awaits_answer(const Pair& pair, Side side) {
  if (pair.connection.transport == model::Transport::iw) return pair.connection.end(side).iw == model::Iw::conn_sent;
  return repeats(pair.connection, side);
}

void note(bool was, bool is, std::int64_t earliest, std::int64_t& since) {
  if (!is) since = 0;
  if (is && !was) since = earliest;
}

}  // namespace

bool has_room(const model::Connection& connection) {
  const auto full = [](const model::Wire& wire) { return wire.count == model::Wire::capacity; };
  return std::none_of(connection.to.begin(), connection.to.end(), full);
}

void Id::push(model::Raised raised) {
  assert(count < capacity);
  queue[count++] = {raised.event, static_cast<std::int16_t>(raised.status)};
}

void Id::pop() {
  assert(count > 0);
  std::copy(queue.begin() + 1, queue.begin() + count, queue.begin());
  queue[--count] = {};
}

std::string State::key() const {
  std::string key;
  for (const Pair& pair : pairs) {
    append_bytes(key, pair.connection);
    for (const Id& id : pair.ids) append(key, id);
    append_bytes(key, pair.timewait_since);
    append_bytes(key, pair.repeats_since);
  }
  append_bytes(key, removed);
  append_bytes(key, not_before);
  return key;
}

Pair* State::of_host() {
  for (Pair& pair : pairs)
    if (pair.id(Side::host).alive) return &pair;
  return nullptr;
}

void State::forget_dead() {
  std::erase_if(pairs, [](const Pair& pair) {
    const model::Wire& wire = pair.connection.to_side(Side::target);
    const auto request = [](model::Datagram datagram) {
      return datagram == model::Datagram::req || datagram == model::Datagram::mpa_request;
    };
    const bool may_begin = std::any_of(wire.datagrams.begin(), wire.datagrams.begin() + wire.count, request);
    return !pair.ids[0].alive && !pair.ids[1].alive && !may_begin;
  });
}

void State::forget_times(const Moment& moment) {
  if (not_before <= moment.earliest_at_all()) not_before = long_ago;
  for (Pair& pair : pairs) {
    for (const Side side : {Side::host, Side::target}) {
      std::int64_t &timewait = pair.timewait_since[static_cast<std::size_t>(side)],
                   &repeats = pair.repeats_since[static_cast<std::size_t>(side)];
      if (timewait != 0 && timewait + least_timewait_us <= moment.earliest_at_all()) timewait = long_ago;
      if (repeats != 0 && repeats + least_give_up_us <= moment.earliest_at_all()) repeats = long_ago;
    }
  }
}

void note_times(const Pair& before, Pair& after, const Moment& moment) {
  if (!moment.log->timed) return;
  for (const Side side : {Side::host, Side::target}) {
    const auto place = static_cast<std::size_t>(side);
    const bool other_state = before.connection.end(side) != after.connection.end(side);
    note(in_timewait(before, side), in_timewait(after, side), moment.earliest[place], after.timewait_since[place]);
    note(awaits_answer(before, side) && !other_state, awaits_answer(after, side), moment.earliest[place],
         after.repeats_since[place]);
  }
}

void raise(Pair& pair, Side side, model::Raised raised, const Moment& moment) {
  Id& id = pair.id(side);
  if (raised.event == model::Event::none) return;
  const bool request = raised.event == model::Event::connect_request;
  if (request) id = Id{.alive = true};
  if (side == Side::target && !moment.log->target_events) {
    id.requested = id.requested || request;
    return;
  }
  if (request || (id.alive && id.known)) id.push(raised);
}

bool step(Pair& pair, Side side, Input input, std::uint8_t reason, const Moment& moment, int* error) {
  if (!has_room(pair.connection)) return false;
  const Pair before = pair;
  const model::CallResult result = apply(pair.connection, side, input, reason);
  if (result.blocks) return false;
  if (error != nullptr) *error = result.error;
  raise(pair, side, result.raised, moment);
  note_times(before, pair, moment);
  return true;
}

bool destroy(Pair& pair, Side side, const Moment& moment) {
  if (!step(pair, side, Input::destroy, 0, moment)) return false;
  pair.id(side) = {};
  return true;
}

State initial_state(const Log& log, bool created) {
  State state;
  if (created || (!log.begins_established && !log.begins_resolving)) return state;
  Pair pair;
  model::Connection& connection = pair.connection;
  connection.transport = log.transport;
  pair.ids[0] = {
      .alive = true, .known = true, .address_known = log.begins_established, .has_qp = log.begins_established};
  connection.host().cma = model::Cma::addr_query;
  if (log.begins_established) {
    pair.ids[1] = {.alive = true, .known = true, .requested = true, .has_qp = true};
    for (model::End& end : connection.ends) {
      end.cma = model::Cma::connect;
      (log.transport == model::Transport::iw ? void(end.iw = model::Iw::established)
                                             : void(end.ib = model::Ib::established));
    }
  }
  state.pairs.push_back(pair);
  return state;
}

}  // namespace qpcheck::conform
