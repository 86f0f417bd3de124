// What each fault does to one connection, and when it may be spent.
#include <catch2/catch.hpp>

#include <set>

#include "model/fault.hpp"
#include "tests/model/connections.hpp"
#include "tests/model/walk.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

Datagram under_way(const Connection& connection, Side side) { return connection.to_side(side).datagrams[0]; }

constexpr std::array both = {Transport::ib, Transport::iw};

}  // namespace

TEST_CASE("each fault has a name of its own, which finds it, and a sentence") {
  std::set<std::string_view> names;
  for (const FaultInfo& each : fault_infos) {
    CHECK(names.insert(each.name).second);
    CHECK(fault_named(each.name) == each.fault);
    CHECK(each.sentence.size() > 10);
  }
  CHECK_FALSE(fault_named("kil").has_value());
}

TEST_CASE("a budget for any fault is spent by faults within the contract, and after a fault's own") {
  Budget budget;
  budget.any = 1;
  budget[Fault::kill] = 1;
  CHECK(budget.allows(Fault::drop));
  CHECK_FALSE(budget.allows(Fault::duplicate_event));
  budget.spend(Fault::kill);
  CHECK(budget.allows(Fault::kill));  // by the other one
  budget.spend(Fault::kill);
  CHECK(budget.empty());
  CHECK_FALSE(budget.allows(Fault::drop));
}

TEST_CASE("a budget is within the contract until it has a fault beyond it") {
  Budget budget;
  budget.any = 3;
  CHECK(budget.within_contract());
  budget[Fault::reorder_in_id] = 1;
  CHECK_FALSE(budget.within_contract());
}

TEST_CASE("drop: a lost REQ, REP or DREQ is repeated by the kernel that sent it") {
  Connection lost_req = connecting(), lost_rep = requested(), lost_dreq = established();
  hit(lost_req, Fault::drop, Side::target);
  take(lost_req, EnvStep::repeat_to_target);
  CHECK(under_way(lost_req, Side::target) == Datagram::req);
  take(lost_rep, EnvStep::accept);
  hit(lost_rep, Fault::drop, Side::host);
  take(lost_rep, EnvStep::repeat_to_host);
  CHECK(under_way(lost_rep, Side::host) == Datagram::rep);
  apply(lost_dreq, Side::host, Input::disconnect);
  hit(lost_dreq, Fault::drop, Side::target);
  take(lost_dreq, EnvStep::repeat_to_target);
  CHECK(under_way(lost_dreq, Side::target) == Datagram::dreq);
}

TEST_CASE("drop: a lost RTU is sent again for the REP that is repeated") {
  Connection connection = rtu_under_way();
  hit(connection, Fault::drop, Side::target);
  REQUIRE(enabled(connection, EnvStep::repeat_to_host));
  take(connection, EnvStep::repeat_to_host);
  take(connection, EnvStep::deliver_to_host);
  CHECK(under_way(connection, Side::target) == Datagram::rtu);
  take(connection, EnvStep::deliver_to_target);
  CHECK(up(connection, Side::target));
}

TEST_CASE("drop: the one DREQ of a dying target is not repeated, and then nothing tells the host") {
  Connection connection = established();
  kill_target(connection);
  hit(connection, Fault::drop, Side::host);
  CHECK(settle(connection).empty());
  CHECK_FALSE(enabled(connection, EnvStep::repeat_to_host));
  CHECK(up(connection, Side::host));
}

TEST_CASE("drop: the answer to a resolution, and it may be tried again") {
  Connection connection;
  apply(connection, CmaInput::resolve_addr);
  CHECK(hit(connection, Fault::drop, Side::host).event == Event::addr_error);
  CHECK(apply(connection, CmaInput::resolve_addr).error == 0);
  take(connection, EnvStep::resolve);
  apply(connection, CmaInput::resolve_route);
  CHECK(hit(connection, Fault::drop, Side::host).event == Event::route_error);
  CHECK(apply(connection, CmaInput::resolve_route).error == 0);
}

TEST_CASE(
    "drop and kill: a REJ that answers no REQ is ignored by an id that has not seen the REP, its REQ finds nobody") {
  Connection connection = requested();
  take(connection, EnvStep::accept);
  hit(connection, Fault::drop, Side::host);  // the REP
  kill_target(connection);
  CHECK(under_way(connection, Side::host) == Datagram::rej);
  CHECK(take(connection, EnvStep::deliver_to_host).event == Event::none);
  CHECK(connection.host().ib == Ib::req_sent);
  take(connection, EnvStep::repeat_to_target);
  take(connection, EnvStep::deliver_to_target);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::rejected);
  CHECK(raised.status == reason_invalid_service);
}

TEST_CASE("the same REJ ends an attempt whose REP is in, with its reason alone as status") {
  Connection connection = responded();
  kill_target(connection);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::rejected);
  CHECK(raised.status == reason_consumer);
}

TEST_CASE("drop and refuse: a lost REJ makes the repeated REQ a new request for the same attempt") {
  Connection connection = requested();
  hit(connection, Fault::refuse);
  hit(connection, Fault::drop, Side::host);
  CHECK(connection.target().ib == Ib::gone);
  take(connection, EnvStep::repeat_to_target);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.app == TargetApp::to_accept);
  CHECK(connection.target().ib == Ib::mra_req_sent);
}

TEST_CASE("a repeated REQ that is under way when its target dies finds nobody who listens") {
  Connection connection = requested();
  take(connection, EnvStep::accept);
  hit(connection, Fault::drop, Side::host);
  take(connection, EnvStep::repeat_to_target);
  kill_target(connection);
  take(connection, EnvStep::deliver_to_host);  // a REJ that is ignored
  take(connection, EnvStep::deliver_to_target);
  CHECK(take(connection, EnvStep::deliver_to_host).event == Event::rejected);
}

TEST_CASE("enomem: a DREQ that cannot be posted ends in TIMEWAIT, and the host is told nothing") {
  Connection connection = established();
  connection.cannot_post = true;
  CHECK(apply(connection, Side::host, Input::disconnect).error == 0);
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(connection.to_side(Side::target).count == 0);
  CHECK(settle(connection).empty());
  CHECK(take(connection, EnvStep::timewait_over).event == Event::none);
}

TEST_CASE("enomem: for a DREP that cannot be posted the peer repeats its DREQ, and TIMEWAIT answers it") {
  Connection connection = established();
  take(connection, EnvStep::target_disconnects);
  take(connection, EnvStep::deliver_to_host);
  connection.cannot_post = true;
  CHECK(apply(connection, Side::host, Input::disconnect).error == 0);
  connection.cannot_post = false;
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(connection.to_side(Side::target).count == 0);
  REQUIRE(enabled(connection, EnvStep::repeat_to_host));
  take(connection, EnvStep::repeat_to_host);
  take(connection, EnvStep::deliver_to_host);
  CHECK(under_way(connection, Side::target) == Datagram::drep);
}

TEST_CASE("hang: the target's kernel goes on, and its application does not") {
  Connection connection = established();
  hit(connection, Fault::hang);
  apply(connection, Side::host, Input::disconnect);
  CHECK(settle(connection).empty());
  CHECK(connection.target().ib == Ib::dreq_rcvd);
  CHECK(take(connection, EnvStep::retries_exhausted).status == -ETIMEDOUT);
  Connection iwarp = established(Transport::iw);
  hit(iwarp, Fault::hang);
  apply(iwarp, Side::host, Input::disconnect);
  CHECK(settle(iwarp) == std::vector{Event::disconnected});  // needs no application
}

TEST_CASE("power: nothing reaches the target and nothing comes from it") {
  for (const Transport transport : both) {
    INFO(name(transport));
    Connection connection = established(transport);
    kill_target(connection);  // what it sends at its end is on its way
    Connection dark = established(transport);
    hit(dark, Fault::power);
    CHECK(settle(dark).empty());
    CHECK(up(dark, Side::host));
    CHECK(apply(dark, Side::host, Input::disconnect).error == 0);
    CHECK(dark.to_side(Side::target).count == 0);
    CHECK_FALSE(may_hit(dark, Fault::power));
    CHECK_FALSE(may_hit(dark, Fault::kill));
  }
}

TEST_CASE("reboot: the new kernel knows no connection, and answers at once") {
  Connection connection = established();
  hit(connection, Fault::reboot);
  CHECK(settle(connection).empty());
  apply(connection, Side::host, Input::disconnect);
  CHECK(settle(connection) == std::vector{Event::disconnected});
  Connection attempt = connecting();
  hit(attempt, Fault::reboot);
  take(attempt, EnvStep::repeat_to_target);
  settle(attempt);
  CHECK(attempt.host().ib == Ib::mra_rep_sent);  // it listens again
}

TEST_CASE("reboot on iWARP: what is repeated by TCP is answered by a reset") {
  Connection connection = established(Transport::iw);
  apply(connection, Side::host, Input::disconnect);
  hit(connection, Fault::reboot);
  CHECK(under_way(connection, Side::host) == Datagram::rst);
  take(connection, EnvStep::deliver_to_host);
  REQUIRE(enabled(connection, EnvStep::provider_aborts));
  CHECK(take(connection, EnvStep::provider_aborts).status == -ECONNRESET);
}

TEST_CASE("remove: DEVICE_REMOVAL, the peer is told as by a destroy, and calls fail with ENXIO") {
  for (const Transport transport : both) {
    INFO(name(transport));
    Connection connection = established(transport);
    CHECK(hit(connection, Fault::remove).event == Event::device_removal);
    CHECK(under_way(connection, Side::target) == (transport == Transport::ib ? Datagram::dreq : Datagram::rst));
    CHECK(apply(connection, Side::host, Input::disconnect).error == ENXIO);
    CHECK_FALSE(may_hit(connection, Fault::remove));
    CHECK(apply(connection, Side::host, Input::destroy).error == 0);
  }
}

TEST_CASE("remove on iWARP does not wait for the reply that a destroy would wait for") {
  Connection connection = connecting(Transport::iw);
  CHECK(apply(connection, Side::host, Input::destroy).blocks);
  CHECK(hit(connection, Fault::remove).event == Event::device_removal);
  CHECK(connection.host().iw == Iw::gone);
}

TEST_CASE(
    "neighbour: UNREACHABLE for an active id on RoCE, ADDR_CHANGE for any with a device, the connection is the same") {
  for (const Transport transport : both) {
    INFO(name(transport));
    Connection connection = established(transport);
    const Connection before = connection;
    CHECK(may_hit(connection, Fault::neighbour) == (transport == Transport::ib));
    if (transport == Transport::ib) CHECK(hit(connection, Fault::neighbour).event == Event::unreachable);
    REQUIRE(may_change_address(connection));
    CHECK(change_address(connection).event == Event::addr_change);
    CHECK(connection == before);
    CHECK(may_lose_way_back(connection) == (transport == Transport::ib));
    CHECK_FALSE(may_hit(Connection{}, Fault::neighbour));
    CHECK_FALSE(may_change_address(Connection{}));
  }
}

TEST_CASE("neighbour: once the way back is lost nothing of the target arrives, and the host's DREQ is given up") {
  Connection connection = established(Transport::ib);
  CHECK(lose_way_back(connection).event == Event::unreachable);
  CHECK_FALSE(may_lose_way_back(connection));
  apply(connection, Side::host, Input::disconnect);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.target().ib != Ib::established);
  CHECK_FALSE(enabled(connection, EnvStep::deliver_to_host));
  CHECK_FALSE(enabled(connection, EnvStep::repeat_to_host));
  CHECK(take(connection, EnvStep::retries_exhausted).event == Event::disconnected);
}

TEST_CASE("refuse: the attempt is REJECTED, with reason 28 or -ECONNRESET") {
  for (const Transport transport : both) {
    INFO(name(transport));
    Connection connection = requested(transport);
    CHECK_FALSE(may_hit(connecting(transport), Fault::refuse));
    hit(connection, Fault::refuse);
    const Raised raised = take(connection, EnvStep::deliver_to_host);
    CHECK(raised.event == Event::rejected);
    CHECK(raised.status == (transport == Transport::ib ? int{reason_consumer} : -ECONNRESET));
  }
}

TEST_CASE("stale: REJECTED with reason 10, through TIMEWAIT, and no TIMEWAIT_EXIT") {
  Connection connection = connecting();
  hit(connection, Fault::stale);
  take(connection, EnvStep::deliver_to_target);
  const Raised raised = take(connection, EnvStep::deliver_to_host);
  CHECK(raised.event == Event::rejected);
  CHECK(raised.status == reason_stale);
  CHECK(connection.host().ib == Ib::timewait);
  CHECK(take(connection, EnvStep::timewait_over).event == Event::none);
  CHECK_FALSE(may_hit(connecting(Transport::iw), Fault::stale));
}

TEST_CASE("reorder: two datagrams of one direction change places, on IB and RoCE only") {
  Connection connection = responded();
  apply(connection, Side::host, Input::accept_rtu);
  apply(connection, Side::host, Input::disconnect);
  REQUIRE(may_hit(connection, Fault::reorder, Side::target));
  hit(connection, Fault::reorder, Side::target);
  CHECK(under_way(connection, Side::target) == Datagram::dreq);
  take(connection, EnvStep::deliver_to_target);
  CHECK(connection.target().ib == Ib::dreq_rcvd);  // DISCONNECTED without ESTABLISHED
  CHECK_FALSE(may_hit(established(Transport::iw), Fault::reorder, Side::target));
}
