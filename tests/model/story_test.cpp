// Stories of one connection, step by step, as the CM's documentation tells them.
#include <catch2/catch.hpp>

#include "tests/model/connections.hpp"
#include "tests/model/walk.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

CallResult host_calls(Connection& connection, Input input) {
  return apply(connection, Side::host, input);
}

}  // namespace

TEST_CASE("connecting waits for the application: no RTU before the response is accepted") {
  Connection connection = responded();
  CHECK(settle(connection).empty());
  CHECK(connection.target().ib == Ib::rep_sent);
  CHECK(connection.host().ib == Ib::mra_rep_sent);
  host_calls(connection, Input::accept_rtu);
  CHECK(settle(connection).empty());
  CHECK(connection.target().ib == Ib::established);
}

TEST_CASE("a connect to a port where nobody listens is REJECTED with reason 8") {
  Connection connection = connecting(Transport::ib, false);
  take(connection, EnvStep::deliver_to_target);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::rejected);
  CHECK(raised.status == reason_invalid_service);
  CHECK(connection.host().ib == Ib::ended);
}

TEST_CASE(
    "a disconnect is answered by the target's application, and timewait follows on the host") {
  Connection connection = established();
  CHECK(host_calls(connection, Input::disconnect).error == 0);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.to_side(Side::host).count == 0);  // the target's kernel is silent
  REQUIRE(enabled(connection, EnvStep::close));
  take(connection, EnvStep::close);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::disconnected);
  CHECK(raised.status == 0);
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(take(connection, EnvStep::timewait_over).event == Event::timewait_exit);
  CHECK(connection.host().ib == Ib::ended);
}

TEST_CASE("a disconnect that nobody answers ends with a timeout") {
  Connection connection = established();
  host_calls(connection, Input::disconnect);
  const Raised raised = take(connection, EnvStep::retries_exhausted);
  CHECK(raised.event == Event::disconnected);
  CHECK(raised.status == -ETIMEDOUT);
  CHECK(connection.host().ib == Ib::timewait);
}

TEST_CASE("crossing disconnects: one DISCONNECTED each, then silence until another disconnect") {
  Connection connection = established();
  host_calls(connection, Input::disconnect);
  take(connection, EnvStep::target_disconnects);
  CHECK(take(connection, EnvStep::deliver_to_host).event == Event::disconnected);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.target().cma == Cma::disconnect);
  CHECK(connection.host().ib == Ib::dreq_rcvd);
  CHECK(connection.target().ib == Ib::dreq_rcvd);
  CHECK(connection.to_side(Side::host).count + connection.to_side(Side::target).count == 0);
  CHECK_FALSE(enabled(connection, EnvStep::timewait_over));
  CHECK(host_calls(connection, Input::disconnect).error == 0);
  CHECK(connection.to_side(Side::target).datagrams[0] == Datagram::drep);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(connection.target().ib == Ib::timewait);
}

TEST_CASE("a target that dies while the RTU is under way is told as REJECTED after ESTABLISHED") {
  Connection connection = rtu_under_way();
  kill_target(connection);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::rejected);
  CHECK(raised.status == reason_consumer);
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(connection.host().cma == Cma::connect);
  CHECK(take(connection, EnvStep::timewait_over).event ==
        Event::none);  // no TIMEWAIT_EXIT after REJECTED
}

TEST_CASE("a target that dies when the connection is up sends one DREQ") {
  Connection connection = established();
  kill_target(connection);
  CHECK(connection.to_side(Side::host).count == 1);
  CHECK(connection.to_side(Side::host).datagrams[0] == Datagram::dreq);
  CHECK(take(connection, EnvStep::deliver_to_host).event == Event::disconnected);
  CHECK(connection.host().ib == Ib::dreq_rcvd);
}

TEST_CASE("a target that dies before it saw the REQ sends nothing, and the REQ finds no listener") {
  Connection connection = connecting();
  kill_target(connection);
  CHECK(connection.to_side(Side::host).count == 0);
  CHECK(settle(connection) == std::vector{Event::rejected});
}

TEST_CASE("an unknown id's kernel answers a DREQ at once") {
  Connection connection = established();
  kill_target(connection);
  host_calls(connection, Input::disconnect);  // crosses the dying kernel's DREQ
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.to_side(Side::host).count == 2);
  CHECK(connection.to_side(Side::host).datagrams[1] == Datagram::drep);
  CHECK(settle(connection) == std::vector{Event::disconnected});
}

TEST_CASE("an id that is destroyed right after its disconnect sends no second DREQ") {
  Connection connection = established();
  host_calls(connection, Input::disconnect);
  host_calls(connection, Input::destroy);
  CHECK(connection.to_side(Side::target).count == 1);
  CHECK_FALSE(forgotten(connection));
  settle(connection);
  CHECK(forgotten(connection));
}

TEST_CASE("a connection is forgotten when both ends and both wires are empty, not before") {
  Connection connection = established();
  host_calls(connection, Input::destroy);
  CHECK_FALSE(forgotten(connection));  // the DREQ is under way
  take(connection, EnvStep::deliver_to_target);
  CHECK_FALSE(forgotten(connection));  // the target holds its id
  take(connection, EnvStep::close);
  CHECK_FALSE(forgotten(connection));  // its DREP is under way
  take(connection, EnvStep::deliver_to_host);
  CHECK(forgotten(connection));
}

TEST_CASE("an id that was destroyed before it connected is forgotten at once") {
  Connection connection;
  CHECK_FALSE(forgotten(connection));
  host_calls(connection, Input::destroy);
  CHECK(forgotten(connection));
}

TEST_CASE("a wire is first in, first out, and keeps the reason with its REJ") {
  Wire wire;
  wire.push(Datagram::rtu, 0);
  wire.push(Datagram::rej, reason_consumer);
  CHECK(wire.datagrams[0] == Datagram::rtu);
  wire.pop();
  CHECK(wire.datagrams[0] == Datagram::rej);
  CHECK(wire.reasons[0] == reason_consumer);
  wire.pop();
  CHECK(wire == Wire{});
}
