// Connections at well-known moments, for stories and faults.
#pragma once

#include <catch2/catch.hpp>

#include "model/connection.hpp"

namespace qpcheck::model::test {

// rdma_connect was called, and the request is under way.
inline Connection connecting(Transport transport = Transport::ib, bool listens = true) {
  Connection connection;
  connection.transport = transport;
  connection.target_listens = listens;
  apply(connection, CmaInput::resolve_addr);
  take(connection, EnvStep::resolve);
  apply(connection, CmaInput::resolve_route);
  take(connection, EnvStep::resolve);
  REQUIRE(apply(connection, CmaInput::connect).error == 0);
  return connection;
}

// The target has the request and is to accept it.
inline Connection requested(Transport transport = Transport::ib) {
  Connection connection = connecting(transport);
  take(connection, EnvStep::deliver_to_target);
  return connection;
}

// IB and RoCE: the REP is in and the response is not fetched.
inline Connection responded() {
  Connection connection = requested();
  take(connection, EnvStep::accept);
  REQUIRE(take(connection, EnvStep::deliver_to_host).event == Event::connect_response);
  return connection;
}

inline Connection rtu_under_way() {
  Connection connection = responded();
  REQUIRE(apply(connection, Side::host, Input::accept_rtu).error == 0);
  return connection;
}

inline Connection established(Transport transport = Transport::ib) {
  if (transport == Transport::ib) {
    Connection connection = rtu_under_way();
    take(connection, EnvStep::deliver_to_target);
    REQUIRE(up(connection, Side::target));
    return connection;
  }
  Connection connection = requested(transport);
  take(connection, EnvStep::accept);
  REQUIRE(take(connection, EnvStep::deliver_to_host).event == Event::established);
  return connection;
}

}  // namespace qpcheck::model::test
