// A machine on the bench: programs are lambdas run as steps, and the environment's
// choices are taken by their names.
//
// Purpose: tests of the simulated functions read as a story: run, take, look.
// A lambda is the program under test: Catch2's macros stay outside of it.
// Ownership: one Bench at a time (the arena is one).
#pragma once

#include <fcntl.h>
#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/machine.hpp"
#include "sim/step.hpp"

namespace qpcheck::sim::test {

constexpr MachineSettings with(std::initializer_list<Fault> faults, model::Transport transport = model::Transport::ib) {
  MachineSettings settings{{}, transport};
  for (const Fault fault : faults) ++settings.faults[fault];
  return settings;
}
constexpr MachineSettings with_many(Fault fault, std::uint8_t count,
                                    model::Transport transport = model::Transport::ib) {
  MachineSettings settings{{}, transport};
  settings.faults[fault] = count;
  return settings;
}
inline constexpr MachineSettings one_kill = with({Fault::kill}), one_peer_disconnect = with({Fault::peer_disconnect}),
                                 both_faults = with({Fault::kill, Fault::peer_disconnect});

class Bench : public Observer {
 public:
  explicit Bench(const MachineSettings& settings = {}) {
    boot(settings, nullptr);
    StepRunner::get().set_observer(this);
  }
  ~Bench() override { StepRunner::get().set_observer(nullptr); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  template <class Program>
  StepEnd run(Program&& program, CallHook* hook = nullptr) {
    using Lambda = std::remove_reference_t<Program>;
    return StepRunner::get().run([](void* lambda) { (*static_cast<Lambda*>(lambda))(); }, &program,
                                 hook);
  }

  std::vector<std::string> offered() const {
    EnvChoices choices;
    list(kernel(), choices);
    std::vector<std::string> names;
    for (const EnvChoice choice : choices) names.push_back(name(kernel(), choice));
    return names;
  }
  bool offers(std::string_view wanted) const {
    const auto names = offered();
    return std::find(names.begin(), names.end(), wanted) != names.end();
  }
  void take(std::string_view wanted) {
    EnvChoices choices;
    list(kernel(), choices);
    for (const EnvChoice choice : choices)
      if (name(kernel(), choice) == wanted) return sim::take(kernel(), choice);
    FAIL("not offered: " << wanted);
  }
  // Fair choices only, until none is left.
  void settle() {
    for (EnvChoices choices;;) {
      list(kernel(), choices);
      const auto* const due = std::find_if(choices.begin(), choices.end(), [](const EnvChoice& choice) {
        return fair_label(kernel(), choice) != 0;
      });
      if (due == choices.end()) return;
      sim::take(kernel(), *due);
    }
  }

  const Slot& slot(std::size_t index = 0) const { return kernel().shared.slots[index]; }
  const std::string& why() const { return StepRunner::get().why(); }
  std::string datagrams_to(model::Side side, std::size_t index = 0) const {
    std::string text;
    const model::Wire& wire = slot(index).connection.to_side(side);
    for (std::size_t i = 0; i < wire.count; ++i)
      text += (i == 0 ? "" : " ") + std::string(model::name(wire.datagrams[i]));
    return text;
  }
  void observe(const model::Observation& observation) override { seen.push_back(observation); }
  std::size_t count_seen(model::Seen kind) const {
    return static_cast<std::size_t>(std::count_if(
        seen.begin(), seen.end(), [kind](const auto& each) { return each.kind == kind; }));
  }

  std::vector<model::Observation> seen;
};

// What rdma_get_cm_event gave.
struct Fetched {
  int result = -2;
  int error = 0;
  model::Event event = model::Event::none;
  int status = 0;
  bool operator==(const Fetched&) const = default;
};

// A program's own objects, and its usual calls; for use inside a step.
struct Program {
  rdma_event_channel* channel = nullptr;
  rdma_cm_id* id = nullptr;
  ibv_cq* cq = nullptr;
  ibv_pd* pd = nullptr;
  rdma_cm_event* held = nullptr;

  void open() {
    channel = rdma_create_event_channel();
    fcntl(channel->fd, F_SETFL, fcntl(channel->fd, F_GETFL) | O_NONBLOCK);
    create_id();
  }
  void create_id() { rdma_create_id(channel, &id, nullptr, RDMA_PS_TCP); }
  int resolve_address(std::uint8_t target = 0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = target_address(target);
    return rdma_resolve_addr(id, nullptr, reinterpret_cast<sockaddr*>(&address), 1000);
  }
  int create_qp() {
    if (pd == nullptr) pd = ibv_alloc_pd(id->verbs);
    if (cq == nullptr) cq = ibv_create_cq(id->verbs, 16, nullptr, nullptr, 0);
    ibv_qp_init_attr attributes{};
    attributes.send_cq = attributes.recv_cq = cq;
    attributes.qp_type = IBV_QPT_RC;
    attributes.cap = {4, 4, 1, 1, 0};
    attributes.sq_sig_all = 1;
    return rdma_create_qp(id, pd, &attributes);
  }
  Fetched fetch() {
    Fetched fetched;
    errno = 0;
    fetched.result = rdma_get_cm_event(channel, &held);
    fetched.error = errno;
    if (fetched.result != 0) return fetched;
    fetched.event = static_cast<model::Event>(held->event);
    fetched.status = held->status;
    return fetched;
  }
  Fetched next() {  // fetch and acknowledge
    const Fetched fetched = fetch();
    if (fetched.result == 0) rdma_ack_cm_event(held);
    return fetched;
  }
  void close() {
    if (id->qp != nullptr) rdma_destroy_qp(id);
    rdma_destroy_id(id);
  }
};

inline const Fetched nothing{-1, EAGAIN, model::Event::none, 0};
inline Fetched told(model::Event event, int status = 0) { return {0, 0, event, status}; }

// A bench with one connection, brought so far.
struct Connecting : Bench {
  explicit Connecting(const MachineSettings& settings = {}) : Bench(settings) {
    REQUIRE(run([&] { app.open(); }) == StepEnd::completed);
  }
  Fetched next() {
    Fetched fetched;
    REQUIRE(run([&] { fetched = app.next(); }) == StepEnd::completed);
    return fetched;
  }
  int disconnect() {
    int result = -2;
    REQUIRE(run([&] { result = rdma_disconnect(app.id); }) == StepEnd::completed);
    return result;
  }
  void until_route_resolved() {
    run([&] { app.resolve_address(); });
    settle();
    CHECK(next() == told(model::Event::addr_resolved));
    run([&] { rdma_resolve_route(app.id, 1000); });
    settle();
    CHECK(next() == told(model::Event::route_resolved));
  }
  void until_requested() {  // the REQ is under way
    until_route_resolved();
    int result = -2;
    run([&] { app.create_qp(), result = rdma_connect(app.id, nullptr); });
    REQUIRE(result == 0);
  }
  void until_responded() {  // the REP is in, and not fetched
    until_requested();
    take("deliver REQ id0 at target");
    take("target accepts id0");
    take("deliver REP id0");
  }
  void until_rtu() {  // the RTU is under way
    until_responded();
    REQUIRE(next() == told(model::Event::established));
  }
  void until_established() {
    until_rtu();
    take("deliver RTU id0 at target");
    REQUIRE(slot().connection.target().ib == model::Ib::established);
  }

  Program app;
};

inline int post_receive(ibv_qp* qp, std::uint64_t wr_id) {
  ibv_recv_wr request{}, *bad = nullptr;
  request.wr_id = wr_id;
  return ibv_post_recv(qp, &request, &bad);
}

inline int post_send(ibv_qp* qp, std::uint64_t wr_id) {
  ibv_send_wr request{}, *bad = nullptr;
  request.opcode = IBV_WR_SEND;
  request.wr_id = wr_id;
  return ibv_post_send(qp, &request, &bad);
}

// The same with work requests and completions.
struct Working : Connecting {
  explicit Working(const MachineSettings& settings = {}) : Connecting(settings) {}
  int receive(std::uint64_t wr_id) {
    int result = -1;
    run([&] { result = post_receive(app.id->qp, wr_id); });
    return result;
  }
  int send(std::uint64_t wr_id) {
    int result = -1;
    run([&] { result = post_send(app.id->qp, wr_id); });
    return result;
  }
  // "wr_id status" of all completions that one poll gives
  std::vector<std::string> poll(int most = 16) {
    std::array<ibv_wc, 16> wc{};
    int polled = 0;
    run([&] { polled = ibv_poll_cq(app.cq, most, wc.data()); });
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < static_cast<std::size_t>(polled); ++i)
      texts.push_back(std::to_string(wc[i].wr_id) + " " + ibv_wc_status_str(wc[i].status));
    return texts;
  }
};

}  // namespace qpcheck::sim::test
