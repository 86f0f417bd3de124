#include "properties/awaited_once.hpp"

#include <catch2/catch.hpp>

#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;

namespace {

// Which of the observations violate the property; -1: none.
int first_violation(std::initializer_list<Observation> story) {
  AwaitedOnce property;
  int number = 0;
  for (const Observation& each : story) {
    if (property.violated_by(each)) return number;
    ++number;
  }
  return -1;
}

const Observation wait = wait_for(Event::disconnected);
const Observation handled = of_event(Seen::event_handled, Event::disconnected);
const Observation destroyed = called("rdma_destroy_id");

}  // namespace

TEST_CASE("a disconnection may be awaited once") { CHECK(first_violation({wait, handled}) == -1); }

TEST_CASE("a disconnection is not awaited twice, whatever became of the first wait") {
  CHECK(first_violation({wait, wait}) == 1);
  CHECK(first_violation({wait, wait_ends("cancelled"), wait}) == 2);
  CHECK(first_violation({wait, wait_ends("timed out"), wait}) == 2);
}

TEST_CASE("a disconnection that was handled is not awaited") {
  CHECK(first_violation({handled, wait}) == 1);
}

TEST_CASE("an event that is fetched, parked or acknowledged is not handled") {
  CHECK(first_violation({of_event(Seen::event_fetched, Event::disconnected), wait}) == -1);
  CHECK(first_violation({of_event(Seen::event_acknowledged, Event::disconnected), wait}) == -1);
}

TEST_CASE("other events may be handled before a disconnection is awaited") {
  CHECK(first_violation({of_event(Seen::event_handled, Event::established), wait}) == -1);
  CHECK(first_violation({of_event(Seen::event_handled, Event::rejected), wait}) == -1);
}

TEST_CASE("waits for other events are not counted") {
  CHECK(first_violation({wait_for(Event::established), wait_for(Event::established), wait}) == -1);
  CHECK(first_violation(
            {wait_for(EventSet::of(Event::disconnected, Event::timewait_exit)), wait}) == 1);
}

TEST_CASE("a new id of the same slot starts afresh") {
  CHECK(first_violation({wait, handled, destroyed, wait}) == -1);
  CHECK(first_violation({wait, destroyed, wait, wait}) == 3);
  CHECK(first_violation({wait, called("rdma_destroy_qp"), wait}) == 2);
}

TEST_CASE("each connection has its own count") {
  CHECK(first_violation({wait, wait_for(Event::disconnected, 1, 2),
                         wait_for(Event::disconnected, 0, 1)}) == -1);
  CHECK(first_violation({wait, called("rdma_destroy_id", 1), wait}) == 2);
}

TEST_CASE("its antecedent is a wait for a disconnection") {
  AwaitedOnce property;
  property.violated_by(wait_for(Event::established));
  CHECK(property.antecedent == 0);
  property.violated_by(wait);
  CHECK(property.antecedent == 1);
}

TEST_CASE("it says which of the two moments came first") {
  AwaitedOnce property;
  property.violated_by(wait);
  CHECK(property.why(wait) ==
        "the program waits for the disconnection of the same connection a second time");
  property.violated_by(handled);
  CHECK(
      property.why(wait) ==
      "the program waits for DISCONNECTED although it has handled this connection's DISCONNECTED");
}
