// The cma layer: the filter that every lower event passes, and the resolution phase.
#include <catch2/catch.hpp>

#include <vector>

#include "model/cma.hpp"
#include "model/connection.hpp"

using namespace qpcheck::model;

namespace {

std::vector<FilterRow> rows_raising(Event event) {
  std::vector<FilterRow> rows;
  for (const FilterRow& row : cma_filter)
    if (row.raise == event) rows.push_back(row);
  return rows;
}

// A fresh id after these steps of its connecting phase.
Connection after(std::initializer_list<CmaInput> steps) {
  Connection connection;
  connection.target_listens = true;
  for (const CmaInput step : steps) REQUIRE(apply(connection, step).error == 0);
  return connection;
}

}  // namespace

TEST_CASE("three lower events become DISCONNECTED, and each leaves CONNECT") {
  const auto rows = rows_raising(Event::disconnected);
  REQUIRE(rows.size() == 3);
  for (const FilterRow& row : rows) {
    CHECK(row.from == Cma::connect);
    CHECK(row.to == Cma::disconnect);
    CHECK(row.status == (row.event == Lower::dreq_error ? Status::timed_out : Status::zero));
  }
}

TEST_CASE("no row of cma leads back to CONNECT, so no id gets a second DISCONNECTED") {
  for (const FilterRow& row : cma_filter)
    if (row.from != Cma::connect) CHECK(row.to != Cma::connect);
  for (const CmaRow& row : cma_table)
    if (row.to == Cma::connect)
      CHECK((row.from == Cma::connect || row.event == CmaInput::connect || row.event == CmaInput::incoming_request));
}

TEST_CASE(
    "only DISCONNECTED moves an id's cma state, and only TIMEWAIT_EXIT passes in DISCONNECT") {
  for (const FilterRow& row : cma_filter) {
    CHECK((row.from != row.to) == (row.raise == Event::disconnected));
    CHECK((row.from == Cma::disconnect) == (row.raise == Event::timewait_exit));
  }
}

TEST_CASE("a REJ is told as REJECTED with its reason, also when the connection is up") {
  const auto rows = rows_raising(Event::rejected);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].from == Cma::connect);
  CHECK(rows[0].to == Cma::connect);
  CHECK(rows[0].status == Status::reason);
}

TEST_CASE("retransmissions of a REQ or REP that end are UNREACHABLE with a timeout") {
  const auto rows = rows_raising(Event::unreachable);
  REQUIRE(rows.size() == 2);
  for (const FilterRow& row : rows) CHECK(row.status == Status::timed_out);
}

TEST_CASE("an MRA and DEVICE_REMOVAL have no row in the filter") {
  CHECK(rows_raising(Event::device_removal).empty());
  for (const FilterRow& row : cma_filter) CHECK(row.event != Lower::none);
}

TEST_CASE("the phases of resolution follow each other, each with its event") {
  Connection connection = after({CmaInput::resolve_addr});
  CHECK(take(connection, EnvStep::resolve).event == Event::addr_resolved);
  CHECK(apply(connection, CmaInput::resolve_route).error == 0);
  CHECK(take(connection, EnvStep::resolve).event == Event::route_resolved);
  CHECK_FALSE(enabled(connection, EnvStep::resolve));
  CHECK(apply(connection, CmaInput::connect).error == 0);
  CHECK(connection.to_side(Side::target).datagrams[0] == Datagram::req);
}

TEST_CASE("a phase of resolution out of turn fails with EINVAL and changes nothing") {
  const auto fails = [](Connection connection, CmaInput input) {
    const Connection before = connection;
    return apply(connection, input).error == EINVAL && connection == before;
  };
  CHECK(fails(after({}), CmaInput::resolve_route));
  CHECK(fails(after({}), CmaInput::connect));
  CHECK(fails(after({CmaInput::resolve_addr}), CmaInput::resolve_addr));
  CHECK(fails(after({CmaInput::resolve_addr}), CmaInput::resolve_route));
  CHECK(fails(after({CmaInput::resolve_addr, CmaInput::addr_found}), CmaInput::connect));
}

TEST_CASE("an id that never connected has no connection object: rdma_disconnect fails") {
  Connection connection = after({CmaInput::resolve_addr, CmaInput::addr_found,
                                 CmaInput::resolve_route, CmaInput::route_found});
  CHECK(apply(connection, Side::host, Input::disconnect).error == EINVAL);
  CHECK(connection.host().ib == Ib::idle);
}

TEST_CASE("a listener is told CONNECT_REQUEST of new ids, and news of its device and bond, and nothing else") {
  for (const CmaRow& row : cma_table) {
    if (row.from != Cma::listen) continue;
    CHECK((row.raise == Event::none || row.raise == Event::device_removal || row.raise == Event::addr_change));
  }
  for (const FilterRow& row : cma_filter) CHECK(row.from != Cma::listen);  // of the request: the new id is in CONNECT
}
