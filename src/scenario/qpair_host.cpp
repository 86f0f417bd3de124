#include "scenario/qpair_host.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "model/description.hpp"
#include "model/qpair_life.hpp"
#include "sim/arena.hpp"
#include "sim/report.hpp"

namespace qpcheck::scenario {
namespace {

using qpair::Life;
namespace report = sim::report;

static_assert(static_cast<int>(model::Life::closed) == static_cast<int>(Life::closed));
static_assert(static_cast<int>(model::Life::lost) == static_cast<int>(Life::lost));

// No two lengths of time are equal, so that one which is taken for another is seen.
constexpr std::uint32_t linger_timeout_ms = 900;
constexpr std::uint32_t message_bytes = 8;

qpair::Options options_for(const Config& config) {
  qpair::Options options;
  options.teardown = config.teardown;
  options.qpairs = config.qpairs;
  options.queue_depth = config.queue_depth;
  if (config.own_cqs) options.completion_queues = qpair::CompletionQueues::per_qpair;
  options.message_bytes = message_bytes;
  options.disconnect_timeout_ms = config.disconnect_timeout_ms;
  options.linger_timeout_ms = linger_timeout_ms;
  options.pending_events = 2 * config.qpairs;  // small enough to fill up
  for (std::uint8_t target = 0; target < 2; ++target) {
    options.paths[target].sin_family = AF_INET;
    options.paths[target].sin_addr.s_addr = sim::target_address(target);
  }
  return options;
}

// What the options say of the wait that the qpair begins.
std::uint64_t said_ms(const qpair::Options& options, Life life) {
  switch (life) {
    case Life::resolving_address:
    case Life::resolving_route: return options.resolve_timeout_ms + qpair::kernel_answers_within_ms;
    case Life::connecting: return options.connect_timeout_ms;
    case Life::disconnecting: return options.disconnect_timeout_ms;
    default: return 0;
  }
}

report::Connection number(const qpair::Qpair& qpair) { return static_cast<report::Connection>(qpair.number()); }

// What a message says, in each of its bytes: whose it is, and its number. The last one, and
// every second one before it, is as long as messages may be.
using Message = std::array<std::byte, message_bytes>;
constexpr std::size_t length_of(std::uint8_t number) { return number % 2 == 0 ? message_bytes : 1; }
constexpr Message message_of(std::uint8_t qpair, std::uint8_t number) {
  Message message;
  message.fill(std::byte{static_cast<std::uint8_t>(qpair << 4 | number)});
  return message;
}
std::uint8_t number_in(std::span<const std::byte> message, std::uint8_t qpair) {
  constexpr std::uint8_t none = 255;
  if (message.empty()) return none;
  const auto number = std::to_integer<std::uint8_t>(message[0] & std::byte{15});
  const Message right = message_of(qpair, number);
  return std::ranges::equal(message, std::span(right).first(length_of(number))) ? number : none;
}

std::uint64_t until(std::uint64_t deadline_ms) { return deadline_ms - sim::kernel().handles.now_ms; }

bool can_go_down(Life life) {
  return life != Life::idle && life != Life::closed && life != Life::disconnecting && life != Life::lingering;
}

}  // namespace

std::uint8_t QpairHost::qpair_of(const void* context) {
  return static_cast<std::uint8_t>(static_cast<const qpair::Qpair*>(context)->number());
}

// The controller is made, and told to connect, before the first choice. Where that fails
// it is the first choice, and is explored, and told, as a step.
void QpairHost::start() {
  assert(config_.qpairs >= 1 && config_.qpairs <= model::max_qpairs);
  state_ = sim::Arena::get().make<State>();
  for (std::size_t i = 0; i < config_.qpairs; ++i) state_->sends_left[i] = config_.sends;
  const auto* const image = reinterpret_cast<const std::byte*>(&sim::Arena::get().image());
  const std::vector<std::byte> before(image, image + sim::Arena::get().image().used);
  if (sim::StepRunner::get().run(&QpairHost::enter, this, nullptr) != sim::StepEnd::completed)
    sim::Arena::get().restore(*reinterpret_cast<const sim::Image*>(before.data()));
}

void QpairHost::enter(void* self) {
  auto& host = *static_cast<QpairHost*>(self);
  host.call();
  host.read();
}

void QpairHost::read() const {
  HostChoices choices;
  list(choices);
  std::array<std::uint8_t, 2048> description;
  std::size_t described = describe_rest(description, {});
  for (std::uint8_t qpair = 0; qpair < config_.qpairs; ++qpair) described += describe_of(qpair, description);
  [[maybe_unused]] volatile const std::size_t read =
      choices.count + next_deadline_ms() + all_connected() + pending() + described;
}

void QpairHost::call() {
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  if (!started()) {
    state_->controller = new qpair::Controller(options_for(config_), this, this);
    return controller().connect(now_ms);
  }
  switch (entering_.kind) {
    case HostKind::poll_controller: return controller().poll(now_ms);
    case HostKind::poll_qpair: return controller().at(entering_.qpair).poll(now_ms);
    case HostKind::request_connect: return controller().connect(now_ms);
    case HostKind::request_disconnect: return controller().at(entering_.qpair).disconnect(now_ms);
    case HostKind::request_shutdown: return controller().shutdown(now_ms);
    case HostKind::request_reset: return controller().reset(now_ms);
    case HostKind::request_failover: return controller().failover(now_ms);
    case HostKind::send: return call_send(entering_.qpair);
    default: assert(false);
  }
}

// A message's number counts down to 0.
void QpairHost::call_send(std::uint8_t qpair) {
  const sim::Shared& machine = sim::kernel().shared;
  const model::Budget left = machine.faults_left;
  const bool well = machine.fail_next == 0 && machine.devices_gone == 0;
  const std::uint8_t number = --state_->sends_left[qpair];
  const Message message = message_of(qpair, number);
  const int error = controller().at(qpair).send(std::span(message).first(length_of(number)), number);
  if (error == 0) report::accepted(qpair, number);
  else if (well && left == machine.faults_left) report::refused(qpair, static_cast<std::uint8_t>(config_.queue_depth));
}

void QpairHost::list(HostChoices& choices) const {
  if (!started()) return choices.add(start_choice);
  const auto offer = [&](HostKind kind, std::uint8_t qpair) {
    if (offers({kind, qpair})) choices.add({kind, qpair});
  };
  for (const HostKind kind : {HostKind::poll_controller, HostKind::request_connect, HostKind::request_failover,
                              HostKind::request_reset, HostKind::request_shutdown})
    offer(kind, 0);
  for (std::uint8_t qpair = 0; qpair < config_.qpairs; ++qpair)
    for (const HostKind kind : {HostKind::poll_qpair, HostKind::request_disconnect, HostKind::send}) offer(kind, qpair);
}

bool QpairHost::offers(HostChoice choice) const {
  if (!started()) return choice == start_choice;
  const qpair::Controller& program = controller();
  switch (choice.kind) {
    case HostKind::poll_controller: {
      for (std::uint32_t i = 0; i < config_.qpairs; ++i)
        if (!program.at(i).finished()) return true;
      return program.busy();
    }
    case HostKind::poll_qpair: return !program.at(choice.qpair).finished();
    case HostKind::request_disconnect: return may_ask(choice.kind) && can_go_down(program.at(choice.qpair).life());
    case HostKind::request_connect:
    case HostKind::request_shutdown:
    case HostKind::request_reset:
    case HostKind::request_failover: return may_ask(choice.kind);
    case HostKind::send:
      return state_->sends_left[choice.qpair] > 0 && program.at(choice.qpair).life() == Life::connected;
    default: return false;
  }
}

std::uint8_t QpairHost::polls(HostChoice choice) const {
  return choice.kind == HostKind::poll_qpair ? static_cast<std::uint8_t>(1u << choice.qpair) : std::uint8_t{0};
}

// Is this a request that the application makes at all, and may make now?
bool QpairHost::may_ask(HostKind kind) const {
  const qpair::Controller& program = controller();
  bool all_finished = true;
  for (std::uint32_t i = 0; i < config_.qpairs; ++i) all_finished = all_finished && program.at(i).finished();
  const bool first = state_->requested == 0 && !program.busy();
  const AskSet& mixed = config_.requests;
  const Request only = config_.scenario->request;
  switch (kind) {
    case HostKind::request_connect: return mixed.has(Ask::connect) && first && all_finished;
    case HostKind::request_disconnect:
      if (mixed.empty()) return only == Request::disconnect_each;
      return mixed.has(Ask::disconnect) && (!program.busy() || program.procedure() == qpair::Procedure::connect);
    case HostKind::request_failover:
      return first && (mixed.empty() ? only == Request::failover : mixed.has(Ask::failover));
    case HostKind::request_reset: return first && (mixed.empty() ? only == Request::reset : mixed.has(Ask::reset));
    case HostKind::request_shutdown:
      if (mixed.empty()) return first && only == Request::shutdown;
      return mixed.has(Ask::shutdown) && !program.busy() && !all_finished;
    default: return false;
  }
}

// A reset or failover is over when the controller is busy no more.
sim::StepEnd QpairHost::run(HostChoice choice, sim::CallHook* hook) {
  if (!started()) return sim::StepRunner::get().run(&QpairHost::enter, this, hook);
  const qpair::Procedure before = controller().procedure();
  entering_ = choice;
  const bool returns = choice.kind == HostKind::request_failover || choice.kind == HostKind::request_reset;
  const bool last = choice.kind == HostKind::request_shutdown && config_.requests.empty();
  if (returns || last || choice.kind == HostKind::request_connect) state_->requested = 1;
  if (returns) report::return_requested(choice.kind == HostKind::request_reset ? "reset" : "failover");
  const sim::StepEnd end = sim::StepRunner::get().run(&QpairHost::enter, this, hook);
  const bool returned = before == qpair::Procedure::reset || before == qpair::Procedure::failover;
  if (end == sim::StepEnd::completed && returned && !controller().busy())
    report::return_ended(before == qpair::Procedure::reset ? "reset" : "failover", controller().succeeded());
  return end;
}

bool QpairHost::all_connected() const {
  if (!started()) return false;
  for (std::uint32_t i = 0; i < config_.qpairs; ++i)
    if (controller().at(i).life() != Life::connected) return false;
  return !controller().busy();
}

bool QpairHost::pending() const {
  if (!started()) return false;
  if (controller().busy()) return true;
  for (std::uint32_t i = 0; i < config_.qpairs; ++i) {
    const Life life = controller().at(i).life();
    if (life == Life::disconnecting || life == Life::lingering) return true;
  }
  return false;
}

std::uint32_t QpairHost::next_deadline_ms() const {
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  std::uint32_t next = sim::no_timer;
  if (!started()) return next;
  for (std::uint32_t i = 0; i < config_.qpairs; ++i) {
    const std::uint64_t deadline = controller().at(i).deadline_ms();
    if (deadline == 0) continue;
    const auto left = static_cast<std::uint32_t>(deadline > now_ms ? deadline - now_ms : 0);
    if (left < next) next = left;
  }
  return next;
}

std::size_t QpairHost::describe_of(std::uint8_t qpair, std::span<std::uint8_t> out) const {
  if (qpair >= config_.qpairs) return 0;
  const std::size_t size = started() ? controller().describe_qpair(out, qpair, sim::kernel().handles.now_ms) : 0;
  out[size] = state_->sends_left[qpair];
  return size + 1;
}

std::size_t QpairHost::describe_rest(std::span<std::uint8_t> out, const model::Order& order) const {
  std::array<std::uint8_t, model::max_qpairs> numbers;
  for (std::uint8_t i = 0; i < numbers.size(); ++i) numbers[i] = order.place(i);
  const std::size_t size = started() ? controller().describe_controller(out, numbers) : 0;
  out[size] = state_->requested;
  return size + 1;
}

std::uint8_t QpairHost::life_of(std::uint8_t qpair) const {
  return static_cast<std::uint8_t>(started() ? controller().at(qpair).life() : Life::idle);
}

void QpairHost::wait_begins(const qpair::Qpair& qpair, qpair::EventMask events, std::uint64_t deadline_ms,
                            const char* place) {
  report::wait_begins(number(qpair), qpair.id(), model::EventSet(static_cast<std::uint16_t>(events)),
                      until(deadline_ms), place, said_ms(controller().options(), qpair.life()));
}

void QpairHost::wait_ends(const qpair::Qpair& qpair, qpair::WaitEnd how) {
  static_assert(static_cast<int>(report::Ends::timed_out) == static_cast<int>(qpair::WaitEnd::timed_out));
  report::wait_ends(number(qpair), qpair.id(), static_cast<report::Ends>(how));
}

void QpairHost::event_handled(const qpair::Qpair& qpair, const rdma_cm_event& event) {
  report::handled(number(qpair), event);
}

void QpairHost::flag_changed(const qpair::Qpair& qpair, bool connected) {
  report::flag(number(qpair), qpair.id(), connected);
}

void QpairHost::life_changed(const qpair::Qpair& qpair, Life from, Life to) {
  report::moved(number(qpair), qpair.id(), static_cast<model::Life>(from), static_cast<model::Life>(to));
}

void QpairHost::teardown_requested(const qpair::Qpair& qpair) { report::teardown_requested(number(qpair), qpair.id()); }

void QpairHost::linger_begins(const qpair::Qpair& qpair, std::uint64_t deadline_ms) {
  // iWARP: of a QP that is being connected, until that attempt is over.
  const bool connecting =
      config_.transport == model::Transport::iw && until(deadline_ms) == qpair::iwarp_attempt_ends_within_ms;
  report::linger_begins(number(qpair), qpair.id(), until(deadline_ms), connecting ? 0 : linger_timeout_ms);
}

void QpairHost::linger_timed_out(const qpair::Qpair& qpair) { report::linger_timed_out(number(qpair), qpair.id()); }

void QpairHost::teardown_finished(const qpair::Qpair& qpair) { report::teardown_finished(number(qpair)); }

void QpairHost::up(qpair::Qpair& qpair) { report::told_up(number(qpair)); }

void QpairHost::gone(qpair::Qpair& qpair) { report::told_gone(number(qpair)); }

void QpairHost::sent(qpair::Qpair& qpair, std::uint64_t tag, ibv_wc_status status) {
  report::completed(number(qpair), static_cast<std::uint8_t>(tag),
                    status == IBV_WC_SUCCESS ? model::Told::success : model::Told::failure);
}

void QpairHost::received(qpair::Qpair& qpair, std::span<const std::byte> message) {
  report::received(number(qpair), number_in(message, number(qpair)));
}

}  // namespace qpcheck::scenario
