// The faults by hand: where each is offered, that it is spent, whom it excuses. What
// each does: target_faults_test.cpp, network_faults_test.cpp, and the rest here.
#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::FaultInfo;
using qpcheck::model::fault_infos;

namespace {

using Names = std::vector<std::string>;

void until_request_arrived(Connecting& bench) {
  bench.until_requested();
  bench.take("deliver REQ id0 at target");
}

void until_two_datagrams(Connecting& bench) {
  bench.until_rtu();
  bench.disconnect();
}

void until_two_events(Connecting& bench) {
  bench.until_established();
  bench.disconnect();
  for (const char* const step :
       {"deliver DREQ id0 at target", "target closes id0", "deliver DREP id0", "end timewait id0"})
    bench.take(step);
}

// Where a fault is offered, and in which words.
struct Place {
  Fault fault;
  void (*reach)(Connecting&);
  Names choices;
};
const Place places[] = {
    {Fault::kill, [](Connecting& b) { b.until_established(); }, {"kill target", "kill target 2"}},
    {Fault::hang, [](Connecting& b) { b.until_established(); }, {"stop target", "stop target 2"}},
    {Fault::power, [](Connecting& b) { b.until_established(); }, {"power off target", "power off target 2"}},
    {Fault::reboot, [](Connecting& b) { b.until_established(); }, {"reboot target", "reboot target 2"}},
    {Fault::drop, [](Connecting& b) { b.until_requested(); }, {"drop REQ id0 at target"}},
    {Fault::delay, [](Connecting& b) { b.until_requested(); }, {"delay id0"}},
    {Fault::reorder, until_two_datagrams, {"reorder RTU id0 at target"}},
    {Fault::remove, [](Connecting& b) { b.until_established(); }, {"remove device"}},
    {Fault::neighbour,
     [](Connecting& b) { b.until_established(); },
     {"change neighbour id0", "fail bond over id0", "lose neighbour id0"}},
    {Fault::refuse, until_request_arrived, {"target refuses id0"}},
    {Fault::stale, [](Connecting& b) { b.until_requested(); }, {"remember stale id0"}},
    {Fault::enomem, [](Connecting&) {}, {"fail next call: ENOMEM"}},
    {Fault::eio, [](Connecting&) {}, {"fail next call: EIO"}},
    {Fault::peer_disconnect, [](Connecting& b) { b.until_established(); }, {"target disconnects id0"}},
    {Fault::lose_event, [](Connecting& b) { b.until_responded(); }, {"lose CONNECT_RESPONSE id0"}},
    {Fault::duplicate_event, [](Connecting& b) { b.until_responded(); }, {"double CONNECT_RESPONSE id0"}},
    {Fault::reorder_in_id, until_two_events, {"swap events id0"}},
    {Fault::unknown_event, [](Connecting&) {}, {"unknown event id0"}},
};

Names offered_faults() {
  EnvChoices choices;
  list(kernel(), choices);
  Names names;
  for (const EnvChoice choice : choices)
    if (choice.kind == EnvKind::fault) names.push_back(name(kernel(), choice));
  return names;
}

MachineSettings with_joker() {
  MachineSettings settings;
  settings.faults.any = 1;
  return settings;
}

}  // namespace

TEST_CASE("every fault is offered where it can strike, once for each unit of its budget") {
  for (const FaultInfo& info : fault_infos) {
    INFO(info.name);
    const Place& place = places[static_cast<std::size_t>(info.fault)];
    REQUIRE(place.fault == info.fault);
    for (const std::string& choice : place.choices) {
      Connecting bench(with({info.fault}));
      place.reach(bench);
      CHECK(offered_faults() == place.choices);
      bench.take(choice);
      CHECK(kernel().shared.faults_left.empty());
      CHECK(offered_faults().empty());
    }
  }
}

TEST_CASE("without a budget no fault is offered anywhere") {
  for (const Place& place : places) {
    Connecting bench;
    place.reach(bench);
    CHECK(offered_faults().empty());
  }
}

TEST_CASE("a fault excuses what its row says: nothing, its connection, those of its target, all on the device") {
  using qpcheck::model::Excuses;
  for (const Place& place : places) {
    const FaultInfo& info = qpcheck::model::info(place.fault);
    INFO(info.name);
    Connecting bench(with({info.fault}));
    Program same_target = bench.app, other_target = bench.app;
    place.reach(bench);
    bench.run([&] { same_target.create_id(), same_target.resolve_address(0); });
    bench.run([&] { other_target.create_id(), other_target.resolve_address(1); });
    bench.take(place.choices[0]);
    const bool by_call = info.fault == Fault::enomem || info.fault == Fault::eio;  // the call that fails excuses
    const bool survived =
        info.fault == Fault::neighbour;  // its first choice; what the lost way back excuses: network_faults_test
    CHECK(bench.slot(0).excused == (info.excuses != Excuses::nothing && !by_call && !survived));
    CHECK(bench.slot(1).excused == (info.excuses == Excuses::target || info.excuses == Excuses::device));
    CHECK(bench.slot(2).excused == (info.excuses == Excuses::device));
    CHECK(kernel().view().slots[0].excused == (bench.slot(0).excused != 0));
  }
}

TEST_CASE("a joker stands for any fault within the contract, once, and for none beyond it") {
  for (const Place& place : places) {
    const FaultInfo& info = qpcheck::model::info(place.fault);
    INFO(info.name);
    Connecting bench(with_joker());
    place.reach(bench);
    for (const std::string& choice : place.choices) CHECK(bench.offers(choice) == info.within_contract);
    if (!info.within_contract) continue;
    bench.take(place.choices[0]);
    CHECK(kernel().shared.faults_left.any == 0);
    CHECK(offered_faults().empty());
  }
}

TEST_CASE("a fault's own budget is spent before the joker") {
  MachineSettings settings = with({Fault::kill});
  settings.faults.any = 1;
  const Bench bench(settings);
  Connecting connecting(settings);
  connecting.take("kill target");
  CHECK_FALSE(kernel().shared.faults_left.empty());
  CHECK(kernel().shared.faults_left.any == 1);
  connecting.take("kill target 2");
  CHECK(kernel().shared.faults_left.empty());
}

TEST_CASE("what a network of datagrams may do is not offered on iWARP, whatever the budget") {
  const auto ib_only = {Fault::drop, Fault::reorder, Fault::stale};
  Connecting bench(with(ib_only, qpcheck::model::Transport::iw));
  bench.until_requested();
  bench.run([&] { bench.app.create_id(), bench.app.resolve_address(); });
  CHECK(offered_faults().empty());
}

TEST_CASE("a lost event is gone, and the one behind it comes") {
  Connecting bench(with({Fault::lose_event}));
  until_two_events(bench);
  bench.take("lose DISCONNECTED id0");
  CHECK(bench.next() == told(Event::timewait_exit));
  CHECK(bench.next() == nothing);
}

TEST_CASE("a doubled event comes twice, and its copy last") {
  Connecting bench(with({Fault::duplicate_event}));
  until_two_events(bench);
  bench.take("double DISCONNECTED id0");
  for (const Event event : {Event::disconnected, Event::timewait_exit, Event::disconnected})
    CHECK(bench.next() == told(event));
  CHECK(bench.next() == nothing);
}

TEST_CASE("two events of an id change places, those of other ids between them stay") {
  Connecting bench(with({Fault::reorder_in_id}));
  Program second = bench.app;
  until_two_events(bench);
  bench.run([&] { second.create_id(), second.resolve_address(); });
  bench.take("resolve id1");
  CHECK_FALSE(bench.offers("swap events id1"));  // it has one only
  bench.take("swap events id0");
  for (const Event event : {Event::timewait_exit, Event::disconnected, Event::addr_resolved})
    CHECK(bench.next() == told(event));
}

TEST_CASE("an event with a number that nobody knows is fetched and acknowledged like any other") {
  Connecting bench(with({Fault::unknown_event}));
  bench.take("unknown event id0");
  std::string text;
  int number = 0;
  bench.run([&] {
    bench.app.fetch();
    number = bench.app.held->event;
    text = rdma_event_str(bench.app.held->event);
    rdma_ack_cm_event(bench.app.held);
  });
  CHECK(number > RDMA_CM_EVENT_TIMEWAIT_EXIT);
  CHECK(text == "UNKNOWN EVENT");
  CHECK(bench.slot().held == 0);
}

TEST_CASE("however many events faults put into the channel, there is room for those that come by themselves") {
  MachineSettings settings = with_many(Fault::unknown_event, 99);
  settings.faults[Fault::remove] = settings.faults[Fault::peer_disconnect] = 1;
  Connecting bench(settings);
  bench.until_established();
  while (bench.offers("unknown event id0")) bench.take("unknown event id0");
  CHECK(kernel().shared.queued > 10);
  bench.take("target disconnects id0");
  bench.take("deliver DREQ id0");
  bench.disconnect();
  bench.take("end timewait id0");
  bench.take("remove device");
  CHECK(kernel().shared.queued <= max_queued);
}

TEST_CASE("a destroyed id is told nothing any more, not even an unknown event") {
  Connecting bench(with({Fault::unknown_event, Fault::neighbour}));
  bench.until_established();
  bench.run([&] { bench.app.close(); });
  REQUIRE(bench.slot().in_use == 1);
  CHECK(offered_faults().empty());
}

TEST_CASE("an event for which the kernel has no memory is lost when it is raised, and its connection is excused") {
  Connecting bench(with({Fault::enomem}));
  until_two_events(bench);
  CHECK(offered_faults() == Names{"fail next call: ENOMEM", "no memory for TIMEWAIT_EXIT id0"});
  bench.take("no memory for TIMEWAIT_EXIT id0");
  CHECK(bench.slot().excused == 1);
  CHECK(kernel().shared.faults_left.empty());
  CHECK(kernel().shared.fail_next == 0);
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.next() == nothing);
}

TEST_CASE("no memory for DISCONNECTED: the channel stays empty, and TIMEWAIT_EXIT comes without it") {
  Connecting bench(with({Fault::enomem, Fault::peer_disconnect}));
  bench.until_established();
  bench.take("target disconnects id0");
  CHECK_FALSE(bench.offers("no memory for DISCONNECTED id0"));
  bench.take("deliver DREQ id0");
  bench.take("no memory for DISCONNECTED id0");
  CHECK(bench.next() == nothing);
  CHECK(bench.disconnect() == 0);
  bench.take("end timewait id0");
  CHECK(bench.next() == told(Event::timewait_exit));
}
