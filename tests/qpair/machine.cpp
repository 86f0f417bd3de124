#include "tests/qpair/machine.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace qpcheck::test {
namespace {

constexpr int most_rounds = 200;

std::uint8_t number_of(const void* context) {
  return static_cast<std::uint8_t>(static_cast<const qpair::Qpair*>(context)->number());
}

}  // namespace

qpair::Options options(qpair::Teardown teardown, std::uint32_t qpairs) {
  qpair::Options made;
  made.teardown = teardown;
  made.qpairs = qpairs;
  made.message_bytes = 8;
  for (std::uint8_t target = 0; target < 2; ++target) {
    made.paths[target].sin_family = AF_INET;
    made.paths[target].sin_addr.s_addr = sim::target_address(target);
  }
  return made;
}

Machine::Machine(const qpair::Options& options, std::uint8_t devices, model::Transport transport) {
  sim::StepRunner::get().set_observer(this);
  sim::MachineSettings settings;
  settings.faults[sim::Fault::kill] = 1;
  settings.devices = devices;
  settings.transport = transport;
  sim::boot(settings, &number_of);
  program([&] { controller_ = new qpair::Controller(options, this, this); });
  journal_.clear();
}

Machine::~Machine() { sim::StepRunner::get().set_observer(nullptr); }

void Machine::poll() {
  program([this] { controller_->poll(now()); });
}

void Machine::poll(std::uint32_t qpair) {
  program([&] { at(qpair).poll(now()); });
}

void Machine::disconnect(std::uint32_t qpair) {
  program([&] { at(qpair).disconnect(now()); });
}

int Machine::send(std::uint32_t qpair, std::uint64_t tag, std::size_t bytes) {
  static constexpr std::array<std::byte, 64> text{};
  int result = 0;
  program([&] { result = at(qpair).send(std::span(text).first(bytes), tag); });
  return result;
}

void Machine::destroy_controller() {
  program([this] { delete controller_; });
  controller_ = nullptr;
}

bool Machine::offers(std::string_view choice) const {
  sim::EnvChoices choices;
  sim::list(kernel(), choices);
  return std::ranges::any_of(choices, [&](sim::EnvChoice c) { return sim::name(kernel(), c) == choice; });
}

void Machine::take(std::string_view choice) {
  sim::EnvChoices choices;
  sim::list(kernel(), choices);
  for (const sim::EnvChoice one : choices)
    if (sim::name(kernel(), one) == choice) return sim::take(kernel(), one);
  std::string offered;
  for (const sim::EnvChoice one : choices) offered += '\n' + sim::name(kernel(), one);
  FAIL("'" << choice << "' is not offered here, only:" << offered);
}

std::vector<std::uint8_t> Machine::description() const {
  std::array<std::uint8_t, 4096> bytes;
  std::size_t size = kernel().describe(bytes);
  const auto rest = [&] { return std::span(bytes).subspan(size); };
  std::array<std::uint8_t, 255> numbers;
  std::iota(numbers.begin(), numbers.end(), std::uint8_t{0});
  size += controller_->describe_controller(rest(), numbers);
  for (std::uint32_t number = 0; number < controller_->size(); ++number)
    size += controller_->describe_qpair(rest(), number, now());
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

bool Machine::settle_once(std::string_view without) {
  const auto before = description();
  const std::size_t written = journal_.size();
  sim::EnvChoices choices;
  sim::list(kernel(), choices);
  for (const sim::EnvChoice one : choices) {
    const std::string name = sim::name(kernel(), one);
    if (sim::fair_label(kernel(), one) == 0 || name.find(without) != std::string::npos) continue;
    sim::take(kernel(), one);
    break;
  }
  poll();
  for (std::uint32_t i = 0; i < controller_->size(); ++i)
    if (!at(i).finished()) poll(i);
  return description() != before || journal_.size() != written;
}

void Machine::settle(std::string_view without) {
  int rounds = 0;
  while (settle_once(without)) REQUIRE(++rounds < most_rounds);
}

void Machine::settle_with_time(std::string_view without) {
  for (int rounds = 0;; ++rounds) {
    REQUIRE(rounds < most_rounds);
    settle(without);
    std::uint64_t next = 0;
    for (std::uint32_t i = 0; i < controller_->size(); ++i)
      if (const std::uint64_t deadline = at(i).deadline_ms(); deadline != 0 && (next == 0 || deadline < next))
        next = deadline;
    if (next == 0) return;
    REQUIRE(next >= now());
    advance(next - now());
  }
}

void Machine::connect_all() {
  program([this] { controller_->connect(now()); });
  settle();
  REQUIRE_FALSE(controller_->busy());
  REQUIRE(controller_->succeeded());
  journal_.clear();
}

Journal Machine::with(std::string_view part) const {
  Journal found;
  for (const std::string& entry : journal_)
    if (entry.find(part) != std::string::npos) found.push_back(entry);
  return found;
}

std::size_t Machine::place(std::string_view entry) const {
  const auto found = std::ranges::find(journal_, entry);
  INFO("looking for: " << entry);
  REQUIRE(found != journal_.end());
  return static_cast<std::size_t>(found - journal_.begin());
}

void Machine::write(const qpair::Qpair& qpair, const std::string& what) {
  journal_.push_back("qp" + std::to_string(qpair.number()) + ' ' + what);
}

void Machine::wait_begins(const qpair::Qpair& qpair, qpair::EventMask, std::uint64_t, const char* place) {
  const sim::Outside outside;
  write(qpair, std::string("waits, ") + place);
}

void Machine::wait_ends(const qpair::Qpair& qpair, qpair::WaitEnd how) {
  const sim::Outside outside;
  constexpr const char* ways[] = {"satisfied", "cancelled", "timed out"};
  write(qpair, std::string("wait ends, ") + ways[static_cast<int>(how)]);
}

void Machine::event_handled(const qpair::Qpair& qpair, const rdma_cm_event& event) {
  const sim::Outside outside;
  write(qpair, "handled " + std::string(model::name(static_cast<model::Event>(event.event))));
}

void Machine::flag_changed(const qpair::Qpair& qpair, bool connected) {
  const sim::Outside outside;
  write(qpair, connected ? "flag set" : "flag cleared");
}

void Machine::life_changed(const qpair::Qpair& qpair, qpair::Life, qpair::Life to) {
  const sim::Outside outside;
  write(qpair, std::string("is ") + qpair::name(to));
}

void Machine::linger_begins(const qpair::Qpair& qpair, std::uint64_t) {
  const sim::Outside outside;
  const bool in_error = qpair.id() == nullptr || qpair.id()->qp == nullptr || qpair.id()->qp->state == IBV_QPS_ERR;
  write(qpair, in_error ? "lingers" : "lingers with its QP not in error");
}

void Machine::linger_timed_out(const qpair::Qpair& qpair) {
  const sim::Outside outside;
  write(qpair, "lingering timed out");
}

void Machine::teardown_finished(const qpair::Qpair& qpair) {
  const sim::Outside outside;
  write(qpair, "finished");
}

void Machine::call_failed(const qpair::Qpair& qpair, const char* call, int error) {
  const sim::Outside outside;
  write(qpair, std::string(call) + " failed: " + std::to_string(error));
}

void Machine::sent(qpair::Qpair& qpair, std::uint64_t tag, ibv_wc_status status) {
  {
    const sim::Outside outside;
    write(qpair, "sent " + std::to_string(tag) + ": " + ibv_wc_status_str(status));
  }
  if (on_sent) on_sent(qpair);
}

void Machine::received(qpair::Qpair& qpair, std::span<const std::byte> bytes) {
  {
    const sim::Outside outside;
    write(qpair, "received " + std::to_string(bytes.size()));
  }
  if (on_received) on_received(qpair);
}

void Machine::observe(const model::Observation& seen) {
  const std::string who = seen.qpair == model::nobody ? "" : "qp" + std::to_string(seen.qpair) + ' ';
  switch (seen.kind) {
    case model::Seen::call: journal_.push_back(who + "calls " + seen.text); break;
    case model::Seen::event_fetched: journal_.push_back(who + "fetched " + std::string(model::name(seen.event))); break;
    case model::Seen::event_acknowledged:
      journal_.push_back(who + "acknowledged " + std::string(model::name(seen.event)));
      break;
    default: break;
  }
}

std::size_t left_over(const sim::Kernel& kernel) {
  std::size_t left = kernel.shared.channel_open + kernel.shared.completed;
  for (const sim::Slot& slot : kernel.shared.slots)
    left += slot.id_alive + slot.held + (slot.qp != sim::QpState::none ? 1u : 0u);
  for (const std::uint8_t cq : kernel.shared.cq_alive) left += cq;
  return left;
}

}  // namespace qpcheck::test
