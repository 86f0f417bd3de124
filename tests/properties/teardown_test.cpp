// The properties of a teardown: its deadlines, and what it leaves behind.
#include <catch2/catch.hpp>

#include "properties/no_needless_timeout.hpp"
#include "properties/nothing_left.hpp"
#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;

namespace {

View excused() {
  View view = view_of(established());
  view.slots[0].excused = true;
  return view;
}

bool times_out_needlessly(std::initializer_list<Observation> story, const View& view) {
  NoNeedlessTimeout property;
  bool violated = false;
  for (const Observation& each : story) violated = property.violated_by(each, view) || violated;
  return violated;
}

const Observation requested = seen(Seen::teardown_requested),
                  finished = seen(Seen::teardown_finished);
const Observation wait = wait_for(Event::disconnected), linger_ends = seen(Seen::linger_timed_out);

bool leaves_something(const View& view, std::uint8_t qpair = 0) {
  NothingLeft property;
  return property.violated_by(seen(Seen::teardown_finished, qpair), view);
}

// Slot 0 of qpair 0 after a clean teardown, still remembered by its target.
View let_go() {
  View view = view_of(established());
  view.slots[0].id_alive = view.slots[0].qp_alive = false;
  return view;
}

}  // namespace

TEST_CASE("a wait of a teardown that times out is needless") {
  CHECK(times_out_needlessly({requested, wait, wait_ends("timed out")}, view_of(established())));
}

TEST_CASE("a linger of a teardown that times out is needless") {
  CHECK(times_out_needlessly({requested, seen(Seen::linger_begins), linger_ends},
                             view_of(established())));
}

TEST_CASE("a wait that ends otherwise is not a timeout") {
  CHECK_FALSE(
      times_out_needlessly({requested, wait, wait_ends("satisfied")}, view_of(established())));
  CHECK_FALSE(times_out_needlessly({requested, wait, wait_ends("cancelled"), finished},
                                   view_of(established())));
}

TEST_CASE("a spent fault excuses a timeout") {
  CHECK_FALSE(times_out_needlessly({requested, wait, wait_ends("timed out")}, excused()));
}

TEST_CASE("a linger is excused by a fault that may hold up the flush, not by another one") {
  View view = excused();
  CHECK(times_out_needlessly({requested, linger_ends}, view));
  view.slots[0].linger_excused = true;
  CHECK_FALSE(times_out_needlessly({requested, linger_ends}, view));
}

TEST_CASE("a fault excuses the connection that it struck, and no other") {
  View view = excused();
  view.slots[2].qpair = 1;
  CHECK(times_out_needlessly({seen(Seen::teardown_requested, 1, 2), wait_ends("timed out", 1, 2)},
                             view));
}

TEST_CASE("timeouts outside a teardown are not judged") {
  CHECK_FALSE(times_out_needlessly({wait, wait_ends("timed out")}, view_of(established())));
  CHECK_FALSE(times_out_needlessly({requested, finished, wait, wait_ends("timed out")},
                                   view_of(established())));
  CHECK_FALSE(times_out_needlessly({seen(Seen::teardown_requested, 1), wait_ends("timed out")},
                                   view_of(established())));
}

TEST_CASE("the antecedent of a needless timeout is a teardown that waits or lingers") {
  NoNeedlessTimeout property;
  property.violated_by(wait, {});
  property.violated_by(requested, {});
  CHECK(property.antecedent == 0);
  property.violated_by(wait, {});
  CHECK(property.antecedent == 1);
}

TEST_CASE("a finished teardown has let go of its id, its QP and its events") {
  CHECK_FALSE(leaves_something(let_go()));
  View id = let_go(), qp = let_go(), event = let_go();
  id.slots[0].id_alive = true;
  qp.slots[0].qp_alive = true;
  event.slots[0].held = EventSet::of(Event::disconnected);
  CHECK(leaves_something(id));
  CHECK(leaves_something(qp));
  CHECK(leaves_something(event));
}

TEST_CASE("events that nobody fetched are not left by a teardown") {
  View view = let_go();
  view.slots[0].queued = EventSet::of(Event::disconnected);
  CHECK_FALSE(leaves_something(view));
}

TEST_CASE("what other qpairs hold is not the teardown's") {
  View view = let_go();
  view.slots[2] = view_of(established()).slots[0];
  view.slots[2].qpair = 1;
  CHECK_FALSE(leaves_something(view, 0));
  CHECK(leaves_something(view, 1));
}

TEST_CASE("a second connection of the qpair is its own too") {
  View view = let_go();
  view.slots[1] = view_of(established()).slots[0];
  CHECK(leaves_something(view));
}

TEST_CASE("nothing is judged to be left before a teardown finishes") {
  NothingLeft property;
  CHECK_FALSE(property.violated_by(requested, view_of(established())));
  CHECK(property.antecedent == 0);
}
