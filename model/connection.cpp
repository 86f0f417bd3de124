#include "model/connection.hpp"

#include <cassert>

namespace qpcheck::model {
namespace {

// Where in a table the rows of one (state, input) stand; built from the rows.
template <class Row, std::size_t N, std::size_t States>
struct Index {
  static constexpr std::uint8_t absent = 255;
  static_assert(N < absent);
  using Places = std::array<std::array<std::uint8_t, input_names.size()>, States>;
  Places always{}, guarded{};

  constexpr explicit Index(const std::array<Row, N>& table) {
    for (auto& row : always) row.fill(absent);
    for (auto& row : guarded) row.fill(absent);
    for (std::size_t i = 0; i < N; ++i) {
      auto& first = (table[i].guard == Guard::always
                         ? always
                         : guarded)[static_cast<std::size_t>(table[i].from)][static_cast<std::size_t>(table[i].event)];
      if (first == absent) first = static_cast<std::uint8_t>(i);
    }
  }
};
constexpr Index<IbRow, ib_table.size(), ib_names.size()> ib_index(ib_table);
constexpr Index<IwRow, iw_table.size(), iw_names.size()> iw_index(iw_table);

bool holds(Guard guard, const Connection& connection, Side side, Input input, std::uint8_t reason) {
  switch (guard) {
    case Guard::always: return true;
    case Guard::listening: return connection.target_listens;
    case Guard::backlog_full: return connection.target_listens && connection.backlog_full;
    case Guard::nobody_listens: return !connection.target_listens && !connection.target_off;
    case Guard::peer_off: return connection.target_off;
    case Guard::no_neighbour: return false;  // a host without power stands for it in the simulator
    case Guard::answers_no_request: return (reason & answers_no_request) != 0;
    case Guard::stale:
      return input == Input::rej ? reason == reason_stale : connection.stale[static_cast<std::size_t>(side)];
    case Guard::datagram_not_posted: return connection.cannot_post;
    case Guard::active_roce: return side == Side::host && connection.transport == Transport::ib;
  }
  return false;
}

// A guarded row that holds goes before the row for "always".
template <class Row, std::size_t N, std::size_t States, class State>
const Row* row_for(const std::array<Row, N>& table, const Index<Row, N, States>& index, State from,
                   const Connection& connection, Side side, Input input, std::uint8_t reason) {
  const auto state = static_cast<std::size_t>(from), event = static_cast<std::size_t>(input);
  for (std::size_t i = index.guarded[state][event]; i < N; ++i) {
    const Row& row = table[i];
    if (row.from == from && row.event == input && row.guard != Guard::always &&
        holds(row.guard, connection, side, input, reason))
      return &row;
  }
  const std::uint8_t plain = index.always[state][event];
  return plain == index.absent ? nullptr : &table[plain];
}

const IbRow* ib_row(const Connection& connection, Side side, Input input, std::uint8_t reason) {
  return row_for(ib_table, ib_index, connection.end(side).ib, connection, side, input, reason);
}

const IwRow* iw_row(const Connection& connection, Side side, Input input) {
  return row_for(iw_table, iw_index, connection.end(side).iw, connection, side, input, 0);
}

// The reason of a REJ, with what else it says by the state that it is sent from.
std::uint8_t marked(const IbRow& row) {
  const bool rep_is_sent = row.from == Ib::rep_sent || row.from == Ib::mra_rep_rcvd;
  return row.send == Datagram::rej && rep_is_sent ? row.reason | answers_no_request : row.reason;
}

void send(Connection& connection, Side from, Datagram datagram, std::uint8_t reason) {
  const bool never_arrives = from == Side::host ? connection.target_off : connection.nothing_returns;
  if (datagram == Datagram::none || never_arrives) return;
  connection.to_side(other(from)).push(datagram, reason);
}

Raised filter(End& end, Lower lower, std::uint8_t reason) {
  for (const FilterRow& row : cma_filter) {
    if (row.event != lower || row.from != end.cma) continue;
    end.cma = row.to;
    const int status = row.status == Status::zero     ? 0
                       : row.status == Status::reason ? reason & ~answers_no_request
                                                      : -ETIMEDOUT;
    return {row.raise, status};
  }
  return {};
}

CallResult apply_ib(Connection& connection, Side side, Input input, std::uint8_t reason) {
  const IbRow* const row = ib_row(connection, side, input, reason);
  if (row == nullptr) return {is_call(input) ? EINVAL : 0, {}};
  End& end = connection.end(side);
  end.ib = row->to;
  if (input == Input::req && row->to == Ib::req_rcvd) end.cma = Cma::connect;
  send(connection, side, row->send, marked(*row));
  // Of a DREP that is not sent, or a REQ that is not taken, the peer knows no more than of one that was lost.
  const bool unanswered =
      row->guard == Guard::backlog_full || (row->guard == Guard::datagram_not_posted && row->from == Ib::dreq_rcvd);
  if (unanswered) connection.lost[static_cast<std::size_t>(side)] = true;
  const Raised raised = filter(end, row->raise, reason);
  if (const IbRow* callback = ib_row(connection, side, Input::callback_done, 0)) end.ib = callback->to;
  return {row->error, raised};
}

CallResult apply_iw(Connection& connection, Side side, Input input) {
  const IwRow* const row = iw_row(connection, side, input);
  if (row == nullptr) return {is_call(input) ? EINVAL : 0, {}};
  if (row->blocks == Blocks::yes) return {0, {}, true};
  End& end = connection.end(side);
  end.iw = row->to;
  if (row->raise == Event::connect_request) end.cma = Cma::connect;
  send(connection, side, row->send, 0);
  return {row->error, end.cma == Cma::connect ? Raised{row->raise, row->status} : Raised{}};
}

// A loss matters as long as somebody waits for what was lost.
void forget_losses(Connection& connection) {
  for (const Side side : {Side::host, Side::target})
    if (!repeats(connection, other(side))) connection.lost[static_cast<std::size_t>(side)] = false;
}

// How the target's application takes an event; before it accepted, only the request reaches it.
void tell_target(Connection& connection, Event event) {
  const bool accepted = connection.app != TargetApp::to_accept;
  if (event == Event::connect_request) connection.app = TargetApp::to_accept;
  const bool over = event == Event::disconnected || event == Event::rejected || event == Event::unreachable;
  if (over && accepted) connection.app = TargetApp::to_close;
}

bool reject_arrives(const Connection& connection) {
  const Wire& wire = connection.to_side(Side::host);
  return connection.host().iw == Iw::conn_sent && wire.count > 0 && wire.datagrams[0] == Datagram::mpa_reject;
}

// When the target's provider says what it owes does not show at the host: at once.
void settle_target_provider(Connection& connection) {
  if (connection.transport != Transport::iw) return;
  if (connection.target().iw == Iw::accepted) apply(connection, Side::target, Input::provider_established);
  if (connection.target().iw == Iw::closing || connection.target().iw == Iw::aborted)
    tell_target(connection, apply(connection, Side::target, Input::provider_close).raised.event);
}

void forget_target(Connection& connection) {
  apply(connection, Side::target, Input::destroy);
  connection.app = TargetApp::closed;
}

void accept(Connection& connection) {
  connection.app = TargetApp::idle;
  if (apply(connection, Side::target, Input::accept_rep).error != 0) return forget_target(connection);
  settle_target_provider(connection);
}

void close(Connection& connection) {
  apply(connection, Side::target, Input::disconnect);
  forget_target(connection);
}

// A repeated REQ whose id is gone makes a new one, or finds nobody who listens.
void find_listener_afresh(Connection& connection) {
  if (connection.target().ib != Ib::gone) return;
  connection.target() = {};
  connection.app = TargetApp::idle;
}

Raised deliver(Connection& connection, Side side) {
  Wire& wire = connection.to_side(side);
  const Datagram datagram = wire.datagrams[0];
  const std::uint8_t reason = wire.reasons[0];
  wire.pop();
  if (side == Side::target && datagram == Datagram::req) find_listener_afresh(connection);
  const Raised raised = apply(connection, side, received(datagram), reason).raised;
  if (side == Side::host) return raised;
  tell_target(connection, raised.event);
  settle_target_provider(connection);
  return {};
}

// What a kernel repeats: its REQ, REP or DREQ.
void repeat(Connection& connection, Side from) {
  const Ib ib = connection.end(from).ib;
  const bool connecting = ib == Ib::req_sent || ib == Ib::mra_req_rcvd;
  send(connection, from, connecting ? Datagram::req : ib == Ib::dreq_sent ? Datagram::dreq : Datagram::rep, 0);
  connection.lost[static_cast<std::size_t>(other(from))] = false;
}

bool target_acts(const Connection& connection) { return !connection.target_hung && !connection.target_off; }

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
  End& end = connection.end(side);
  const bool removed = end.cma == Cma::device_removal && is_call(input);
  if (removed && input != Input::destroy) return {ENXIO, {}};
  const CallResult result = removed ? CallResult{}
                            : connection.transport == Transport::iw ? apply_iw(connection, side, input)
                                                                    : apply_ib(connection, side, input, reason);
  if (input == Input::destroy && !result.blocks) end.cma = Cma::destroying;
  forget_losses(connection);
  return result;
}

CallResult apply(Connection& connection, CmaInput input) {
  End& end = connection.host();
  const CmaRow* const row = find_row(
      cma_table, end.cma, input, [&](Guard guard) { return holds(guard, connection, Side::host, Input::connect, 0); });
  if (row == nullptr) return {end.cma == Cma::device_removal ? ENXIO : EINVAL, {}};
  if (input != CmaInput::connect) {
    end.cma = row->to;
    return {0, {row->raise, row->status}};
  }
  const CallResult result = apply(connection, Side::host, Input::connect);
  if (result.error == 0) end.cma = row->to;  // a failed attempt goes back to ROUTE_RESOLVED
  return result;
}

std::string_view row_of(const Connection& connection, Side side, Input input, std::uint8_t reason) {
  if (connection.transport == Transport::iw) {
    const IwRow* const row = iw_row(connection, side, input);
    return row == nullptr ? std::string_view() : row->why;
  }
  const IbRow* const row = ib_row(connection, side, input, reason);
  return row == nullptr ? std::string_view() : row->why;
}

bool up(const Connection& connection, Side side) {
  const End& end = connection.end(side);
  return connection.transport == Transport::iw ? end.iw == Iw::established : end.ib == Ib::established;
}

bool disconnecting(const Connection& connection, Side side) {
  const End& end = connection.end(side);
  return connection.transport == Transport::iw ? end.iw == Iw::closing || end.iw == Iw::aborted
                                               : end.ib == Ib::dreq_sent;
}

bool repeats(const Connection& connection, Side side) {
  if (connection.transport == Transport::iw) return false;  // TCP does
  const Ib ib = connection.end(side).ib;
  return ib == Ib::req_sent || ib == Ib::mra_req_rcvd || ib == Ib::rep_sent || ib == Ib::mra_rep_rcvd ||
         ib == Ib::dreq_sent;
}

bool unknown(const Connection& connection, Side side) {
  const End& end = connection.end(side);
  return connection.transport == Transport::iw ? end.iw == Iw::gone || end.iw == Iw::idle
                                               : end.ib == Ib::gone || end.ib == Ib::idle;
}

std::string_view state_name(const Connection& connection, Side side) {
  const End& end = connection.end(side);
  return connection.transport == Transport::iw ? name(end.iw) : name(end.ib);
}

Raised remove_device(Connection& connection, Side side) {
  End& end = connection.end(side);
  const CmaRow* const row = find_row(cma_table, end.cma, CmaInput::device_removed, [](Guard) { return true; });
  if (row == nullptr) return {};
  if (connection.transport == Transport::iw && end.iw == Iw::conn_sent) {  // a destroy would wait for the reply
    send(connection, side, Datagram::fin, 0);
    end.iw = Iw::gone;
  } else {
    apply(connection, side, Input::destroy);
  }
  end.cma = row->to;
  forget_losses(connection);
  return {row->raise, row->status};
}

bool enabled(const Connection& connection, EnvStep step) {
  const End& host = connection.host();
  const bool iw = connection.transport == Transport::iw;
  switch (step) {
    case EnvStep::resolve: return host.cma == Cma::addr_query || host.cma == Cma::route_query;
    case EnvStep::deliver_to_host: return connection.to_side(Side::host).count > 0;
    case EnvStep::deliver_to_target: return connection.to_side(Side::target).count > 0;
    case EnvStep::accept: return connection.app == TargetApp::to_accept && target_acts(connection);
    case EnvStep::close: return connection.app == TargetApp::to_close && target_acts(connection);
    case EnvStep::target_disconnects:
      return up(connection, Side::target) && connection.app == TargetApp::idle && target_acts(connection);
    case EnvStep::timewait_over: return !iw && host.ib == Ib::timewait;
    case EnvStep::retries_exhausted:
      return iw ? host.iw == Iw::conn_sent
                : host.ib == Ib::req_sent || host.ib == Ib::mra_req_rcvd || host.ib == Ib::dreq_sent;
    case EnvStep::repeat_to_target: return connection.lost[1] && !connection.target_off;
    case EnvStep::repeat_to_host: return connection.lost[0] && !connection.nothing_returns;
    case EnvStep::provider_closes: return iw && (host.iw == Iw::closing || host.iw == Iw::aborted);
    case EnvStep::provider_aborts: return iw && host.iw == Iw::aborted;
    case EnvStep::provider_refuses: return iw && reject_arrives(connection);
  }
  return false;
}

Raised take(Connection& connection, EnvStep step) {
  assert(enabled(connection, step));
  const auto at_host = [&](Input input) { return apply(connection, Side::host, input).raised; };
  switch (step) {
    case EnvStep::resolve: {
      const bool address = connection.host().cma == Cma::addr_query;
      if (!address) return apply(connection, CmaInput::route_found).raised;
      // Nobody answers for the address of a host that is off.
      return apply(connection, connection.target_off ? CmaInput::addr_failed : CmaInput::addr_found).raised;
    }
    case EnvStep::deliver_to_host: return deliver(connection, Side::host);
    case EnvStep::deliver_to_target: return deliver(connection, Side::target);
    case EnvStep::accept: accept(connection); return {};
    case EnvStep::close: close(connection); return {};
    case EnvStep::target_disconnects:
      apply(connection, Side::target, Input::disconnect);
      settle_target_provider(connection);
      return {};
    case EnvStep::timewait_over: return at_host(Input::timewait_over);
    case EnvStep::retries_exhausted: return at_host(Input::retries_exhausted);
    case EnvStep::repeat_to_target: repeat(connection, Side::host); return {};
    case EnvStep::repeat_to_host: repeat(connection, Side::target); return {};
    case EnvStep::provider_closes: return at_host(Input::provider_close);
    case EnvStep::provider_aborts: return at_host(Input::provider_abort);
    case EnvStep::provider_refuses:
      connection.to_side(Side::host).pop();
      return at_host(Input::provider_refused);
  }
  return {};
}

void kill_target(Connection& connection) {
  connection.target_listens = connection.target_hung = false;
  if (connection.target() == End{} && connection.app == TargetApp::idle)
    return;  // its REQ, if any, will find no listener
  forget_target(connection);
}

void destroy_listener(Connection& connection) {
  connection.target_listens = connection.backlog_full = false;
  const End& target = connection.target();
  const bool requested = target.ib == Ib::req_rcvd || target.ib == Ib::mra_req_sent || target.iw == Iw::conn_recv ||
                         target.iw == Iw::peer_left;
  if (requested) forget_target(connection);
}

bool forgotten(const Connection& connection) {
  const End& host = connection.host();
  const bool host_gone = connection.transport == Transport::iw ? host.iw == Iw::gone : host.ib == Ib::gone;
  return host_gone && host.cma != Cma::device_removal && unknown(connection, Side::target) &&
         connection.to[0].count == 0 && connection.to[1].count == 0;
}

}  // namespace qpcheck::model
