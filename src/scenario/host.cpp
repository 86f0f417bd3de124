#include "scenario/host.hpp"

#include <cassert>

#include "model/qpair_life.hpp"
#include "sim/machine.hpp"

namespace qpcheck::scenario {
namespace {

using model::Observation;
using model::Seen;
using qpair::Life;

static_assert(static_cast<int>(model::Life::closed) == static_cast<int>(Life::closed));
static_assert(static_cast<int>(model::Life::lost) == static_cast<int>(Life::lost));

qpair::Options options_for(const Config& config) {
  qpair::Options options;
  options.teardown = config.teardown;
  options.qpairs = config.qpairs;
  options.queue_depth = 1;
  options.message_bytes = 8;
  options.disconnect_timeout_ms = config.disconnect_timeout_ms;
  options.pending_events = 2 * config.qpairs;  // small enough to fill up
  for (std::uint8_t target = 0; target < 2; ++target) {
    options.paths[target].sin_family = AF_INET;
    options.paths[target].sin_addr.s_addr = sim::target_address(target);
  }
  return options;
}

bool can_go_down(Life life) {
  return life != Life::idle && life != Life::closed && life != Life::disconnecting && life != Life::lingering;
}

}  // namespace

std::uint8_t Host::qpair_of(const void* context) {
  return static_cast<std::uint8_t>(static_cast<const qpair::Qpair*>(context)->number());
}

void Host::start(const Config& config, HostState& state) {
  assert(config.qpairs >= 1 && config.qpairs <= model::max_qpairs);
  state_ = &state;
  request_ = config.scenario->request;
  qpairs_ = config.qpairs;
  starting_ = &config;
  for (std::size_t i = 0; i < config.qpairs; ++i) state.sends_left[i] = config.scenario->sends;
  [[maybe_unused]] const sim::StepEnd end = sim::StepRunner::get().run(&Host::enter, this, nullptr);
  assert(end == sim::StepEnd::completed);
  starting_ = nullptr;
}

void Host::enter(void* self) { static_cast<Host*>(self)->call(); }

void Host::call() {
  if (starting_ != nullptr) {
    state_->controller = new qpair::Controller(options_for(*starting_), this);
    controller().connect(sim::kernel().handles.now_ms);
    return;
  }
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  switch (entering_.kind) {
    case HostKind::poll_controller: return controller().poll(now_ms);
    case HostKind::poll_qpair: return controller().at(entering_.qpair).poll(now_ms);
    case HostKind::request_disconnect: return controller().at(entering_.qpair).disconnect(now_ms);
    case HostKind::request_shutdown: return controller().shutdown(now_ms);
    case HostKind::request_reset: return controller().reset(now_ms);
    case HostKind::request_failover: return controller().failover(now_ms);
    case HostKind::send: {
      const std::byte message[1] = {std::byte{'m'}};
      controller().at(entering_.qpair).send(message, 0);
      return;
    }
  }
}

bool Host::offers(HostChoice choice) const {
  const qpair::Controller& program = controller();
  const auto procedure = [&](Request request) {
    return request_ == request && state_->requested == 0 && !program.busy();
  };
  switch (choice.kind) {
    case HostKind::poll_controller: {
      for (std::uint32_t i = 0; i < qpairs_; ++i)
        if (!program.at(i).finished()) return true;
      return program.busy();
    }
    case HostKind::poll_qpair: return !program.at(choice.qpair).finished();
    case HostKind::request_disconnect:
      return request_ == Request::disconnect_each && can_go_down(program.at(choice.qpair).life());
    case HostKind::request_shutdown: return procedure(Request::shutdown);
    case HostKind::request_reset: return procedure(Request::reset);
    case HostKind::request_failover: return procedure(Request::failover);
    case HostKind::send:
      return state_->sends_left[choice.qpair] > 0 && program.at(choice.qpair).life() == Life::connected;
  }
  return false;
}

sim::StepEnd Host::run(HostChoice choice, sim::CallHook* hook) {
  entering_ = choice;
  if (choice.kind == HostKind::send) --state_->sends_left[choice.qpair];
  if (choice.kind >= HostKind::request_failover && choice.kind <= HostKind::request_shutdown) state_->requested = 1;
  return sim::StepRunner::get().run(&Host::enter, this, hook);
}

bool Host::all_connected() const {
  for (std::uint32_t i = 0; i < qpairs_; ++i)
    if (controller().at(i).life() != Life::connected) return false;
  return !controller().busy();
}

bool Host::teardown_under_way() const {
  if (controller().busy() && controller().procedure() != qpair::Procedure::connect) return true;
  for (std::uint32_t i = 0; i < qpairs_; ++i) {
    const Life life = controller().at(i).life();
    if (life == Life::disconnecting || life == Life::lingering) return true;
  }
  return false;
}

std::uint32_t Host::next_deadline_ms() const {
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  std::uint32_t next = sim::no_timer;
  for (std::uint32_t i = 0; i < qpairs_; ++i) {
    const std::uint64_t deadline = controller().at(i).deadline_ms();
    if (deadline == 0) continue;
    const auto left = static_cast<std::uint32_t>(deadline > now_ms ? deadline - now_ms : 0);
    if (left < next) next = left;
  }
  return next;
}

std::size_t Host::describe(std::span<std::uint8_t> out) const {
  std::size_t size = controller().describe(out, sim::kernel().handles.now_ms);
  out[size++] = state_->requested;
  for (std::uint32_t i = 0; i < qpairs_; ++i) out[size++] = state_->sends_left[i];
  return size;
}

std::uint8_t Host::life_of(std::uint8_t qpair) const { return static_cast<std::uint8_t>(controller().at(qpair).life()); }

Observation Host::about(const qpair::Qpair& qpair, Seen kind) const {
  Observation seen;
  seen.kind = kind;
  seen.qpair = static_cast<std::uint8_t>(qpair.number());
  for (std::uint8_t slot = 0; slot < sim::max_slots; ++slot)
    if (qpair.id() != nullptr && sim::kernel().handles.ids[slot] == qpair.id()) seen.slot = slot;
  return seen;
}

void Host::wait_begins(const qpair::Qpair& qpair, qpair::EventMask events, std::uint64_t deadline_ms, const char* place) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::wait_begins);
  seen.events = model::EventSet(static_cast<std::uint16_t>(events));
  seen.in_ms = deadline_ms - sim::kernel().handles.now_ms;
  seen.text = place;
  sim::StepRunner::get().observe(seen);
}

void Host::wait_ends(const qpair::Qpair& qpair, qpair::WaitEnd how) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::wait_ends);
  seen.text = how == qpair::WaitEnd::satisfied ? "satisfied" : how == qpair::WaitEnd::cancelled ? "cancelled" : "timed out";
  sim::StepRunner::get().observe(seen);
}

void Host::event_handled(const qpair::Qpair& qpair, const rdma_cm_event& event) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::event_handled);
  seen.event = static_cast<model::Event>(event.event);
  seen.status = event.status;
  sim::StepRunner::get().observe(seen);
}

void Host::flag_changed(const qpair::Qpair& qpair, bool connected) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::flag);
  seen.status = connected ? 1 : 0;
  sim::StepRunner::get().observe(seen);
}

void Host::life_changed(const qpair::Qpair& qpair, Life from, Life to) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::life);
  seen.status = static_cast<int>(from);
  seen.error = static_cast<int>(to);
  seen.text = qpair::name(to);
  sim::StepRunner::get().observe(seen);
}

void Host::teardown_requested(const qpair::Qpair& qpair) {
  const sim::Outside outside;
  sim::StepRunner::get().observe(about(qpair, Seen::teardown_requested));
}

void Host::linger_begins(const qpair::Qpair& qpair, std::uint64_t deadline_ms) {
  const sim::Outside outside;
  Observation seen = about(qpair, Seen::linger_begins);
  seen.in_ms = deadline_ms - sim::kernel().handles.now_ms;
  sim::StepRunner::get().observe(seen);
}

void Host::linger_timed_out(const qpair::Qpair& qpair) {
  const sim::Outside outside;
  sim::StepRunner::get().observe(about(qpair, Seen::linger_timed_out));
}

void Host::teardown_finished(const qpair::Qpair& qpair) {
  const sim::Outside outside;
  sim::StepRunner::get().observe(about(qpair, Seen::teardown_finished));
}

std::string name(HostChoice choice) {
  const std::string qpair = "qp" + std::to_string(choice.qpair);
  switch (choice.kind) {
    case HostKind::poll_controller: return "poll controller";
    case HostKind::poll_qpair: return "poll " + qpair;
    case HostKind::request_disconnect: return "request disconnect " + qpair;
    case HostKind::request_failover: return "request failover";
    case HostKind::request_reset: return "request reset";
    case HostKind::request_shutdown: return "request shutdown";
    case HostKind::send: return "send " + qpair;
  }
  return "?";
}

}  // namespace qpcheck::scenario
