#include "model/fault.hpp"

#include <cassert>
#include <utility>

namespace qpcheck::model {
namespace {

bool requested(const Connection& connection) { return connection.host().cma >= Cma::connect; }

bool resolving(const Connection& connection) {
  return connection.host().cma == Cma::addr_query || connection.host().cma == Cma::route_query;
}

bool neighbour_known(const Connection& connection) {
  for (const Cma routed : cma_routed)
    if (connection.host().cma == routed) return connection.transport == Transport::ib;
  return false;
}

bool request_arrives(const Connection& connection) {
  const Wire& wire = connection.to_side(Side::target);
  return wire.count > 0 && wire.datagrams[0] == Datagram::req && connection.target() == End{};
}

// Nothing that was under way to the target, or that the target knew, is left.
void end_target_host(Connection& connection) {
  const bool known = !(connection.target() == End{}) || connection.to_side(Side::target).count > 0;
  connection.to_side(Side::target) = {};
  connection.target() = {};
  if (known) {
    connection.target().ib = Ib::gone;
    connection.target().iw = Iw::gone;
  }
  connection.app = known ? TargetApp::closed : TargetApp::idle;
  connection.target_hung = false;
  connection.lost = {false, repeats(connection, Side::host)};
}

void reboot(Connection& connection) {
  end_target_host(connection);
  connection.target_listens = true;
  connection.target_off = false;
  // TCP repeats what it had not acknowledged, and the new kernel knows no such stream.
  const bool streams = connection.host().iw == Iw::conn_sent || connection.host().iw == Iw::closing;
  Wire& wire = connection.to_side(Side::host);
  const bool reset_already = wire.count > 0 && wire.datagrams[wire.count - 1] == Datagram::rst;
  if (connection.transport == Transport::iw && streams && !reset_already) wire.push(Datagram::rst, 0);
}

void power_off(Connection& connection) {
  end_target_host(connection);
  connection.target_listens = false;
  connection.target_off = true;
  connection.lost = {};
}

Raised drop(Connection& connection, Side towards) {
  if (towards == Side::host && connection.to_side(towards).count == 0)
    return apply(connection, connection.host().cma == Cma::addr_query ? CmaInput::addr_failed : CmaInput::route_failed)
        .raised;
  connection.to_side(towards).pop();
  // Whoever repeats may have to: what was lost is its own datagram, or the answer to it.
  connection.lost = {repeats(connection, Side::target), repeats(connection, Side::host) && !connection.target_off};
  return {};
}

void reorder(Connection& connection, Side towards) {
  Wire& wire = connection.to_side(towards);
  std::swap(wire.datagrams[0], wire.datagrams[1]);
  std::swap(wire.reasons[0], wire.reasons[1]);
}

void refuse(Connection& connection) {
  apply(connection, Side::target, Input::reject);
  apply(connection, Side::target, Input::destroy);
  connection.app = TargetApp::closed;
}

}  // namespace

bool may_hit(const Connection& connection, Fault fault, Side towards) {
  const bool ib = connection.transport == Transport::ib;
  const Wire& wire = connection.to_side(towards);
  switch (fault) {
    case Fault::kill: return connection.target_listens;
    case Fault::hang: return connection.target_listens && !connection.target_hung;
    case Fault::power: return !connection.target_off;
    case Fault::reboot: return true;
    case Fault::drop: return ib && (wire.count > 0 || (towards == Side::host && resolving(connection)));
    case Fault::reorder: return ib && wire.count > 1 && wire.datagrams[0] != wire.datagrams[1];
    case Fault::neighbour: return neighbour_known(connection);
    case Fault::refuse: return enabled(connection, EnvStep::accept);
    case Fault::stale: return ib && request_arrives(connection) && connection.target_listens && !connection.stale[1];
    case Fault::remove: return connection.host().cma != Cma::idle && connection.host().cma != Cma::destroying &&
                               connection.host().cma != Cma::device_removal;
    case Fault::peer_disconnect: return enabled(connection, EnvStep::target_disconnects);
    default: return requested(connection);  // not the connection's own: the simulator decides
  }
}

Raised hit(Connection& connection, Fault fault, Side towards) {
  assert(may_hit(connection, fault, towards));
  switch (fault) {
    case Fault::kill: kill_target(connection); return {};
    case Fault::hang: connection.target_hung = true; return {};
    case Fault::power: power_off(connection); return {};
    case Fault::reboot: reboot(connection); return {};
    case Fault::drop: return drop(connection, towards);
    case Fault::reorder: reorder(connection, towards); return {};
    case Fault::neighbour: return apply(connection, CmaInput::neighbour_changed).raised;
    case Fault::refuse: refuse(connection); return {};
    case Fault::stale: connection.stale[1] = true; return {};
    case Fault::remove: return remove_device(connection, Side::host);
    case Fault::peer_disconnect: return take(connection, EnvStep::target_disconnects);
    default: return {};
  }
}

// roce_gid_mgmt.c: the GIDs are deleted and made anew; a QP and a cm_id keep the old one.
bool may_lose_way_back(const Connection& connection) {
  return neighbour_known(connection) && requested(connection) && !unknown(connection, Side::host) &&
         !connection.nothing_returns;
}

Raised lose_way_back(Connection& connection) {
  connection.nothing_returns = true;
  connection.to_side(Side::host) = {};
  return hit(connection, Fault::neighbour);
}

bool may_change_address(const Connection& connection) {
  for (const Cma bound : cma_bound)
    if (connection.host().cma == bound) return true;
  return false;
}

bool may_mangle_reply(const Connection& connection) {
  const Wire& wire = connection.to_side(Side::host);
  return connection.transport == Transport::iw && connection.host().iw == Iw::conn_sent && wire.count > 0 &&
         wire.datagrams[0] == Datagram::mpa_reply;
}

Raised mangle_reply(Connection& connection) {
  assert(may_mangle_reply(connection));
  connection.to_side(Side::host).pop();
  return apply(connection, Side::host, Input::provider_error).raised;
}

Raised change_address(Connection& connection) { return apply(connection, CmaInput::bond_changed).raised; }

}  // namespace qpcheck::model
