#include "model/connection.hpp"

#include <cassert>

namespace qpcheck::model {
namespace {

// Where in ib_table the rows of one (state, input) stand; built from the rows.
struct IbIndex {
  static constexpr std::uint8_t absent = 255;
  std::array<std::array<std::uint8_t, input_names.size()>, ib_names.size()> always{};
  std::array<std::array<std::uint8_t, input_names.size()>, ib_names.size()> guarded{};

  constexpr IbIndex() {
    for (auto& row : always) row.fill(absent);
    for (auto& row : guarded) row.fill(absent);
    for (std::size_t i = 0; i < ib_table.size(); ++i) {
      const IbRow& row = ib_table[i];
      auto& index = row.guard == Guard::always ? always : guarded;
      auto& first = index[static_cast<std::size_t>(row.from)][static_cast<std::size_t>(row.event)];
      if (first == absent) first = static_cast<std::uint8_t>(i);
    }
  }
};
static_assert(ib_table.size() < IbIndex::absent);
constexpr IbIndex ib_index;

bool holds(Guard guard, const Connection& connection, std::uint8_t reason) {
  switch (guard) {
    case Guard::always: return true;
    case Guard::listening: return connection.target_listens;
    case Guard::nobody_listens: return !connection.target_listens;
    case Guard::stale: return reason == reason_stale;
    case Guard::datagram_not_posted: return false;  // no fault of this kind can be spent yet
  }
  return false;
}

// A guarded row that holds goes before the row for "always".
const IbRow* row_for(const Connection& connection, Ib from, Input input, std::uint8_t reason) {
  const auto state = static_cast<std::size_t>(from), event = static_cast<std::size_t>(input);
  for (std::size_t i = ib_index.guarded[state][event]; i < ib_table.size(); ++i) {
    const IbRow& row = ib_table[i];
    if (row.from == from && row.event == input && row.guard != Guard::always && holds(row.guard, connection, reason))
      return &row;
  }
  const std::uint8_t plain = ib_index.always[state][event];
  return plain == IbIndex::absent ? nullptr : &ib_table[plain];
}

constexpr bool is_call(Input input) { return input <= Input::destroy; }

Raised filter(End& end, Lower lower, std::uint8_t reason) {
  for (const FilterRow& row : cma_filter) {
    if (row.event != lower || row.from != end.cma) continue;
    end.cma = row.to;
    const int status = row.status == Status::zero ? 0 : row.status == Status::reason ? reason : -ETIMEDOUT;
    return {row.raise, status};
  }
  return {};
}

// How the target's application takes an event; before it accepted, only the request reaches it.
void tell_target(Connection& connection, Event event) {
  const bool accepted = connection.app != TargetApp::to_accept;
  if (event == Event::connect_request) connection.app = TargetApp::to_accept;
  const bool over = event == Event::disconnected || event == Event::rejected || event == Event::unreachable;
  if (over && accepted) connection.app = TargetApp::to_close;
}

void forget_target(Connection& connection) {
  apply(connection, Side::target, Input::destroy);
  connection.app = TargetApp::closed;
}

void accept(Connection& connection) {
  connection.app = TargetApp::idle;
  if (apply(connection, Side::target, Input::accept_rep).error != 0) forget_target(connection);
}

void close(Connection& connection) {
  apply(connection, Side::target, Input::disconnect);
  forget_target(connection);
}

Raised deliver(Connection& connection, Side side) {
  Wire& wire = connection.to_side(side);
  const Datagram datagram = wire.datagrams[0];
  const std::uint8_t reason = wire.reasons[0];
  wire.pop();
  const Raised raised = apply(connection, side, received(datagram), reason).raised;
  if (side == Side::target) {
    tell_target(connection, raised.event);
    return {};
  }
  return raised;
}

}  // namespace

void Wire::push(Datagram datagram, std::uint8_t reason) {
  assert(count < capacity);
  datagrams[count] = datagram;
  reasons[count++] = reason;
}

void Wire::pop() {
  assert(count > 0);
  for (std::size_t i = 1; i < count; ++i) {
    datagrams[i - 1] = datagrams[i];
    reasons[i - 1] = reasons[i];
  }
  --count;
  datagrams[count] = Datagram::none;
  reasons[count] = 0;
}

CallResult apply(Connection& connection, Side side, Input input, std::uint8_t reason) {
  End& end = connection.ends[static_cast<std::size_t>(side)];
  const IbRow* row = row_for(connection, end.ib, input, reason);
  if (row == nullptr) return {is_call(input) ? EINVAL : 0, {}};
  end.ib = row->to;
  if (input == Input::req && row->to == Ib::req_rcvd) end.cma = Cma::connect;
  if (input == Input::destroy) end.cma = Cma::destroying;
  if (row->send != Datagram::none) connection.to_side(other(side)).push(row->send, row->reason);
  const Raised raised = filter(end, row->raise, reason);
  if (const IbRow* callback = row_for(connection, end.ib, Input::callback_done, 0)) end.ib = callback->to;
  return {row->error, raised};
}

CallResult apply(Connection& connection, CmaInput input) {
  End& end = connection.host();
  const CmaRow* row = find_row(cma_table, end.cma, input, [](Guard) { return true; });
  if (row == nullptr) return {EINVAL, {}};
  end.cma = row->to;
  if (input == CmaInput::connect) return apply(connection, Side::host, Input::connect);
  return {0, {row->raise, 0}};
}

bool enabled(const Connection& connection, EnvStep step) {
  const Ib host = connection.host().ib;
  switch (step) {
    case EnvStep::resolve: {
      const Cma cma = connection.host().cma;
      return cma == Cma::addr_query || cma == Cma::route_query;
    }
    case EnvStep::deliver_to_host: return connection.to_side(Side::host).count > 0;
    case EnvStep::deliver_to_target: return connection.to_side(Side::target).count > 0;
    case EnvStep::accept: return connection.app == TargetApp::to_accept;
    case EnvStep::close: return connection.app == TargetApp::to_close;
    case EnvStep::target_disconnects:
      return connection.target().ib == Ib::established && connection.app == TargetApp::idle;
    case EnvStep::timewait_over: return host == Ib::timewait;
    case EnvStep::retries_exhausted:
      return host == Ib::req_sent || host == Ib::mra_req_rcvd || host == Ib::dreq_sent;
  }
  return false;
}

Raised take(Connection& connection, EnvStep step) {
  assert(enabled(connection, step));
  switch (step) {
    case EnvStep::resolve: {
      const bool address = connection.host().cma == Cma::addr_query;
      return apply(connection, address ? CmaInput::addr_found : CmaInput::route_found).raised;
    }
    case EnvStep::deliver_to_host: return deliver(connection, Side::host);
    case EnvStep::deliver_to_target: return deliver(connection, Side::target);
    case EnvStep::accept: accept(connection); return {};
    case EnvStep::close: close(connection); return {};
    case EnvStep::target_disconnects: apply(connection, Side::target, Input::disconnect); return {};
    case EnvStep::timewait_over: return apply(connection, Side::host, Input::timewait_over).raised;
    case EnvStep::retries_exhausted: return apply(connection, Side::host, Input::retries_exhausted).raised;
  }
  return {};
}

void kill_target(Connection& connection) {
  connection.target_listens = false;
  if (connection.target().ib == Ib::idle) return;  // its REQ, if any, will find no listener
  forget_target(connection);
}

bool forgotten(const Connection& connection) {
  const Ib target = connection.target().ib;
  return connection.host().ib == Ib::gone && (target == Ib::gone || target == Ib::idle) &&
         connection.to[0].count == 0 && connection.to[1].count == 0;
}

}  // namespace qpcheck::model
