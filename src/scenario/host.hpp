// The host's application: src/qpair put into a world.
//
// Purpose: which entry points of the program an application's event loop could
// call now, and what the program says while it runs. The adapter for another
// program would be another file like this one.
// Ownership: the Controller lives in the arena; a Host only knows where. What the
// application remembers (requests made, messages left) is HostState, in the arena.
// Threads: none.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "qpair/controller.hpp"
#include "scenario/scenario.hpp"
#include "sim/step.hpp"

namespace qpcheck::scenario {

// In the order of their names.
enum class HostKind : std::uint8_t {
  poll_controller, poll_qpair, request_disconnect, request_failover, request_reset, request_shutdown, send,
};

struct HostChoice {
  HostKind kind{};
  std::uint8_t qpair = 0;
  bool operator==(const HostChoice&) const = default;
};

struct HostState {
  qpair::Controller* controller = nullptr;
  std::uint8_t requested = 0;  // the one request of a controller procedure has been made
  std::array<std::uint8_t, model::max_qpairs> sends_left{};
};

class Host final : public qpair::Observer {
 public:
  // Makes the controller, in the arena, and lets it start to connect. REQUIRES a booted machine.
  void start(const Config& config, HostState& state);

  // For the machine: whose rdma_cm_id has this context.
  static std::uint8_t qpair_of(const void* context);

  bool offers(HostChoice choice) const;
  // Runs the choice's entry point as a step of the program.
  sim::StepEnd run(HostChoice choice, sim::CallHook* hook);

  bool all_connected() const;
  bool teardown_under_way() const;
  // Milliseconds to the program's next deadline; sim::no_timer: it has none.
  std::uint32_t next_deadline_ms() const;
  std::size_t describe(std::span<std::uint8_t> out) const;
  std::uint8_t life_of(std::uint8_t qpair) const;
  bool flag_of(std::uint8_t qpair) const { return controller().at(qpair).connected(); }
  std::uint32_t qpairs() const { return qpairs_; }

  void wait_begins(const qpair::Qpair&, qpair::EventMask, std::uint64_t deadline_ms, const char* place) override;
  void wait_ends(const qpair::Qpair&, qpair::WaitEnd) override;
  void event_handled(const qpair::Qpair&, const rdma_cm_event&) override;
  void flag_changed(const qpair::Qpair&, bool connected) override;
  void life_changed(const qpair::Qpair&, qpair::Life from, qpair::Life to) override;
  void teardown_requested(const qpair::Qpair&) override;
  void linger_begins(const qpair::Qpair&, std::uint64_t deadline_ms) override;
  void linger_timed_out(const qpair::Qpair&) override;
  void teardown_finished(const qpair::Qpair&) override;

 private:
  static void enter(void* self);
  void call();
  qpair::Controller& controller() const { return *state_->controller; }
  model::Observation about(const qpair::Qpair& qpair, model::Seen kind) const;

  HostState* state_ = nullptr;
  Request request_{};
  std::uint32_t qpairs_ = 0;
  HostChoice entering_{};
  const Config* starting_ = nullptr;
};

std::string name(HostChoice choice);
constexpr bool is_obligation(HostKind kind) { return kind == HostKind::poll_controller || kind == HostKind::poll_qpair; }

}  // namespace qpcheck::scenario
