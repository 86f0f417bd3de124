// keeps-time, qp-to-error, answers-arrive, gives-back: what a program promises of time, of its
// QP, of its messages and of its memory.
#include <catch2/catch.hpp>

#include "properties/answers_arrive.hpp"
#include "properties/gives_back.hpp"
#include "properties/keeps_time.hpp"
#include "properties/monitors.hpp"
#include "properties/qp_to_error.hpp"
#include "tests/properties/seen.hpp"

using namespace qpcheck::properties;
using namespace qpcheck::properties::test;
using qpcheck::model::nobody;
using qpcheck::model::Told;

namespace {

Observation at(std::uint64_t ms, Observation observation) {
  observation.at_ms = ms;
  return observation;
}

Observation lasting(std::uint64_t ms, Observation observation, std::uint64_t said_ms = 0) {
  observation.in_ms = ms;
  observation.said_ms = said_ms;
  return observation;
}

Observation with_status(Seen kind, int status, int error = 0) {
  Observation observation = seen(kind);
  observation.status = status;
  observation.error = error;
  return observation;
}

Observation polled(const char* opcode, int status, bool qp_destroyed = false) {
  Observation observation = with_status(Seen::completion, status, qp_destroyed ? 1 : 0);
  observation.text = opcode;
  return observation;
}

const Observation accepted = with_status(Seen::request_accepted, 1), told = with_status(Seen::answer_told, 1),
                  received = polled("receive", 0);

// The qpair that the last of them violates.
std::uint8_t astray(std::initializer_list<Observation> story) {
  AnswersArrive property;
  std::uint8_t found = nobody;
  for (const Observation& each : story) found = property.violated_by(each);
  return found;
}

}  // namespace

TEST_CASE("a wait that times out is counted from when it began") {
  KeepsTime property;
  const WaitLedger ledger;
  CHECK_FALSE(property.violated_by(at(50, lasting(100, wait_for(Event::disconnected))), ledger));
  CHECK(property.antecedent == 1);
  CHECK(property.waits[0].left_ms(149) == 1);
  CHECK(property.violated_by(at(149, wait_ends("timed out")), ledger));
  property.violated_by(at(50, lasting(100, wait_for(Event::disconnected))), ledger);
  CHECK_FALSE(property.violated_by(at(150, wait_ends("timed out")), ledger));
  property.violated_by(at(50, lasting(100, wait_for(Event::disconnected))), ledger);
  CHECK_FALSE(property.violated_by(at(60, wait_ends("satisfied")), ledger));
}

TEST_CASE("a linger is counted by itself, and one that was not begun is nothing") {
  KeepsTime property;
  const WaitLedger ledger;
  property.violated_by(at(0, lasting(100, wait_for(Event::disconnected))), ledger);
  property.violated_by(at(90, lasting(50, seen(Seen::linger_begins))), ledger);
  CHECK(property.violated_by(at(139, seen(Seen::linger_timed_out)), ledger));
  CHECK_FALSE(property.violated_by(at(139, seen(Seen::linger_timed_out)), ledger));
  CHECK_FALSE(property.violated_by(at(139, wait_ends("timed out")), ledger));
}

TEST_CASE("a wait is as long as its option says, where that is known") {
  KeepsTime property;
  const WaitLedger ledger;
  CHECK(property.violated_by(lasting(900, wait_for(Event::disconnected), 1000), ledger));
  CHECK(property.violated_by(lasting(1000, seen(Seen::linger_begins), 900), ledger));
  CHECK_FALSE(property.violated_by(lasting(1000, wait_for(Event::disconnected), 1000), ledger));
  CHECK_FALSE(property.violated_by(lasting(1000, wait_for(Event::disconnected), 0), ledger));
}

TEST_CASE("time does not pass while what is awaited is there, unless it is delayed") {
  Monitors monitors;
  View view = view_of(established());
  view.faults_left[qpcheck::model::Fault::kill] = 1;
  const auto passes = [&] {
    return monitors.see(seen(Seen::time_passes, nobody, nobody), [&] { return view; }).has(Property::keeps_time);
  };
  CHECK_FALSE(passes());
  monitors.see(wait_for(Event::disconnected), [&] { return view; });
  CHECK_FALSE(passes());
  view.slots[0].queued = EventSet::of(Event::disconnected);
  CHECK(passes());
  CHECK(monitors.why(Property::keeps_time, seen(Seen::time_passes, nobody, nobody), view)
            .text.starts_with("time passes"));
  view.slots[0].delayed = true;
  CHECK_FALSE(passes());
  view.slots[0] = view_of(established()).slots[0];
  view.slots[0].held = EventSet::of(Event::disconnected);
  CHECK(passes());
}

TEST_CASE("a QP that still sends when the end of its connection was handled violates qp-to-error") {
  QpToError property;
  View view = view_of(established());
  view.slots[0].established = true;
  CHECK(property.violated_by(step_ends(), view) == nobody);
  CHECK(property.antecedent == 0);
  view.slots[0].connection.host() = {qpcheck::model::Ib::dreq_rcvd, qpcheck::model::Cma::disconnect};
  CHECK(property.violated_by(step_ends(), view) == 0);
  CHECK(property.antecedent == 1);
  const auto harmless = [&](auto change) {
    View other = view;
    change(other.slots[0]);
    return property.violated_by(step_ends(), other) == nobody;
  };
  CHECK(harmless([](auto& slot) { slot.qp_error = true; }));
  CHECK(harmless([](auto& slot) { slot.qp_alive = false; }));
  CHECK(harmless([](auto& slot) { slot.linger_excused = true; }));
  CHECK(harmless([](auto& slot) { slot.established = false; }));
  CHECK(harmless([](auto& slot) { slot.held = EventSet::of(Event::disconnected); }));
  CHECK(harmless([](auto& slot) { slot.queued = EventSet::of(Event::rejected); }));
  CHECK(harmless([](auto& slot) { slot.connection.host().ib = qpcheck::model::Ib::dreq_sent; }));
  CHECK(property.violated_by(called("rdma_disconnect"), view) == nobody);
}

TEST_CASE("an answer is told once, of a message that was accepted, by a receive that succeeded") {
  CHECK(astray({accepted, received, told}) == nobody);
  CHECK(astray({accepted, received, told, step_ends()}) == nobody);
  CHECK(astray({accepted, received, told, received, told}) == 0);  // twice
  CHECK(astray({accepted, told}) == 0);
  CHECK(astray({received, told}) == 0);
  CHECK(astray({accepted, received, with_status(Seen::answer_told, 2)}) == 0);
  CHECK(astray({accepted, received, with_status(Seen::answer_told, 255)}) == 0);
  CHECK(astray({accepted, with_status(Seen::request_completed, 1, static_cast<int>(Told::failure)), received, told}) ==
        0);
}

TEST_CASE("an answer that is polled is told in the same step, unless its QP is destroyed") {
  CHECK(astray({accepted, received, step_ends()}) == 0);
  CHECK(astray({accepted, polled("receive", 5), step_ends()}) == nobody);
  CHECK(astray({accepted, polled("send", 0), step_ends()}) == nobody);
  CHECK(astray({accepted, polled("receive", 0, true), step_ends()}) == nobody);
}

TEST_CASE("a message that the program itself stops violates answers-arrive, which says why") {
  Observation stopped = seen(Seen::message_stopped);
  stopped.status = static_cast<std::int32_t>(qpcheck::model::Stopped::lies_in_receive);
  CHECK(astray({accepted, stopped}) == 0);
  CHECK(AnswersArrive::why(stopped).starts_with("a message is sent from the memory of a posted receive"));
}

TEST_CASE("a wait does not time out once what it is for was handled") {
  const auto times_out = [](const Observation& handled) {
    Monitors monitors;
    Observation end = at(100, seen(Seen::wait_ends));
    end.text = "timed out";
    const auto breaks = [&](const Observation& each) {
      return monitors.see(each, [] { return View{}; }).has(Property::keeps_time);
    };
    breaks(at(0, lasting(100, wait_for(Event::disconnected))));
    CHECK_FALSE(breaks(handled));
    return breaks(end);
  };
  CHECK(times_out(of_event(Seen::event_handled, Event::disconnected)));
  CHECK_FALSE(times_out(of_event(Seen::event_handled, Event::established)));
  CHECK_FALSE(times_out(of_event(Seen::event_handled, Event::disconnected, 2)));  // of another id
  CHECK_FALSE(times_out(of_event(Seen::event_fetched, Event::disconnected)));
}

TEST_CASE("a program that is connected again holds no more memory than the first time") {
  GivesBack property;
  CHECK_FALSE(property.violated_by(with_status(Seen::all_connected, 12)));
  CHECK(property.antecedent == 0);
  CHECK_FALSE(property.violated_by(with_status(Seen::all_connected, 11)));
  CHECK_FALSE(property.violated_by(with_status(Seen::all_connected, 12)));
  CHECK(property.antecedent == 1);
  CHECK(property.violated_by(with_status(Seen::all_connected, 14)));
  CHECK(property.more == 2);
}
