// The rules of the events, and what connections really produce: neither says more than
// the other. (That nothing is told too often, or with a foreign status: never_test.cpp.)
#include <catch2/catch.hpp>

#include <set>

#include "model/event_rules.hpp"
#include "tests/model/sentences.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

// What a walk tells either end, or queues; and what it tells one id more than once.
struct Seen {
  std::set<Event> told, repeated;
};

void look(Seen& seen, const Walk& walk) {
  walk.each([&](const Edge& edge) {
    for (const Told& told : {edge.queued, edge.fetched, edge.at_target}) seen.told.insert(told.event);
    for (std::size_t i = 0; i < event_count; ++i)
      if (edge.to.told.times[i] > 1) seen.repeated.insert(static_cast<Event>(i));
  });
}

Seen seen_on(Transport transport) {
  Seen seen;
  for (const Target target : {Target::application, Target::free}) look(seen, walk(any_single_fault(transport, target)));
  look(seen, walk(with(transport, {Fault::neighbour, Fault::neighbour})));
  look(seen, walk(with(transport, {Fault::drop, Fault::drop})));
  return seen;
}

}  // namespace

TEST_CASE("every event that the rules allow is produced, as often as they allow, and no other") {
  for (const Transport transport : {Transport::ib, Transport::iw}) {
    const Seen seen = seen_on(transport);
    for (const EventRule& rule : event_rules) {
      INFO(name(rule.event) << " on " << name(transport));
      // On iWARP a route is found by a local work item: nothing of ours makes it fail.
      if (rule.event == Event::route_error && transport == Transport::iw) continue;
      CHECK(seen.told.contains(rule.event) == (how_often(rule.event, transport) != Often::never));
      CHECK(seen.repeated.contains(rule.event) == may_repeat(rule.event, transport));
    }
  }
}

TEST_CASE("each rule says what the event means, and has a status") {
  for (const EventRule& rule : event_rules) {
    INFO(name(rule.event));
    for (const std::string_view text : {rule.meaning, rule.status, rule.who, rule.when, rule.how_often})
      CHECK_FALSE(text.empty());
    CHECK((rule.may_be_zero || rule.may_be_negative || rule.may_be_positive));
  }
}

TEST_CASE("events of the datagram service are never told to a connection, and TIMEWAIT_EXIT never on iWARP") {
  for (const Transport transport : {Transport::ib, Transport::iw})
    for (const Event event : {Event::multicast_join, Event::multicast_error})
      CHECK(how_often(event, transport) == Often::never);
  CHECK(how_often(Event::timewait_exit, Transport::iw) == Often::never);
  CHECK(how_often(Event::connect_response, Transport::iw) == Often::never);
}
