// The ledger of waits: each is armed once, and comes to one end.
#include "properties/wait_ledger.hpp"

#include <catch2/catch.hpp>

#include "properties/awaited_once.hpp"
#include "properties/possible_wait.hpp"
#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;

TEST_CASE("a wait is kept from its beginning to its end, with its place and time") {
  WaitLedger ledger;
  Observation begins = wait_for(Event::disconnected, 1, 2);
  begins.at_ms = 70;
  CHECK(ledger.see(begins).empty());
  CHECK_FALSE(ledger.waits[0].kept());
  const Wait& wait = ledger.waits[1];
  CHECK(wait.kept());
  CHECK(wait.slot == 2);
  CHECK(wait.events.has(Event::disconnected));
  CHECK(std::string_view(wait.place) == "disconnect");
  CHECK(ledger.see(wait_ends("satisfied", 1, 2)).empty());
  CHECK_FALSE(wait.kept());
}

TEST_CASE("a wait that is armed while another is kept breaks the ledger, and so does an end without a beginning") {
  WaitLedger ledger;
  CHECK(ledger.see(wait_ends("satisfied")) == "a wait ends that was never armed");
  CHECK(ledger.see(wait_for(Event::established)).empty());
  CHECK(ledger.see(wait_for(Event::established, 1)).empty());  // another qpair's
  CHECK(ledger.see(wait_for(Event::disconnected)) == "a wait is armed while another one is kept");
  CHECK(ledger.see(wait_ends("cancelled")).empty());
  CHECK(ledger.see(wait_ends("cancelled")) == "a wait ends that was never armed");
}

TEST_CASE("a broken ledger violates awaited-once, and says how") {
  AwaitedOnce property;
  CHECK(property.violated_by(wait_ends("satisfied"), "a wait ends that was never armed"));
  CHECK(property.why(wait_ends("satisfied"), "a wait ends that was never armed") == "a wait ends that was never armed");
}

TEST_CASE("an impossible wait is found once") {
  WaitLedger ledger;
  PossibleWait property;
  const View nothing_comes = view_of(established());
  CHECK(ledger.see(wait_for(Event::disconnected)).empty());
  CHECK(property.violated_by(wait_for(Event::disconnected), ledger, nothing_comes) == 0);
  CHECK(property.found == 0);
  CHECK(ledger.waits[0].impossible);
  CHECK(property.violated_by(step_ends(), ledger, nothing_comes) == qpcheck::model::nobody);
  CHECK(ledger.see(wait_ends("timed out")).empty());
  CHECK(ledger.see(wait_for(Event::disconnected)).empty());
  CHECK(property.violated_by(wait_for(Event::disconnected), ledger, nothing_comes) == 0);  // another wait
}

TEST_CASE("of a program that does not say what it handles, what it acknowledged is handled") {
  for (const bool reports : {false, true}) {
    AwaitedOnce property;
    property.acknowledged_is_handled = !reports;
    CHECK_FALSE(property.violated_by(of_event(Seen::event_acknowledged, Event::disconnected)));
    CHECK(property.violated_by(wait_for(Event::disconnected)) == !reports);
  }
}
