// The state of a program of its own: times in it count from now, freed memory is missed where
// it is touched, what only grows is named, and its word is not taken for the machine's.
#include <catch2/catch.hpp>

#include <fcntl.h>

#include <utility>

#include "scenario/check.hpp"
#include "scenario/world.hpp"
#include "sim/program.hpp"
#include "sim/sanitizer.hpp"
#include "story/words.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using properties::Property;

namespace {

constexpr std::array<sim::Entry, 1> entry_points = {{{"poll", sim::EntryKind::poll}}};

// Its poll is an event loop's.
struct Polled : sim::Program {
  void start(std::uint64_t) override {}
  std::span<const sim::Entry> entries() const override { return entry_points; }
  bool offers(std::size_t) const override { return true; }
  bool connected() const override { return true; }
  bool going_down() const override { return false; }
};

// A timer that fires every second.
struct Ticks : Polled {
  std::uint64_t deadline_ms() const override { return next_ms; }
  void start(std::uint64_t now_ms) override { next_ms = now_ms + 1000; }
  void enter(std::size_t, std::uint64_t now_ms) override {
    if (now_ms < next_ms) return;
    next_ms = now_ms + 1000;
    tick();
  }
  virtual void tick() {}
  std::uint64_t next_ms = 0;
};

// Its deadline is now, or there is none.
struct Toggles final : Polled {
  void enter(std::size_t, std::uint64_t now_ms) override { next_ms = next_ms == 0 ? now_ms : 0; }
  std::uint64_t next_ms = 0;
};

// When its poll was called last, once.
struct Remembers final : Ticks {
  void tick() override { first_ms = first_ms == 0 ? next_ms : first_ms; }
  std::uint64_t first_ms = 0;
};

struct Counts final : Ticks {
  void tick() override { ++count; }
  std::uint64_t count = 0;
};

// What its context, or the wr_id of a request, points to is freed while an event or a
// completion is still to come.
struct Connects : Polled {
  virtual void* context() { return this; }
  void start(std::uint64_t) override {
    channel = rdma_create_event_channel();
    fcntl(channel->fd, F_SETFL, O_NONBLOCK);
    rdma_create_id(channel, &id, context(), RDMA_PS_TCP);
    sockaddr_in target = sim::target_socket(0);
    rdma_resolve_addr(id, nullptr, reinterpret_cast<sockaddr*>(&target), 1000);
  }
  rdma_event_channel* channel = nullptr;
  rdma_cm_id* id = nullptr;
};

template <bool follows>
struct FreesItsContext final : Connects {
  void* context() override { return owner = new int(7); }
  void enter(std::size_t, std::uint64_t) override {
    delete std::exchange(owner, nullptr);
    rdma_cm_event* event = nullptr;
    if (rdma_get_cm_event(channel, &event) != 0) return;
    const int* const told = static_cast<const int*>(event->id->context);
    if (follows) read = *told;
    else known = told == owner;
    rdma_ack_cm_event(event);
  }
  int* owner = nullptr;
  volatile int read = 0;
  bool known = false;
};

// It is up until its peer disconnects, and then answers, or does nothing.
template <bool answers>
struct HasAPeer : Connects {
  bool connected() const override { return up; }
  void enter(std::size_t, std::uint64_t) override {
    rdma_cm_event* event = nullptr;
    if (rdma_get_cm_event(channel, &event) != 0) return;
    const rdma_cm_event_type type = event->event;
    rdma_ack_cm_event(event);
    if (type == RDMA_CM_EVENT_ADDR_RESOLVED) rdma_resolve_route(id, 1000);
    if (type == RDMA_CM_EVENT_ROUTE_RESOLVED) connect();
    if (type == RDMA_CM_EVENT_ESTABLISHED) established();
    if (type == RDMA_CM_EVENT_DISCONNECTED && answers) rdma_disconnect(id);
  }
  void connect() {
    ibv_qp_init_attr attributes{};
    attributes.cap = {1, 1, 1, 1, 0};
    attributes.qp_type = IBV_QPT_RC;
    rdma_create_qp(id, nullptr, &attributes);
    rdma_connect(id, nullptr);
  }
  virtual void established() { up = true; }
  bool up = false;
};

// As soon as it is connected, a receive is posted and a message sent.
struct PostsAtOnce final : HasAPeer<true> {
  void established() override {
    up = true;
    ibv_recv_wr receive{}, *bad_receive = nullptr;
    ibv_send_wr send{}, *bad_send = nullptr;
    send.opcode = IBV_WR_SEND;
    ibv_post_recv(id->qp, &receive, &bad_receive);
    ibv_post_send(id->qp, &send, &bad_send);
  }
};

// A pointer that is read from freed memory, and followed.
struct FollowsWhatItFreed final : Polled {
  struct Node {
    int* next;
  };
  void enter(std::size_t, std::uint64_t) override {
    Node* const node = new Node{&value};
    Node* volatile kept = node;
    delete node;
    value = *kept->next;
  }
  int value = 0;
};

template <class Program>
constexpr sim::ProgramInfo info_of(const char* name) {
  return {.name = name, .sentence = "", .history = "", .link = "", .make = [](bool) -> sim::Program* {
            return new Program;
          }};
}

CheckResult checked(const sim::ProgramInfo& info) {
  Config config = Config::of(info, false);
  config.from_connecting = true;
  config.properties.remove(Property::finishes);  // no teardown is ever asked for
  return check(config, {}, {});
}

}  // namespace

TEST_CASE("a periodic timer makes a finite graph") {
  static const sim::ProgramInfo info = info_of<Ticks>("ticks");
  const CheckResult result = checked(info);
  CHECK(result.search.complete());
  CHECK(result.search.states < 10);
}

TEST_CASE("a program that means to answer a peer that disconnects does, by a call of its own") {
  const auto checked_with_peer = [](sim::ProgramInfo info) {
    info.reports.answers = true;
    info.faults = model::one(model::Fault::peer_disconnect);
    return check(Config::of(info, false), {}, {});
  };
  CHECK(checked_with_peer(info_of<HasAPeer<true>>("answers")).violated.empty());
  CHECK(checked_with_peer(info_of<HasAPeer<false>>("does-not-answer")).violated.has(Property::finishes));
}

TEST_CASE("from established means: established, what was posted is posted, and nothing else has happened") {
  static const sim::ProgramInfo info = info_of<PostsAtOnce>("posts-at-once");
  World world(Config::of(info, false));
  world.restore(world.start_image());
  REQUIRE_FALSE(world.prefix_broken());
  const sim::Shared& machine = world.kernel().shared;
  CHECK(machine.slots[0].established == 1);
  CHECK(machine.slots[0].sends == 1);
  CHECK(machine.slots[0].receives == 1);
  CHECK(machine.completed == 0);
}

TEST_CASE("a moment that is now is not taken for none") {
  static const sim::ProgramInfo info = info_of<Toggles>("toggles");
  CHECK(checked(info).search.states == 3);  // before the start, and two
}

TEST_CASE("a moment that lies further and further back is found as what grows") {
  static const sim::ProgramInfo info = info_of<Remembers>("remembers");
  CHECK(checked(info).search.ended == search::Ended::endless);
}

TEST_CASE("what only grows ends the search, which names the bytes") {
  static const sim::ProgramInfo info = info_of<Counts>("counts");
  const CheckResult result = checked(info);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.search.ended == search::Ended::endless);
  CHECK(result.note.find("byte 16 of the program's allocation 1, which has 24 bytes, only grows") != std::string::npos);
}

TEST_CASE("freed memory behind an id's context is missed where it is touched, not where it is looked up") {
  static const sim::ProgramInfo looks_up = info_of<FreesItsContext<false>>("looks-up"),
                                follows = info_of<FreesItsContext<true>>("follows");
  CHECK(checked(looks_up).violated.empty());
  const CheckResult result = checked(follows);
  CHECK(result.violated.has(Property::no_use_after_destroy));
  REQUIRE(result.counterexample);
  CHECK(story::reasons(result.counterexample->header.violated) ==
        "the program touched memory that it had freed: the context of an rdma_cm_id still points there");
}

TEST_CASE("a crash says when the pointer that was followed came from freed memory") {
  if (sim::sanitizer::present) return;  // it sees the read itself
  static const sim::ProgramInfo info = info_of<FollowsWhatItFreed>("follows-what-it-freed");
  const CheckResult result = checked(info);
  CHECK(result.violated.has(Property::no_crash));
  REQUIRE(result.counterexample);
  CHECK(story::reasons(result.counterexample->header.violated) ==
        "the program followed a pointer that it read from memory that it had freed");
}
