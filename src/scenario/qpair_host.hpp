// src/qpair put into a world.
//
// Purpose: which entry points of a Controller and its qpairs an application's event loop
// could call now, and what they say while they run. Its one application sends, and asks
// for what the scenario names.
// Ownership: the Controller lives in the arena, and so does what the application
// remembers (requests made, messages left). Threads: none.
#pragma once

#include <array>

#include "qpair/controller.hpp"
#include "scenario/host.hpp"

namespace qpcheck::scenario {

class QpairHost final : public Host, public qpair::Observer, public qpair::Application {
 public:
  explicit QpairHost(const Config& config) : config_(config) {}

  sim::QpairOfContext namer() const override { return &qpair_of; }
  std::uint64_t number_in_wr_id() const override { return qpair::Qpair::number_in_wr_id; }
  void start() override;
  void list(HostChoices& choices) const override;
  bool offers(HostChoice choice) const override;
  std::uint8_t polls(HostChoice choice) const override;
  std::uint8_t drains(HostChoice choice) const override { return polls(choice); }
  bool sees_machine(HostChoice choice) const override { return choice.kind == HostKind::send; }
  sim::StepEnd run(HostChoice choice, sim::CallHook* hook) override;
  bool all_connected() const override;
  bool pending() const override;
  std::uint32_t next_deadline_ms() const override;
  std::size_t describe_of(std::uint8_t qpair, std::span<std::uint8_t> out) const override;
  std::size_t describe_rest(std::span<std::uint8_t> out, const model::Order& order) const override;
  std::uint8_t life_of(std::uint8_t qpair) const override;
  bool flag_of(std::uint8_t qpair) const override { return started() && controller().at(qpair).connected(); }

  // Null: it is not made yet.
  const qpair::Controller* program() const { return state_->controller; }

  void wait_begins(const qpair::Qpair&, qpair::EventMask, std::uint64_t deadline_ms, const char* place) override;
  void wait_ends(const qpair::Qpair&, qpair::WaitEnd) override;
  void event_handled(const qpair::Qpair&, const rdma_cm_event&) override;
  void flag_changed(const qpair::Qpair&, bool connected) override;
  void life_changed(const qpair::Qpair&, qpair::Life from, qpair::Life to) override;
  void teardown_requested(const qpair::Qpair&) override;
  void linger_begins(const qpair::Qpair&, std::uint64_t deadline_ms) override;
  void linger_timed_out(const qpair::Qpair&) override;
  void teardown_finished(const qpair::Qpair&) override;
  void up(qpair::Qpair&) override;
  void gone(qpair::Qpair&) override;
  void sent(qpair::Qpair&, std::uint64_t tag, ibv_wc_status) override;
  void received(qpair::Qpair&, std::span<const std::byte>) override;

 private:
  struct State {
    qpair::Controller* controller = nullptr;
    std::uint8_t requested =
        0;  // the one request of a controller's procedure has been made; mixed: the one to come up again
    std::array<std::uint8_t, model::max_qpairs> sends_left{};
  };
  static std::uint8_t qpair_of(const void* context);
  static void enter(void* self);
  void call();
  void read() const;
  void call_send(std::uint8_t qpair);
  bool may_ask(HostKind kind) const;
  bool started() const { return state_->controller != nullptr; }
  qpair::Controller& controller() const { return *state_->controller; }

  Config config_;
  State* state_ = nullptr;
  HostChoice entering_{};
};

}  // namespace qpcheck::scenario
