// The small automata, and all of them together as a world carries them along.
#include "properties/monitors.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;
using qpcheck::model::Life;

namespace {

Observation moves(Life from, Life to) {
  Observation observation = seen(Seen::life);
  observation.status = static_cast<int>(from);
  observation.error = static_cast<int>(to);
  return observation;
}

Observation misuse() {
  Observation observation = seen(Seen::misuse);
  observation.text = "a call on an rdma_cm_id that is destroyed or was never created";
  return observation;
}

std::vector<std::uint8_t> description_of(const Monitors& monitors) {
  std::uint8_t out[256];
  return {out, out + monitors.describe(out, 0)};
}

// The properties that the last observation of the story violates.
struct Judged {
  Monitors monitors;
  PropertySet violated;
  Observation last;
  View view;

  Judged(std::initializer_list<Observation> story, const View& of_world) : view(of_world) {
    for (const Observation& each : story) {
      violated = monitors.see(each, [this] { return view; });
      last = each;
    }
  }
  bool only(Property property) const {
    return violated.bits == 1u << static_cast<unsigned>(property);
  }
  std::string why(Property property) const {
    const Reason reason = monitors.why(property, last, view);
    return (reason.qpair == qpcheck::model::nobody ? "" : "qp" + std::to_string(reason.qpair) + ": ") + reason.text;
  }
};

}  // namespace

TEST_CASE("a misuse violates legal-calls, and a call is its antecedent") {
  LegalCalls property;
  CHECK_FALSE(property.violated_by(step_ends()));
  CHECK(property.antecedent == 0);
  CHECK_FALSE(property.violated_by(called("rdma_disconnect")));
  CHECK(property.antecedent == 1);
  CHECK(property.violated_by(misuse()));
}

TEST_CASE("a move that the table declares holds, any other violates life-cycle") {
  LifeCycle property;
  CHECK_FALSE(property.violated_by(moves(Life::connected, Life::disconnecting)));
  CHECK(property.violated_by(moves(Life::connecting, Life::disconnecting)));
  CHECK(property.violated_by(moves(Life::connected, Life::connected)));
  CHECK(property.antecedent == 1);
}

TEST_CASE("a wait is in the ledger from its beginning to its end") {
  WaitLedger ledger;
  ledger.see(wait_for(Event::disconnected, 1, 2));
  CHECK(ledger.waits[1].slot == 2);
  CHECK(ledger.waits[1].events.has(Event::disconnected));
  CHECK(ledger.waits[0].slot == qpcheck::model::nobody);
  ledger.see(wait_ends("cancelled", 1, 2));
  CHECK(ledger.waits[1].slot == qpcheck::model::nobody);
}

TEST_CASE("every property has a name of its own, by which it is found") {
  std::set<std::string_view> names;
  for (const PropertyInfo& each : property_infos) {
    CHECK(property_named(each.name) == each.id);
    CHECK(name(each.id) == each.name);
    names.insert(each.name);
  }
  CHECK(names.size() == property_count);
  CHECK_FALSE(property_named("no such property").has_value());
}

TEST_CASE("a violation is reported for its property alone, with its reason") {
  const View up = view_of(established());
  CHECK(Judged({called("rdma_disconnect")}, up).violated.empty());
  const Judged misused({misuse()}, up);
  CHECK(misused.only(Property::legal_calls));
  CHECK(misused.why(Property::legal_calls) ==
        "a call on an rdma_cm_id that is destroyed or was never created");
  const Judged moved({moves(Life::connecting, Life::disconnecting)}, up);
  CHECK(moved.only(Property::life_cycle));
  CHECK(moved.why(Property::life_cycle) ==
        "qp0: moved from connecting to disconnecting, which its table does not declare");
  const Judged left({seen(Seen::teardown_finished)}, up);
  CHECK(left.only(Property::nothing_left));
  CHECK(left.why(Property::nothing_left) ==
        "qp0: the teardown has finished, but its rdma_cm_id, its QP or a fetched event of it is "
        "left");
}

TEST_CASE("the reasons of waits and timeouts name the qpair and the place") {
  View up = view_of(established());
  up.faults_left[qpcheck::model::Fault::kill] = 1;  // so that a wait is possible
  const Judged twice({wait_for(Event::disconnected), wait_for(Event::disconnected)}, up);
  CHECK(twice.only(Property::awaited_once));
  CHECK(twice.why(Property::awaited_once) ==
        "qp0: the program waits for the disconnection of the same connection a second time (armed "
        "at \"disconnect\")");
  const Judged late({seen(Seen::teardown_requested), wait_for(Event::disconnected), wait_ends("timed out")}, up);
  CHECK(late.only(Property::no_needless_timeout));
  CHECK(late.why(Property::no_needless_timeout) ==
        "qp0: a deadline of the teardown expired, and no spent fault excuses it");
  const Judged impossible({wait_for(Event::disconnected)}, view_of(established()));
  CHECK(impossible.only(Property::possible_wait));
  CHECK(impossible.why(Property::possible_wait).substr(0, 55) ==
        "qp0: nothing can satisfy the wait for DISCONNECTED: non");
}

TEST_CASE("the reason of a flag says on which side it is wrong") {
  View over = view_of(established());
  over.slots[0].connection.host() = {qpcheck::model::Ib::timewait, qpcheck::model::Cma::disconnect};
  const Judged set({flag(true), step_ends()}, over);
  CHECK(set.only(Property::flag_agrees));
  CHECK(set.why(Property::flag_agrees) ==
        "qp0: `connected` is set although the CM says the opposite and no event is on its way that "
        "would mend it");
}

TEST_CASE("antecedents are the properties that had something to judge") {
  const Judged waited({wait_for(Event::disconnected)}, view_of(established()));
  const PropertySet antecedents = waited.monitors.antecedents();
  CHECK(antecedents.has(Property::awaited_once));
  CHECK(antecedents.has(Property::possible_wait));
  CHECK_FALSE(antecedents.has(Property::no_needless_timeout));
  CHECK_FALSE(antecedents.has(Property::legal_calls));
  const Judged requested({called("rdma_disconnect"), seen(Seen::teardown_requested)},
                         view_of(established()));
  CHECK(requested.monitors.antecedents().has(Property::finishes));
  CHECK(requested.monitors.antecedents().has(Property::no_crash));
}

TEST_CASE("all that decides a verdict to come is in the monitors' description") {
  const View up = view_of(established());
  std::set<std::vector<std::uint8_t>> descriptions{description_of(Monitors{})};
  const auto is_new = [&](std::initializer_list<Observation> story) {
    return descriptions.insert(description_of(Judged(story, up).monitors)).second;
  };
  CHECK(is_new({wait_for(Event::disconnected)}));
  CHECK(is_new({wait_for(Event::established)}));
  CHECK(is_new({wait_for(Event::addr_resolved)}));
  CHECK(is_new({wait_for(Event::route_resolved)}));
  CHECK(is_new({wait_for(Event::disconnected, 0, 1)}));
  CHECK(is_new({wait_for(Event::disconnected), wait_ends("cancelled")}));
  CHECK(is_new({of_event(Seen::event_handled, Event::disconnected)}));
  CHECK(is_new({flag(true)}));
  CHECK(is_new({flag(true, 2)}));
  CHECK(is_new({seen(Seen::teardown_requested)}));
  CHECK_FALSE(is_new({called("rdma_disconnect")}));  // an antecedent decides nothing
  CHECK_FALSE(is_new({seen(Seen::teardown_requested), seen(Seen::teardown_finished)}));
  CHECK_FALSE(
      is_new({wait_for(Event::disconnected), wait_ends("satisfied"), called("rdma_destroy_id")}));
}
