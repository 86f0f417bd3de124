#include "properties/flag_agrees.hpp"

#include <catch2/catch.hpp>

#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;
using namespace qpcheck::model;

namespace {

// The flag and the CM at the end of a step.
bool disagree(bool connected, const View& view) {
  FlagAgrees property;
  property.violated_by(flag(connected), view);
  return property.violated_by(step_ends(), view) == 0;
}

View in_state(Ib ib, Cma cma = Cma::connect) {
  View view = view_of(established());
  view.slots[0].connection.host() = {ib, cma};
  view.slots[0].established = true;
  return view;
}

}  // namespace

TEST_CASE("a set flag agrees with an established connection") {
  CHECK_FALSE(disagree(true, in_state(Ib::established)));
}

TEST_CASE("an own disconnect without an answer leaves the flag set, rightly") {
  CHECK_FALSE(disagree(true, in_state(Ib::dreq_sent)));
}

TEST_CASE("a set flag disagrees with a connection that is gone and of which no news is left") {
  for (const Ib ib : {Ib::dreq_rcvd, Ib::timewait, Ib::ended, Ib::gone}) {
    INFO(name(ib));
    CHECK(disagree(true, in_state(ib, Cma::disconnect)));
  }
}

TEST_CASE("news that is queued or held excuses the flag for now") {
  for (const Event event : {Event::disconnected, Event::rejected, Event::device_removal}) {
    View queued = in_state(Ib::timewait, Cma::disconnect), held = queued;
    queued.slots[0].queued = held.slots[0].held = EventSet::of(event);
    CHECK_FALSE(disagree(true, queued));
    CHECK_FALSE(disagree(true, held));
  }
  View other = in_state(Ib::timewait, Cma::disconnect);
  other.slots[0].queued = EventSet::of(Event::timewait_exit);
  CHECK(disagree(true, other));
}

TEST_CASE("a clear flag disagrees with a connection that the program knows to be established") {
  CHECK(disagree(false, in_state(Ib::established)));
}

TEST_CASE("a clear flag agrees until the program has acknowledged ESTABLISHED") {
  View view = in_state(Ib::established);
  view.slots[0].established = false;
  CHECK_FALSE(disagree(false, view));
}

TEST_CASE("a clear flag agrees with every state but established") {
  for (const Ib ib : {Ib::idle, Ib::req_sent, Ib::mra_rep_sent, Ib::dreq_sent, Ib::dreq_rcvd,
                      Ib::timewait, Ib::ended, Ib::gone})
    CHECK_FALSE(disagree(false, in_state(ib)));
}

TEST_CASE("a flag without an rdma_cm_id is clear") {
  View view = in_state(Ib::gone);
  view.slots[0].id_alive = false;
  CHECK(disagree(true, view));
  CHECK_FALSE(disagree(false, view));
}

TEST_CASE("the second connection of a qpair counts when the first is destroyed") {
  View view = in_state(Ib::gone);
  view.slots[0].id_alive = false;
  view.slots[1] = in_state(Ib::established).slots[0];
  CHECK_FALSE(disagree(true, view));
  CHECK(disagree(false, view));
}

TEST_CASE("flags are looked at between steps only") {
  FlagAgrees property;
  const View view = in_state(Ib::timewait, Cma::disconnect);
  CHECK(property.violated_by(flag(true), view) == nobody);
  CHECK(property.violated_by(called("rdma_disconnect"), view) == nobody);
  CHECK(property.violated_by(flag(false), view) == nobody);
  CHECK(property.violated_by(step_ends(), view) == nobody);
}

TEST_CASE("the qpair whose flag disagrees is named") {
  FlagAgrees property;
  View view = in_state(Ib::established);
  view.slots[4] = in_state(Ib::timewait, Cma::disconnect).slots[0];
  view.slots[4].qpair = 2;
  property.violated_by(flag(true, 0), view);
  property.violated_by(flag(true, 2), view);
  CHECK(property.violated_by(step_ends(), view) == 2);
}

TEST_CASE("its antecedent is that a flag was set") {
  FlagAgrees property;
  property.violated_by(flag(false), {});
  CHECK(property.antecedent == 0);
  property.violated_by(flag(true), {});
  CHECK(property.antecedent == 1);
}
