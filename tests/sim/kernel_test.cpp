// The kernel as a value: what the environment may do, in which words, and what a
// description of it covers.
#include <array>
#include <iterator>
#include <set>

#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
namespace model = qpcheck::model;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes description_of(const Kernel& described) {
  std::array<std::uint8_t, 4096> out{};
  const std::size_t size = described.describe(out);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

Bytes description() { return description_of(kernel()); }

// Each changes one place of a kernel that has something everywhere.
constexpr void (*changes[])(Shared&) = {
    [](Shared& s) { s.slots[0].connection.host().ib = model::Ib::timewait; },
    [](Shared& s) { s.slots[0].connection.host().cma = model::Cma::destroying; },
    [](Shared& s) { s.slots[0].connection.target().ib = model::Ib::gone; },
    [](Shared& s) { s.slots[0].connection.target().cma = model::Cma::destroying; },
    [](Shared& s) { s.slots[0].connection.to[0].datagrams[0] = model::Datagram::drep; },
    [](Shared& s) { s.slots[0].connection.to[0].reasons[0] = 1; },
    [](Shared& s) { s.slots[0].connection.to[1].datagrams[0] = model::Datagram::drep; },
    [](Shared& s) { s.slots[0].connection.to[1].pop(); },
    [](Shared& s) { s.slots[0].connection.app = model::TargetApp::closed; },
    [](Shared& s) { s.slots[0].connection.target_listens = false; },
    [](Shared& s) { s.slots[0].id_alive = 0; },
    [](Shared& s) { s.slots[0].target = 1; },
    [](Shared& s) { s.slots[0].connect_error = 1; },
    [](Shared& s) { s.slots[0].established = 0; },
    [](Shared& s) { s.slots[0].excused = 1; },
    [](Shared& s) { s.slots[0].linger_excused = 1; },
    [](Shared& s) { s.slots[0].qp = QpState::error; },
    [](Shared& s) { s.slots[0].send_cq = 1; },
    [](Shared& s) { s.slots[0].receive_cq = 1; },
    [](Shared& s) { s.slots[0].sends = 1; },
    [](Shared& s) { s.slots[0].receives = 1; },
    [](Shared& s) { s.slots[0].held = 1; },
    [](Shared& s) { s.slots[0].answer = Answer::late; },
    [](Shared& s) { s.slots[0].connection.nothing_returns = true; },
    [](Shared& s) { s.slots[0].timer_left_ms = 1; },
    [](Shared& s) { s.slots[3].in_use = 1; },
    [](Shared& s) { s.queue[0].slot = 1; },
    [](Shared& s) { s.queue[0].event = Event::rejected; },
    [](Shared& s) { s.queue[0].status = 28; },
    [](Shared& s) { s.queued = 0; },
    [](Shared& s) { s.completions[0].slot = 1; },
    [](Shared& s) { s.completions[0].status = IBV_WC_WR_FLUSH_ERR; },
    [](Shared& s) { s.completions[0].wr_id = 8; },
    [](Shared& s) { s.completions[0].wr_id |= std::uint64_t{1} << 63; },
    [](Shared& s) { s.completions[0].cq = 1; },
    [](Shared& s) { s.completed = 0; },
    [](Shared& s) { s.cq_alive[3] = 1; },
    [](Shared& s) { s.faults_left.of[0] = 0; },
    [](Shared& s) { s.faults_left.any = 1; },
    [](Shared& s) { s.targets[1] = TargetState::hung; },
    [](Shared& s) { s.devices_gone = 1; },
    [](Shared& s) { s.fail_next = ENOMEM; },
    [](Shared& s) { s.slots[0].connection.host().iw = model::Iw::gone; },
    [](Shared& s) { s.slots[0].connection.target().iw = model::Iw::gone; },
    [](Shared& s) { s.slots[0].connection.target_hung = true; },
    [](Shared& s) { s.slots[0].connection.target_off = true; },
    [](Shared& s) { s.slots[0].connection.stale[0] = true; },
    [](Shared& s) { s.slots[0].connection.stale[1] = true; },
    [](Shared& s) { s.slots[0].connection.lost[0] = true; },
    [](Shared& s) { s.slots[0].connection.lost[1] = true; },
    [](Shared& s) { s.slots[0].delayed = 1; },
    [](Shared& s) { s.slots[0].refuses_close = 1; },
    [](Shared& s) { s.slots[0].repeated = 1; },
    [](Shared& s) { s.nonblocking = 0; },
    [](Shared& s) { s.async_used = 1; },
    [](Shared& s) { s.async_used = s.async_nonblocking = 1; },
    [](Shared& s) { s.async_used = s.device_fatal = 1; },
    [](Shared& s) { s.async_used = s.async_held[0] = 1; },
    [](Shared& s) { s.async_used = s.async_queued = 1; },
    [](Shared& s) { s.async_used = s.async_queued = s.async[0].slot = 1; },
    [](Shared& s) { s.async_used = s.async_queued = s.async[0].type = 1; },
};

struct TwoIds : Connecting {
  explicit TwoIds(const MachineSettings& settings = {}) : Connecting(settings), second(app) {
    run([&] { second.create_id(); });
  }
  Program second;
};

std::uint8_t number_of(const void* context) { return *static_cast<const std::uint8_t*>(context); }

}  // namespace

TEST_CASE("a machine boots with its targets alive, its budget, and nothing else") {
  const Bench bench(both_faults);
  CHECK(kernel().shared.faults_left == both_faults.faults);
  CHECK(bench.offered() == std::vector<std::string>{"kill target", "kill target 2"});
  CHECK(kernel().next_timer_ms() == no_timer);
  CHECK(kernel().handles.now_ms == 0);
}

TEST_CASE("fair choices have labels of their own, unfair ones have none") {
  boot({}, nullptr);
  std::set<std::uint8_t> labels;
  for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(EnvKind::fault); ++kind)
    for (std::uint8_t slot = 0; slot < max_slots; ++slot) {
      kernel().shared.slots[slot].timer_left_ms = 0;
      kernel().shared.slots[slot].sends = kernel().shared.slots[slot].receives = 1;
      const EnvChoice choice{static_cast<EnvKind>(kind), slot, {}, 0};
      const std::uint8_t label = fair_label(kernel(), choice);
      CHECK((label != 0) == (kind < static_cast<std::uint8_t>(EnvKind::timewait_over)));
      CHECK(label <= 54);
      if (label != 0) CHECK((label - 1) % max_slots == slot);
      labels.insert(label);
    }
  CHECK(labels.size() == 55);
}

TEST_CASE("giving up a retransmission is an option before it must come, and flushing one of a removed device") {
  boot({}, nullptr);
  kernel().shared.slots[0].timer_left_ms = 1;
  kernel().shared.slots[0].receives = 1;
  CHECK(fair_label(kernel(), {EnvKind::retries_exhausted, 0, {}, 0}) == 0);
  CHECK(fair_label(kernel(), {EnvKind::flush_receive, 0, {}, 0}) != 0);
  kernel().shared.devices_gone = 1;
  CHECK(fair_label(kernel(), {EnvKind::flush_receive, 0, {}, 0}) == 0);
}

TEST_CASE("the two queues of a QP are flushed by labels of their own") {
  boot({}, nullptr);
  kernel().shared.slots[0].sends = kernel().shared.slots[0].receives = 1;
  CHECK(fair_label(kernel(), {EnvKind::flush_send, 0, {}, 0}) !=
        fair_label(kernel(), {EnvKind::flush_receive, 0, {}, 0}));
}

TEST_CASE("no two choices of a state have the same name") {
  TwoIds bench(both_faults);
  bench.until_established();
  bench.run([&] { bench.second.resolve_address(1); });
  bench.disconnect();
  bench.take("target disconnects id0");
  const auto names = bench.offered();
  CHECK(names.size() >= 4);
  CHECK(std::set(names.begin(), names.end()).size() == names.size());
}

TEST_CASE("a connection of a known qpair has the qpair's slot, and its second one the next") {
  boot({}, &number_of);
  const std::uint8_t two = 2;
  const auto create = [&] {
    rdma_event_channel* const channel = kernel().handles.channel;
    rdma_cm_id* id = nullptr;
    rdma_create_id(channel, &id, const_cast<std::uint8_t*>(&two), RDMA_PS_TCP);
  };
  rdma_create_event_channel();
  create();
  create();
  CHECK(kernel().shared.slots[4].in_use == 1);
  CHECK(kernel().shared.slots[5].in_use == 1);
  CHECK(kernel().shared.slots[5].qpair == 2);
  CHECK(slot_name(4, 2) == "qp2");
  CHECK(slot_name(5, 2) == "qp2.2");
  CHECK(slot_name(3, model::nobody) == "id3");
  CHECK(any_qpair(5, 2) == "qpair");
  CHECK(any_qpair(3, model::nobody) == "id3");
}

TEST_CASE("a view tells what is queued and what is held") {
  TwoIds bench(one_kill);
  bench.until_established();
  bench.take("kill target");
  bench.take("deliver DREQ id0");
  CHECK(kernel().view().slots[0].queued == model::EventSet::of(Event::disconnected));
  CHECK(kernel().view().slots[1].queued.empty());
  bench.run([&] { bench.app.fetch(); });
  CHECK(kernel().view().slots[0].queued.empty());
  CHECK(kernel().view().slots[0].held == model::EventSet::of(Event::disconnected));
}

TEST_CASE("every place that decides the future is in the description") {
  Connecting bench(one_kill);
  bench.until_established();
  Kernel whole = kernel();
  for (auto& wire : whole.shared.slots[0].connection.to) wire.push(model::Datagram::dreq, 0);
  whole.queue_event(0, {Event::disconnected, 0});
  whole.push_completion(0, Request{7, 0, 0, no_key, 0}, IBV_WC_SUCCESS, IBV_WC_SEND);
  std::set<Bytes> met{description_of(whole)};
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    INFO("change " << i);
    Kernel changed = whole;
    changes[i](changed.shared);
    CHECK(met.insert(description_of(changed))
              .second);  // differs from the whole, and from every other
  }
}

TEST_CASE("PDs, registered memory, and what a posted request may touch are in the description") {
  Connecting bench;
  bench.until_established();
  ibv_mr mr{};
  Kernel whole = kernel();
  std::array<std::byte, 8> memory{};
  mr.context = bench.app.id->verbs;
  mr.pd = bench.app.id->qp->pd;
  mr.addr = memory.data();
  mr.length = memory.size();
  whole.handles.regions[0] = {&mr, 1};
  whole.shared.slots[0].sends = whole.shared.slots[0].receives = 1;
  whole.handles.sends[0][0] = whole.handles.receives[0][0] = {1, 4, 1, 1, 0};
  std::set<Bytes> met{description_of(whole)};
  const std::vector<void (*)(Kernel&)> others = {
      [](Kernel& k) { k.handles.pds[1] = k.handles.pds[0]; },
      [](Kernel& k) { k.handles.regions[1] = k.handles.regions[0]; },
      [](Kernel& k) { std::swap(k.handles.regions[0], k.handles.regions[1]); },
      [](Kernel& k) { k.handles.regions[0].writable = 0; },
      [](Kernel& k) { k.handles.sends[0][0].message = 0; },
      [](Kernel& k) { k.handles.sends[0][0].key = 7; },
      [](Kernel& k) { k.handles.receives[0][0].key = 7; },
      [](Kernel& k) { k.shared.slots[0].send_pieces = 9; },
      [](Kernel& k) { k.shared.slots[0].receive_pieces = 9; },
      [](Kernel& k) { k.shared.slots[0].most_inline = 9; },
  };
  for (std::size_t i = 0; i < others.size(); ++i) {
    INFO("change " << i);
    Kernel changed = whole;
    others[i](changed);
    CHECK(met.insert(description_of(changed)).second);
  }
}

TEST_CASE("a PD is not taken for a region, nor the second region for the first") {
  Connecting bench;
  bench.until_established();
  ibv_mr mr{};
  mr.context = bench.app.id->verbs;
  Kernel pds = kernel(), first = kernel(), second = kernel();
  pds.handles.pds[1] = pds.handles.pds[0];
  first.handles.regions[0] = second.handles.regions[1] = {&mr, 0};
  CHECK(std::set<Bytes>{description_of(pds), description_of(first), description_of(second)}.size() == 3);
}

TEST_CASE("unused places are not in the description") {
  Connecting bench;
  bench.until_established();
  Kernel other = kernel();
  other.shared.slots[5].connection = other.shared.slots[0].connection;
  other.shared.queue[3] = {1, Event::disconnected, 5};
  other.shared.completions[3].wr_id = 5;
  other.handles.now_ms = 99;
  CHECK(description_of(other) == description());
}

TEST_CASE("every step of connecting shows in the description") {
  Connecting bench(both_faults);
  std::set<Bytes> met{description()};
  const auto is_new = [&] { return met.insert(description()).second; };
  bench.run([&] { bench.app.resolve_address(); });
  CHECK(is_new());
  bench.settle();
  CHECK(is_new());
  bench.next();
  CHECK(is_new());
  bench.run([&] { bench.app.create_qp(); });
  CHECK(is_new());
  bench.run([&] { rdma_resolve_route(bench.app.id, 1); });
  bench.settle();
  bench.run([&] { bench.app.fetch(); });
  CHECK(is_new());
  bench.run([&] { rdma_ack_cm_event(bench.app.held); });
  CHECK(is_new());
  bench.run([&] { rdma_connect(bench.app.id, nullptr); });
  CHECK(is_new());
  kernel().advance(1);
  CHECK(is_new());
}

TEST_CASE("independent steps in either order lead to the same description") {
  const auto after = [](std::initializer_list<const char*> order) {
    TwoIds bench(one_kill);
    bench.run([&] { bench.app.resolve_address(), bench.second.resolve_address(1); });
    for (const char* const choice : order) bench.take(choice);
    while (bench.next() != nothing) {
    }
    return description();
  };
  CHECK(after({"resolve id0", "resolve id1"}) == after({"resolve id1", "resolve id0"}));
  CHECK(after({"resolve id0", "kill target"}) == after({"kill target", "resolve id0"}));
  CHECK(after({"resolve id0", "kill target"}) != after({"resolve id0", "kill target 2"}));
}

TEST_CASE("the order of queued events is part of the description") {
  const auto after = [](const char* first, const char* then) {
    TwoIds bench;
    bench.run([&] { bench.app.resolve_address(), bench.second.resolve_address(1); });
    bench.take(first);
    bench.take(then);
    return description();
  };
  CHECK(after("resolve id0", "resolve id1") != after("resolve id1", "resolve id0"));
}

TEST_CASE("time is relative: a machine without timers does not know how late it is") {
  Connecting bench;
  bench.until_established();
  const Bytes before = description();
  kernel().advance(123456);
  CHECK(description() == before);
  CHECK(kernel().handles.now_ms == 123456);
}

TEST_CASE("time is relative: two connects at different times are described alike") {
  const auto after = [](std::uint64_t before_ms, std::uint64_t since_ms) {
    Connecting bench;
    kernel().advance(before_ms);
    bench.until_requested();
    kernel().advance(since_ms);
    return description();
  };
  CHECK(after(0, 500) == after(7777, 500));
  CHECK(after(0, 500) != after(0, 501));
  CHECK(after(0, Kernel::retries_ms) == after(0, 2 * Kernel::retries_ms));
}

TEST_CASE("a forgotten connection leaves no trace in the description") {
  TwoIds bench;
  const auto without_second = [&] {
    bench.run([&] { rdma_destroy_id(bench.second.id); });
    return description();
  };
  const Bytes before = without_second();
  bench.run([&] { bench.second.create_id(), bench.second.resolve_address(1); });
  bench.settle();
  CHECK(description() != before);
  CHECK(without_second() == before);
  CHECK(kernel().shared.slots[1].in_use == 0);
}
