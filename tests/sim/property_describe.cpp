// Two kernels have the same description if and only if they are the same, unused
// places aside: over random walks of the environment and of two simple programs, on
// both transports.
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "tests/sim/bench.hpp"
#include "testing/property.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
namespace model = qpcheck::model;

namespace {

bool same(const model::Wire& a, const model::Wire& b) {
  if (a.count != b.count) return false;
  for (std::size_t i = 0; i < a.count; ++i)
    if (a.datagrams[i] != b.datagrams[i] || a.reasons[i] != b.reasons[i]) return false;
  return true;
}

bool same(const model::Connection& a, const model::Connection& b) {
  return a.ends == b.ends && same(a.to[0], b.to[0]) && same(a.to[1], b.to[1]) && a.app == b.app &&
         a.target_listens == b.target_listens && a.target_hung == b.target_hung && a.target_off == b.target_off &&
         a.stale == b.stale && a.lost == b.lost && a.nothing_returns == b.nothing_returns;
}

bool same(const Slot& a, const Slot& b) {
  if (a.in_use != b.in_use) return false;
  if (a.in_use == 0) return true;
  return same(a.connection, b.connection) && a.id_alive == b.id_alive && a.qpair == b.qpair && a.target == b.target &&
         a.connect_error == b.connect_error && a.established == b.established && a.excused == b.excused &&
         a.linger_excused == b.linger_excused && a.qp == b.qp && a.send_cq == b.send_cq &&
         a.receive_cq == b.receive_cq && a.sends == b.sends && a.receives == b.receives && a.held == b.held &&
         a.timer_left_ms == b.timer_left_ms && a.delayed == b.delayed && a.repeated == b.repeated &&
         a.answer == b.answer && a.late_sends == b.late_sends && a.late_receives == b.late_receives &&
         a.refuses_close == b.refuses_close;
}

bool same(const QueuedEvent& a, const QueuedEvent& b) {
  return a.slot == b.slot && a.event == b.event && a.status == b.status;
}

bool same(const Completion& a, const Completion& b) {
  return a.slot == b.slot && a.cq == b.cq && a.status == b.status && a.opcode == b.opcode &&
         a.wr_id == b.wr_id;
}

bool same(const Shared& a, const Shared& b) {
  if (a.queued != b.queued || a.completed != b.completed || a.faults_left != b.faults_left || a.targets != b.targets ||
      a.devices_gone != b.devices_gone || a.cq_device != b.cq_device || a.cq_alive != b.cq_alive ||
      a.fail_next != b.fail_next || a.nonblocking != b.nonblocking)
    return false;
  for (std::size_t i = 0; i < max_slots; ++i)
    if (!same(a.slots[i], b.slots[i])) return false;
  for (std::size_t i = 0; i < a.queued; ++i)
    if (!same(a.queue[i], b.queue[i])) return false;
  for (std::size_t i = 0; i < a.completed; ++i)
    if (!same(a.completions[i], b.completions[i])) return false;
  return true;
}

using Requests = std::array<std::array<Request, max_posted>, max_slots>;

// Which requests are posted, in their order. A single one the program itself knows.
bool same(const Requests& a, const Requests& b, const Shared& shared, std::uint8_t Slot::*count) {
  for (std::size_t slot = 0; slot < max_slots; ++slot)
    for (std::size_t i = 0; shared.slots[slot].*count > 1 && i < shared.slots[slot].*count; ++i)
      if (a[slot][i].wr_id != b[slot][i].wr_id) return false;
  return true;
}

struct State {
  Shared shared;
  Requests sends, receives;
  std::vector<std::uint8_t> description;
};

State state_now() {
  std::vector<std::uint8_t> description(4096);
  description.resize(kernel().describe(description));
  return {kernel().shared, kernel().handles.sends, kernel().handles.receives, description};
}

bool same(const State& a, const State& b) {
  return same(a.shared, b.shared) && same(a.sends, b.sends, a.shared, &Slot::sends) &&
         same(a.receives, b.receives, a.shared, &Slot::receives);
}

// Those that set what no call and no other choice sets: what the target is, and what is late or lost.
constexpr MachineSettings many_faults(model::Transport transport) {
  return with({Fault::kill, Fault::hang, Fault::power, Fault::reboot, Fault::drop, Fault::delay, Fault::neighbour,
               Fault::refuse, Fault::stale, Fault::peer_disconnect},
              transport);
}

enum class Deed : std::uint8_t {
  environment,
  resolve_address,
  resolve_route,
  connect,
  next,
  disconnect,
  post,
  close,
  wait
};

struct Possible {
  Deed deed{};
  std::uint8_t slot = 0;  // of a call
  EnvChoice choice{};     // of the environment
};

// Two programs that do one of their calls at a time, each only where it leads on.
class Walker {
 public:
  explicit Walker(model::Transport transport) : bench_(many_faults(transport)) {
    bench_.run([&] { programs_[0].open(), programs_[1] = programs_[0], programs_[1].create_id(); });
  }
  void act(std::uint8_t number) {
    const std::vector<Possible> possible = possible_now();
    const Possible& chosen = possible[number % possible.size()];
    if (chosen.deed == Deed::environment)
      qpcheck::sim::take(kernel(), chosen.choice);
    else if (chosen.deed == Deed::wait)
      kernel().advance(1000);
    else
      bench_.run(
          [&] { call(programs_[chosen.slot], kernel().shared.slots[chosen.slot], chosen.deed); });
  }

 private:
  std::vector<Possible> possible_now() const {
    std::vector<Possible> possible;
    for (std::uint8_t slot = 0; slot < 2; ++slot) add_calls(slot, possible);
    EnvChoices choices;
    list(kernel(), choices);
    for (const EnvChoice choice : choices) possible.push_back({Deed::environment, 0, choice});
    possible.push_back({Deed::wait, 0, {}});
    return possible;
  }
  void add_calls(std::uint8_t index, std::vector<Possible>& possible) const {
    const Slot& slot = kernel().shared.slots[index];
    if (programs_[index].id == nullptr) return;
    const auto add = [&](bool may, Deed deed) {
      if (may) possible.push_back({deed, index, {}});
    };
    const model::Cma cma = slot.connection.host().cma;
    add(kernel().shared.queued > 0, Deed::next);
    add(cma == model::Cma::idle, Deed::resolve_address);
    add(cma == model::Cma::addr_resolved && programs_[index].id->verbs != nullptr,
        Deed::resolve_route);
    add(cma == model::Cma::route_resolved, Deed::connect);
    add(slot.qp != QpState::none, Deed::post);
    add(cma >= model::Cma::connect, Deed::disconnect);
    add(slot.connection.host().ib >= model::Ib::dreq_sent, Deed::close);
  }
  static void call(Program& program, const Slot& slot, Deed deed) {
    switch (deed) {
      case Deed::resolve_address:
        program.resolve_address(static_cast<std::uint8_t>(&slot - kernel().shared.slots.data()));
        break;
      case Deed::resolve_route:
        rdma_resolve_route(program.id, 1);
        break;
      case Deed::connect:
        program.create_qp(), rdma_connect(program.id, nullptr);
        break;
      case Deed::next:
        program.next();
        break;
      case Deed::disconnect:
        rdma_disconnect(program.id);
        break;
      case Deed::post:
        post(program, slot);
        break;
      default:
        program.close(), program.id = nullptr;
        break;
    }
  }
  static void post(Program& program, const Slot& slot) {
    ibv_recv_wr receive{}, *bad_receive = nullptr;
    receive.wr_id = slot.receives;
    ibv_send_wr send{}, *bad_send = nullptr;
    send.opcode = IBV_WR_SEND;
    send.wr_id = 0x100u + slot.sends;
    if (slot.sends < slot.receives && slot.qp != QpState::init)
      ibv_post_send(program.id->qp, &send, &bad_send);
    else if (slot.receives < 2)
      ibv_post_recv(program.id->qp, &receive, &bad_receive);
    ibv_wc completion;
    if (kernel().shared.completed > 2) ibv_poll_cq(program.cq, 1, &completion);
  }

  Bench bench_;
  Program programs_[2];
};

std::vector<State> states_of(const std::vector<std::uint8_t>& walk, bool iwarp) {
  Walker walker(iwarp ? model::Transport::iw : model::Transport::ib);
  std::vector<State> states{state_now()};
  for (const std::uint8_t number : walk) {
    walker.act(number);
    states.push_back(state_now());
  }
  return states;
}

}  // namespace

TEST_CASE("a kernel's description identifies it") {
  qpcheck::property(
      "equal descriptions are equal kernels, and the reverse",
      [](const std::vector<std::uint8_t>& one, const std::vector<std::uint8_t>& other, bool iwarp) {
        std::vector<State> states = states_of(one, iwarp);
        const std::vector<State> more = states_of(other, iwarp);
        states.insert(states.end(), more.begin(), more.end());
        for (const State& a : states)
          for (const State& b : states)
            RC_ASSERT(same(a, b) == (a.description == b.description));
      });
  qpcheck::property("a walk that is walked again gives the same descriptions",
                    [](const std::vector<std::uint8_t>& walk, bool iwarp) {
                      const std::vector<State> first = states_of(walk, iwarp), second = states_of(walk, iwarp);
                      for (std::size_t i = 0; i < first.size(); ++i)
                        RC_ASSERT(first[i].description == second[i].description);
                    });
}
