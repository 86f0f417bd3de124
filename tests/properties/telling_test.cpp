// What reaches the application: events, requests, the end of a connection, and its return.
#include <catch2/catch.hpp>

#include <infiniband/verbs.h>

#include "properties/comes_back.hpp"
#include "properties/monitors.hpp"
#include "properties/no_lost_event.hpp"
#include "properties/no_use_after_destroy.hpp"
#include "properties/legal_calls.hpp"
#include "properties/requests_complete_once.hpp"
#include "properties/told_once.hpp"
#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;
using qpcheck::model::Fault;
using qpcheck::model::Life;
using qpcheck::model::Misuse;
using qpcheck::model::nobody;

namespace {

Observation request(Seen kind, int number, std::uint8_t qpair = 0) {
  Observation observation = seen(kind, qpair);
  observation.status = number;
  return observation;
}

Observation moves(Life from, Life to) {
  Observation observation = seen(Seen::life);
  observation.status = static_cast<int>(from);
  observation.error = static_cast<int>(to);
  return observation;
}

Observation return_ends(bool all_connected) { return request(Seen::return_ended, all_connected ? 1 : 0); }

Observation misuse(Misuse kind) { return request(Seen::misuse, static_cast<int>(kind)); }

View with_live_target() {
  View view = view_of(established());
  view.slots[0].target_runs = true;
  view.faults_left[Fault::kill] = 1;
  return view;
}

// Does a reset that ends so violate comes-back? `at_begin` and `at_end`: what the world
// is when the first qpair connects again, and when the reset is over.
bool violated(const View& at_begin, const View& at_end, bool all_connected, bool begins = true,
              Life to = Life::resolving_address) {
  ComesBack property;
  CHECK_FALSE(property.violated_by(seen(Seen::return_requested), at_begin));
  if (begins) CHECK_FALSE(property.violated_by(moves(Life::closed, to), at_begin));
  return property.violated_by(return_ends(all_connected), at_end);
}

}  // namespace

TEST_CASE("an event that is acknowledged unhandled is lost, unless its id is destroyed in the same step") {
  NoLostEvent property;
  const auto handled = of_event(Seen::event_handled, Event::disconnected, 2),
             acknowledged = of_event(Seen::event_acknowledged, Event::disconnected, 2);
  for (const Observation& each : {handled, acknowledged, step_ends()}) CHECK(property.violated_by(each) == nobody);
  CHECK(property.antecedent != 0);
  for (const Observation& each : {acknowledged, called("rdma_destroy_id", 2), step_ends()})
    CHECK(property.violated_by(each) == nobody);
  CHECK(property.violated_by(acknowledged) == nobody);
  CHECK(property.violated_by(called("rdma_destroy_id", 0)) == nobody);  // another id
  CHECK(property.violated_by(step_ends()) == 2);
  property.forget_step();
  CHECK(property.violated_by(step_ends()) == nobody);
}

TEST_CASE("one event that is handled does not stand for another one") {
  NoLostEvent property;
  for (const auto kind : {Seen::event_handled, Seen::event_acknowledged, Seen::event_acknowledged})
    CHECK(property.violated_by(of_event(kind, Event::established)) == nobody);
  CHECK(property.violated_by(step_ends()) == 0);
}

TEST_CASE("a request is completed once after it was accepted, and before the teardown has finished") {
  RequestsCompleteOnce property;
  CHECK(property.violated_by(request(Seen::request_completed, 0)));
  CHECK(property.antecedent == 0);
  for (const auto& each :
       {request(Seen::request_accepted, 0), request(Seen::request_accepted, 7), request(Seen::request_completed, 0),
        request(Seen::request_completed, 7), seen(Seen::teardown_finished)})
    CHECK_FALSE(property.violated_by(each));
  CHECK(property.antecedent != 0);
  CHECK(property.violated_by(request(Seen::request_completed, 7)));  // a second time
  CHECK_FALSE(property.violated_by(request(Seen::request_accepted, 3)));
  CHECK(property.violated_by(request(Seen::request_accepted, 3)));  // its number is taken
  CHECK_FALSE(property.violated_by(seen(Seen::teardown_finished, 1)));  // of another qpair
  CHECK(property.violated_by(seen(Seen::teardown_finished)));
  CHECK_FALSE(property.violated_by(seen(Seen::teardown_finished)));  // said once
}

TEST_CASE("a poll that takes all completions leaves none that was there when it began") {
  RequestsCompleteOnce property;
  Observation leaves = step_ends();
  CHECK_FALSE(property.violated_by(leaves));
  leaves.error = 2;
  CHECK(property.violated_by(leaves));
  Monitors monitors;
  CHECK(monitors.why(Property::requests_complete_once, leaves, View{}).text.starts_with("a poll has left"));
}

TEST_CASE("a request is refused only while as many are under way as may be") {
  RequestsCompleteOnce property;
  CHECK(property.violated_by(request(Seen::request_refused, 1)));
  property.violated_by(request(Seen::request_accepted, 0));
  CHECK_FALSE(property.violated_by(request(Seen::request_refused, 1)));
  CHECK(property.violated_by(request(Seen::request_refused, 2)));
}

TEST_CASE("a request is told as a success only after a completion that says so") {
  const auto told = [](int status, qpcheck::model::Told how) {
    RequestsCompleteOnce property;
    property.violated_by(request(Seen::request_accepted, 0));
    Observation completion = seen(Seen::completion), end = request(Seen::request_completed, 0);
    completion.status = status;
    completion.text = "send";
    end.error = static_cast<int>(how);
    property.violated_by(completion);
    return property.violated_by(end);
  };
  using qpcheck::model::Told;
  CHECK_FALSE(told(0, Told::success));
  CHECK_FALSE(told(0, Told::unsaid));
  CHECK_FALSE(told(IBV_WC_WR_FLUSH_ERR, Told::failure));
  CHECK(told(IBV_WC_WR_FLUSH_ERR, Told::success));
  CHECK(told(0, Told::failure));
  RequestsCompleteOnce never_completed;  // its QP was destroyed
  never_completed.violated_by(request(Seen::request_accepted, 0));
  Observation given_up = request(Seen::request_completed, 0);
  given_up.error = static_cast<int>(Told::success);
  CHECK(never_completed.violated_by(given_up));
}

TEST_CASE("a connection that is being taken down is not told up") {
  ToldOnce property;
  CHECK_FALSE(property.violated_by(seen(Seen::teardown_requested)));
  CHECK(property.violated_by(seen(Seen::told_up)));
  CHECK_FALSE(property.violated_by(seen(Seen::told_gone)));
  CHECK_FALSE(property.violated_by(seen(Seen::teardown_finished)));
  CHECK_FALSE(property.violated_by(seen(Seen::told_up)));
}

TEST_CASE("the application is told once that a connection is gone which it knew to be up") {
  ToldOnce property;
  CHECK(property.violated_by(seen(Seen::told_gone)));
  CHECK_FALSE(property.violated_by(seen(Seen::teardown_finished)));  // never up: nothing to tell
  CHECK(property.antecedent == 0);
  for (int round = 0; round < 2; ++round)
    for (const auto kind : {Seen::told_up, Seen::told_gone, Seen::teardown_finished})
      CHECK_FALSE(property.violated_by(seen(kind)));
  CHECK(property.antecedent != 0);
  CHECK(property.violated_by(seen(Seen::told_gone)));
  CHECK_FALSE(property.violated_by(of_event(Seen::event_fetched, Event::established)));
  CHECK_FALSE(property.violated_by(seen(Seen::told_up)));
  CHECK(property.violated_by(seen(Seen::teardown_finished)));
}

TEST_CASE("a connection that was told gone is not told up again, but the next one is") {
  ToldOnce property;
  for (const auto kind : {Seen::told_up, Seen::told_gone}) CHECK_FALSE(property.violated_by(seen(kind)));
  CHECK_FALSE(property.violated_by(of_event(Seen::event_fetched, Event::disconnected)));
  CHECK(property.violated_by(seen(Seen::told_up)));
  property.violated_by(seen(Seen::told_gone));
  CHECK_FALSE(property.violated_by(of_event(Seen::event_fetched, Event::established)));
  CHECK_FALSE(property.violated_by(seen(Seen::told_up)));
}

TEST_CASE("what the application is told of a connection is so, by what the CM and the QP know") {
  ToldOnce property;
  View view = view_of(established());
  CHECK(property.untrue(seen(Seen::told_up), view));  // nothing was fetched that says so
  view.slots[0].held = EventSet::of(Event::established);
  CHECK_FALSE(property.untrue(seen(Seen::told_up), view));
  view.slots[0].held = {};
  view.slots[0].established = true;
  CHECK_FALSE(property.untrue(seen(Seen::told_up), view));
  CHECK(property.untrue(seen(Seen::told_gone), view));
  View failed = view, news = view, excused = view;
  failed.slots[0].qp_error = true;
  news.slots[0].queued = EventSet::of(Event::disconnected);
  excused.slots[0].excused = true;
  for (const View& other : {failed, news, excused}) CHECK_FALSE(property.untrue(seen(Seen::told_gone), other));
  property.violated_by(seen(Seen::teardown_requested));
  CHECK_FALSE(property.untrue(seen(Seen::told_gone), view));
}

TEST_CASE("what a poll has handled is told when it is over") {
  using qpcheck::model::Life;
  Observation poll_ends = step_ends(), connected = seen(Seen::life);
  poll_ends.status = 1;
  connected.error = static_cast<int>(Life::connected);
  ToldOnce property;
  property.violated_by(connected);
  CHECK_FALSE(property.violated_by(step_ends()));  // not of this qpair
  CHECK(property.violated_by(poll_ends));
  property.violated_by(seen(Seen::told_up));
  CHECK_FALSE(property.violated_by(poll_ends));
  property.violated_by(of_event(Seen::event_handled, Event::disconnected));
  CHECK(property.violated_by(poll_ends));
  property.violated_by(seen(Seen::told_gone));
  CHECK_FALSE(property.violated_by(poll_ends));
  property.violated_by(seen(Seen::told_up));
  property.violated_by(seen(Seen::teardown_requested));  // now there is time until that is finished
  property.violated_by(of_event(Seen::event_handled, Event::disconnected));
  CHECK_FALSE(property.violated_by(poll_ends));
  CHECK(property.violated_by(seen(Seen::teardown_finished)));
}

TEST_CASE("a reset that nothing has hindered must end connected") {
  const View live = with_live_target();
  CHECK_FALSE(violated(live, live, true));
  CHECK(violated(live, live, false));
  CHECK(violated(live, live, false, false));  // it never began to connect again
}

TEST_CASE(
    "a reset may fail where the target does not run, its device is gone, a call is to fail, a call has failed, or a "
    "fault came in between") {
  const View live = with_live_target();
  View dead = live, removed = live, unwell = live, later = live;
  dead.slots[0].target_runs = false;
  removed.slots[0].device_there = false;
  unwell.calls_well = false;
  later.hindering = 1;
  CHECK_FALSE(violated(dead, dead, false));
  CHECK_FALSE(violated(removed, live, false));
  CHECK_FALSE(violated(unwell, live, false));
  CHECK_FALSE(violated(live, later, false));
  CHECK_FALSE(violated(later, later, false, true, Life::failed));
  CHECK(violated(later, later, false));  // a fault that was spent before hinders nothing
}

TEST_CASE("an attempt to connect must not fail where no fault was spent") {
  ComesBack property;
  View view = with_live_target();
  CHECK_FALSE(property.violated_by(moves(Life::connecting, Life::connected), view));
  CHECK(property.antecedent == 1);
  CHECK(property.violated_by(moves(Life::connecting, Life::failed), view));
  view.hindering = 1;
  CHECK_FALSE(property.violated_by(moves(Life::connecting, Life::failed), view));
}

TEST_CASE("a failover leads to another target than the one that was connected, and a reset to the same") {
  View view = with_live_target();
  view.slots[0].established = true;
  View elsewhere = view;
  elsewhere.slots[0].target = 1;
  Observation failover = seen(Seen::return_requested), reset = failover;
  failover.text = "failover";
  reset.text = "reset";
  for (const bool over : {false, true})
    for (const View* const at_end : {&view, &elsewhere}) {
      ComesBack property;
      property.violated_by(of_event(Seen::event_acknowledged, Event::established), view);
      property.violated_by(over ? failover : reset, view);
      property.violated_by(moves(Life::closed, Life::resolving_address), view);
      CHECK(property.violated_by(return_ends(true), *at_end) == (over == (at_end == &view)));
    }
}

TEST_CASE("that a reset succeeded is not believed: what was connected must be connected again, whatever hindered it") {
  View live = with_live_target();
  live.slots[0].connection = established();
  live.slots[0].established = live.slots[0].id_alive = true;
  live.slots[0].qpair = 0;
  View down = live, never = live, lost = live;
  down.slots[0].id_alive = false;
  never.slots[0].established = false;
  lost.slots[0].connection.host().ib = qpcheck::model::Ib::timewait;
  for (const bool hindered : {false, true})
    for (const View* const at_end : {&live, &down, &never, &lost}) {
      ComesBack property;
      CHECK_FALSE(property.violated_by(of_event(Seen::event_acknowledged, Event::established), live));
      CHECK_FALSE(property.violated_by(request(Seen::return_requested, 0), live));
      View begins = live;
      begins.slots[0].target_runs = !hindered;
      property.violated_by(moves(Life::closed, Life::resolving_address), begins);
      const bool holds = at_end == &live || (hindered && at_end == &lost);
      CHECK(property.violated_by(return_ends(true), *at_end) == !holds);
    }
}

TEST_CASE("what is destroyed or freed is one property's matter, and an illegal call the other's") {
  LegalCalls legal;
  NoUseAfterDestroy use;
  CHECK(legal.violated_by(misuse(Misuse::state)));
  CHECK_FALSE(use.violated_by(misuse(Misuse::state)));
  CHECK(legal.violated_by(misuse(Misuse::destroyed)));
  CHECK(use.violated_by(misuse(Misuse::destroyed)));
  CHECK_FALSE(legal.violated_by(misuse(Misuse::stale)));
  CHECK(use.violated_by(misuse(Misuse::stale)));
  CHECK(use.antecedent == 0);
  CHECK_FALSE(use.violated_by(called("rdma_disconnect")));
  CHECK(use.antecedent != 0);
}
