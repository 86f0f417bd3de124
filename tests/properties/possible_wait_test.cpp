#include "properties/possible_wait.hpp"

#include <catch2/catch.hpp>

#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;
using namespace qpcheck::model;

namespace {

const EventSet disconnected = EventSet::of(Event::disconnected);
const EventSet timewait_exit = EventSet::of(Event::timewait_exit);

bool possible(const View& view, EventSet events) { return can_come(view, 0, events); }

// The target died, and its DREQ is under way.
View dying() {
  Connection connection = established();
  kill_target(connection);
  return view_of(connection);
}

// DISCONNECTED was raised by the target's DREQ.
View told() {
  View view = dying();
  take(view.slots[0].connection, EnvStep::deliver_to_host);
  return view;
}

// …and the host has called rdma_disconnect.
View in_timewait() {
  View view = told();
  apply(view.slots[0].connection, Side::host, Input::disconnect);
  REQUIRE(view.slots[0].connection.host().ib == Ib::timewait);
  return view;
}

}  // namespace

TEST_CASE("DISCONNECTED is possible while its cause is in flight") {
  CHECK(possible(dying(), disconnected));
}

TEST_CASE("DISCONNECTED is possible while it is queued or held") {
  View view = told();
  view.slots[0].queued = disconnected;
  CHECK(possible(view, disconnected));
  view.slots[0].queued = {};
  view.slots[0].held = disconnected;
  CHECK(possible(view, disconnected));
}

TEST_CASE("DISCONNECTED is impossible once it was raised and let go") {
  CHECK_FALSE(possible(told(), disconnected));
  CHECK_FALSE(possible(in_timewait(), disconnected));
}

TEST_CASE("in TIMEWAIT the event of its end is possible, and afterwards it is not") {
  View view = in_timewait();
  CHECK(possible(view, timewait_exit));
  CHECK(possible(view, EventSet::of(Event::disconnected, Event::timewait_exit)));
  take(view.slots[0].connection, EnvStep::timewait_over);
  CHECK_FALSE(possible(view, timewait_exit));
}

TEST_CASE("a TIMEWAIT_EXIT is impossible before the host has answered") {
  CHECK_FALSE(possible(told(), timewait_exit));
}

TEST_CASE("a wait on an established connection that nobody ends is impossible") {
  CHECK_FALSE(possible(view_of(established()), disconnected));
}

TEST_CASE("an own disconnect makes DISCONNECTED possible") {
  Connection connection = established();
  apply(connection, Side::host, Input::disconnect);
  CHECK(possible(view_of(connection), disconnected));
}

TEST_CASE("a budget that is left makes DISCONNECTED possible where the connection is up") {
  View view = view_of(established());
  view.faults_left[Fault::kill] = 1;
  CHECK(possible(view, disconnected));
  view.faults_left = {};
  view.faults_left[Fault::peer_disconnect] = 1;
  CHECK(possible(view, disconnected));
}

TEST_CASE("a target that is dead already does not die for another budget") {
  View view = told();
  view.faults_left[Fault::kill] = view.faults_left[Fault::peer_disconnect] = 1;
  CHECK_FALSE(possible(view, disconnected));
}

TEST_CASE("REJECTED and UNREACHABLE are possible while connecting, DISCONNECTED is not") {
  Connection connection;
  connection.target_listens = true;
  connection.host().cma = Cma::route_resolved;
  apply(connection, CmaInput::connect);
  View view = view_of(connection);
  view.faults_left[Fault::kill] = 1;
  CHECK(possible(view, EventSet::of(Event::rejected)));
  CHECK(possible(view, EventSet::of(Event::unreachable)));
  CHECK(possible(view, EventSet::of(Event::established)));
  CHECK_FALSE(possible(view, EventSet::of(Event::addr_resolved)));
}

TEST_CASE("a queued CONNECT_RESPONSE is fetched as ESTABLISHED or CONNECT_ERROR") {
  View view = view_of({});
  view.slots[0].queued = EventSet::of(Event::connect_response);
  CHECK(possible(view, EventSet::of(Event::established)));
  CHECK(possible(view, EventSet::of(Event::connect_error)));
  CHECK_FALSE(possible(view, disconnected));
}

TEST_CASE("remembered answers are not mixed up: the same datagram on its way to either side") {
  Connection to_host = established(), to_target = to_host;
  to_host.to_side(Side::host).push(Datagram::dreq, 0);
  to_target.to_side(Side::target).push(Datagram::dreq, 0);
  for (int round = 0; round < 2; ++round) {
    CHECK(possible(view_of(to_host), disconnected));
    CHECK_FALSE(possible(view_of(to_target), disconnected));
  }
}

TEST_CASE("a destroyed id gets no event") {
  View view = dying();
  view.slots[0].id_alive = false;
  view.slots[0].queued = disconnected;
  CHECK_FALSE(possible(view, disconnected));
  CHECK(why_impossible(view, 0, disconnected) ==
        "its rdma_cm_id is destroyed, and a destroyed id gets no event");
}

TEST_CASE("a wait is judged when it is armed, and kept in mind until it ends") {
  PossibleWait property;
  WaitLedger ledger;
  const auto judge = [&](const Observation& each, const View& view) {
    ledger.see(each);
    return property.violated_by(each, ledger, view);
  };
  CHECK(judge(wait_for(Event::disconnected), dying()) == nobody);
  CHECK(judge(step_ends(), dying()) == nobody);
  CHECK(judge(step_ends(), told()) == 0);
  CHECK(judge(called("rdma_get_cm_event"), told()) == nobody);  // not looked at within a step
  CHECK(judge(wait_ends("satisfied"), told()) == nobody);
  CHECK(judge(step_ends(), told()) == nobody);
  CHECK(judge(wait_for(Event::disconnected), told()) == 0);
}

TEST_CASE("a spent fault that takes the event away excuses the wait") {
  PossibleWait property;
  WaitLedger ledger;
  ledger.see(wait_for(Event::disconnected));
  View view = told();
  view.slots[0].excused = true;
  CHECK(property.violated_by(step_ends(), ledger, view) == nobody);
}

TEST_CASE("the qpair whose wait is impossible is named") {
  PossibleWait property;
  WaitLedger ledger;
  View view = dying();
  view.slots[2] = told().slots[0];
  view.slots[2].qpair = 1;
  ledger.see(wait_for(Event::disconnected, 0, 0));
  ledger.see(wait_for(Event::disconnected, 1, 2));
  CHECK(property.violated_by(step_ends(), ledger, view) == 1);
}

TEST_CASE("a spent fault excuses a wait that has a deadline, one without only while anything may come") {
  const auto violated = [](View view, bool excused, std::uint64_t for_ms) {
    PossibleWait property;
    WaitLedger ledger;
    view.slots[0].excused = excused;
    Observation wait = wait_for(Event::established);
    wait.in_ms = for_ms;
    ledger.see(wait);
    return property.violated_by(step_ends(), ledger, view) == 0;
  };
  View dead = told();  // nothing more comes: it has had its DISCONNECTED, and nobody disconnects
  CHECK(violated(dead, false, 1000));
  CHECK_FALSE(violated(dead, true, 1000));
  CHECK(violated(dead, true, no_limit_ms));
  CHECK_FALSE(violated(dying(), true, no_limit_ms));  // DISCONNECTED is under way, and tells the program
}

TEST_CASE("its antecedent is any wait") {
  PossibleWait property;
  WaitLedger ledger;
  property.violated_by(step_ends(), ledger, told());
  CHECK(property.antecedent == 0);
  ledger.see(wait_for(Event::established));
  property.violated_by(step_ends(), ledger, told());
  CHECK(property.antecedent == 1);
}

TEST_CASE("why a DISCONNECTED is impossible that has been told: its filter row is spent") {
  CHECK(why_impossible(told(), 0, disconnected) ==
        "nothing can satisfy the wait for DISCONNECTED: none is parked, queued or in flight; "
        "DISCONNECTED is raised by a DREQ "
        "or DREP received, or a DREQ given up, and only while the id is in CONNECT (cma.c: "
        "cma_ib_handler, cma_comp_exch), but "
        "it is in DISCONNECT: it has had its one DISCONNECTED");
}

TEST_CASE("why a DISCONNECTED is impossible that nobody causes: no row leads there") {
  CHECK(
      why_impossible(view_of(established()), 0, disconnected) ==
      "nothing can satisfy the wait for DISCONNECTED: none is parked, queued or in flight; "
      "DISCONNECTED is raised by a DREQ "
      "or DREP received, or a DREQ given up, and no row leads there from ib_cm state ESTABLISHED");
}
