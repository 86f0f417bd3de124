#include "scenario/world.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

#include "model/description.hpp"

namespace qpcheck::scenario {

using properties::Property;

constexpr int rounds_to_connect = 100;  // many more than a program needs that connects at all

namespace {

// Once all is connected, only the connection's own messages go on: no request is served, and
// the program is not entered again.
bool belongs_to_prefix(const Choice& choice, bool connected) {
  if (choice.label == 0) return false;
  if (!connected) return true;
  if (choice.actor == Actor::host) return false;
  using sim::EnvKind;
  const EnvKind kind = choice.environment.kind;
  return kind != EnvKind::serve && kind != EnvKind::flush_send && kind != EnvKind::flush_receive;
}

}  // namespace

World::World(const Config& config)
    : config_(config),
      qpairs_(static_cast<std::uint8_t>(config.program == nullptr ? config.qpairs : model::max_qpairs)),
      host_(make_host(config_)),
      least_left_(config.faults) {
  sim::StepRunner::get().set_observer(this);
  sim::boot({config.faults, config.transport, config.devices}, host_->namer(), host_->number_in_wr_id());
  sim::Arena& arena = sim::Arena::get();
  root_ = arena.make<Root>();
  root_->monitors = arena.make<properties::Monitors>();
  if (config_.program != nullptr && !config_.program->reports.handling) root_->monitors->take_acknowledged_as_handled();
  host_->start();
  if (!config.from_connecting) connect_all();
  start_ = std::make_unique<std::byte[]>(arena.image().used);
  std::memcpy(start_.get(), &arena.image(), arena.image().used);
}

World::~World() { sim::StepRunner::get().set_observer(nullptr); }

const sim::Image& World::start_image() const { return *reinterpret_cast<const sim::Image*>(start_.get()); }

// The fixed prefix: every fair choice in turn, until all qpairs are connected and no message of
// theirs is under way. What the program has posted by then is posted.
void World::connect_all() {
  for (int round = 0; !host_->all_connected() || message_left(); ++round) {
    if (round == rounds_to_connect) {
      prefix_broken_ = true;
      return;
    }
    Choices choices;
    list(choices);
    for (const Choice& choice : choices) {
      if (!belongs_to_prefix(choice, host_->all_connected()) ||
          (choice.actor == Actor::host && !host_->offers(choice.host)))
        continue;
      begin_step();
      const bool whole = choice.actor == Actor::environment ? (take_environment(choice), true)
                                                            : take_host(choice, nullptr) == sim::StepEnd::completed;
      if (whole) end_step();
      prefix_broken_ = !whole || !violated_.empty();
      if (prefix_broken_) return;
    }
  }
}

bool World::message_left() const {
  Choices choices;
  list_environment(choices);
  return std::any_of(choices.begin(), choices.end(),
                     [](const Choice& choice) { return belongs_to_prefix(choice, true); });
}

bool World::silent_death_unnoticed() const {
  if (config_.program == nullptr || !config_.program->reports.notices) return false;
  const auto& slots = kernel().shared.slots;
  return std::any_of(slots.begin(), slots.end(), [this](const sim::Slot& slot) {
    return slot.in_use != 0 && slot.id_alive != 0 && slot.qpair != model::nobody && slot.connection.target_off &&
           monitors().told_up(slot.qpair);
  });
}

// The peer's DREQ is answered by rdma_disconnect, or rdma_destroy_id. Told of it is who has
// nothing of it in the channel or in hand.
bool World::disconnect_unanswered() const {
  if (config_.program == nullptr || !config_.program->reports.answers) return false;
  for (std::uint8_t i = 0; i < sim::max_slots; ++i) {
    const sim::Slot& slot = kernel().shared.slots[i];
    const bool waits = slot.in_use != 0 && slot.id_alive != 0 && slot.connection.host().ib == model::Ib::dreq_rcvd;
    if (waits && !kernel().queued_for(i).has(model::Event::disconnected) &&
        !kernel().held_for(i).has(model::Event::disconnected))
      return true;
  }
  return false;
}

void World::list(Choices& choices) const {
  list_environment(choices);
  HostChoices host;
  host_->list(host);
  for (const HostChoice& choice : host) choices.add(choice_of(choice));
}

void World::list_environment(Choices& choices) const {
  choices.count = 0;
  sim::EnvChoices environment;
  sim::list(kernel(), environment);
  for (const sim::EnvChoice choice : environment) choices.add(choice_of(kernel(), choice));
}

std::uint32_t World::next_time_ms() const {
  const std::uint32_t program = host_->next_deadline_ms(), kernel_timer = kernel().next_timer_ms();
  return program < kernel_timer ? program : kernel_timer;
}

void World::begin_step() {
  violated_ = {};
  why_.clear();
  polled_ = drained_ = 0;
  completed_before_ = {};
}

void World::take_environment(const Choice& choice) {
  sim::take(kernel(), choice.environment);
  if (choice.environment.kind == sim::EnvKind::fault)
    least_left_ = model::fewest(least_left_, kernel().shared.faults_left);
}

// Of queue pairs that are not destroyed.
World::OfQpairs World::completions() const {
  OfQpairs count{};
  const sim::Shared& shared = kernel().shared;
  for (std::size_t i = 0; i < shared.completed; ++i) {
    const sim::Slot& slot = shared.slots[shared.completions[i].slot];
    if (slot.qpair < model::max_qpairs && slot.qp != sim::QpState::none) ++count[slot.qpair];
  }
  return count;
}

sim::StepEnd World::take_host(const Choice& choice, sim::CallHook* hook) {
  const bool was_connected = host_->all_connected();
  polled_ = host_->polls(choice.host);
  drained_ = host_->drains(choice.host);
  completed_before_ = completions();
  const sim::StepEnd end = host_->run(choice.host, hook);
  const std::string& why = sim::StepRunner::get().why();
  if (end == sim::StepEnd::crashed) violate(Property::no_crash, {model::nobody, why});
  if (end == sim::StepEnd::blocked || end == sim::StepEnd::runaway) violate(Property::finishes, {model::nobody, why});
  if (end == sim::StepEnd::completed && !was_connected && host_->all_connected()) observe_connected();
  return end;
}

void World::observe_connected() {
  model::Observation seen;
  seen.kind = model::Seen::all_connected;
  seen.status = static_cast<std::int32_t>(kernel().handles.program_holds);
  observe(seen);
}

// Each fair choice is tried.
bool World::time_may_move() {
  if (next_time_ms() == sim::no_timer || next_time_ms() == 0) return false;
  const std::uint64_t here = fingerprint();
  keep();
  const auto recorder = std::exchange(recorder_, {});
  Choices choices;
  list(choices);
  bool changes = false;
  for (const Choice& choice : choices) {
    if (choice.label == 0 || changes) continue;
    begin_step();
    const bool whole = choice.actor == Actor::environment ? (take_environment(choice), true)
                                                          : take_host(choice, nullptr) == sim::StepEnd::completed;
    changes = !whole || fingerprint() != here;
    put_back();
  }
  recorder_ = recorder;
  begin_step();
  return !changes;
}

void World::advance_clock() {
  model::Observation seen;
  seen.kind = model::Seen::time_passes;
  observe(seen);
  kernel().advance(next_time_ms());
}

bool World::fair_left() const {
  Choices choices;
  list_environment(choices);
  return std::any_of(choices.begin(), choices.end(), [](const Choice& choice) { return choice.label != 0; });
}

bool World::let_time_pass(bool spinning) {
  if (fair_left()) return false;
  const std::uint32_t ms = spinning ? next_time_ms() : kernel().next_timer_ms();
  if (ms == sim::no_timer && !spinning) return false;
  kernel().advance(ms == sim::no_timer || ms == 0 ? 1 : ms);
  return true;
}

void World::end_step() {
  model::Observation over;
  over.kind = model::Seen::step_ends;
  over.status = polled_;
  for (std::size_t i = 0; i < completed_before_.size(); ++i)
    if (((drained_ >> i) & 1u) != 0 && completed_before_[i] > 0) over.error |= 1 << i;
  observe(over);
  monitors().forget_step();
}

void World::observe(const model::Observation& happened) {
  model::Observation seen = happened;
  seen.at_ms = kernel().handles.now_ms;
  if (recorder_) recorder_(seen);
  if (seen.kind == model::Seen::completion && seen.qpair < model::max_qpairs) {
    if (std::uint8_t& left = completed_before_[seen.qpair]; left > 0) --left;
  }
  properties::PropertySet broken = monitors().see(seen, [this] { return kernel().view(); });
  broken.bits &= config_.properties.bits | properties::PropertySet::always().bits;
  if (broken.empty()) return;
  for (const auto& info : properties::property_infos)
    if (explain_ && broken.has(info.id)) violate(info.id, monitors().why(info.id, seen, kernel().view()));
  violated_.bits |= broken.bits;
}

void World::violate(Property property, const properties::Reason& reason) {
  if (explain_ && !violated_.has(property)) why_.push_back({property, reason});
  violated_.add(property);
}

// Of the machine and the properties; how much the program holds decides only gives-back.
std::size_t World::describe_environment_of(std::uint8_t qpair, std::span<std::uint8_t> out) const {
  model::Description to(out);
  kernel().describe_of(to, qpair);
  monitors().describe_of(to, qpair, kernel().handles.now_ms);
  return to.size();
}

std::size_t World::describe_environment_rest(std::span<std::uint8_t> out, const model::Order& order) const {
  model::Description to(out);
  kernel().describe_rest(to, order);
  monitors().describe_rest(to);
  if (config_.properties.has(Property::gives_back)) to.put(kernel().handles.program_holds);
  return to.size();
}

std::size_t World::describe_environment(std::span<std::uint8_t> out) const {
  std::size_t size = 0;
  for (std::uint8_t qpair = 0; qpair < qpairs_; ++qpair) size += describe_environment_of(qpair, out.subspan(size));
  return size + describe_environment_rest(out.subspan(size));
}

std::size_t World::describe_program(std::span<std::uint8_t> out) const {
  std::size_t size = 0;
  for (std::uint8_t qpair = 0; qpair < qpairs_; ++qpair) size += host_->describe_of(qpair, out.subspan(size));
  return size + host_->describe_rest(out.subspan(size), {});
}

std::uint64_t World::fingerprint() {
  std::array<std::uint8_t, 4096> description;
  std::size_t size = describe_environment(description);
  size += describe_program(std::span(description).subspan(size));
  described_ = size;
  return XXH3_64bits(description.data(), size);
}

// Of all orders in which the descriptions of single qpairs ascend, by their hashes, the one that
// makes the least fingerprint: where two are equal, the rest decides between them.
World::Identity World::symmetric_identity() {
  using model::max_qpairs;
  std::array<std::uint8_t, 4096> own, description;
  std::array<std::span<const std::uint8_t>, max_qpairs> of;
  std::array<std::uint64_t, max_qpairs> hash{};
  std::size_t used = 0;
  for (std::uint8_t qpair = 0; qpair < qpairs_; ++qpair) {
    const std::span<std::uint8_t> out = std::span(own).subspan(used);
    std::size_t size = describe_environment_of(qpair, out);
    size += host_->describe_of(qpair, out.subspan(size));
    of[qpair] = out.first(size);
    hash[qpair] = XXH3_64bits(out.data(), size);
    used += size;
  }
  Identity least;
  std::uint8_t orders = 0, equal = 0;
  model::Order order;
  do {
    ++orders;
    const auto first = order.qpairs().begin();
    if (!std::is_sorted(first, first + qpairs_, [&](std::uint8_t a, std::uint8_t b) { return hash[a] < hash[b]; }))
      continue;
    std::size_t size = 0;
    for (const std::uint8_t qpair : std::span(order.qpairs()).first(qpairs_)) {
      std::copy(of[qpair].begin(), of[qpair].end(), description.begin() + static_cast<std::ptrdiff_t>(size));
      size += of[qpair].size();
    }
    size += describe_environment_rest(std::span(description).subspan(size), order);
    size += host_->describe_rest(std::span(description).subspan(size), order);
    described_ = size;
    const std::uint64_t fingerprint = XXH3_64bits(description.data(), size);
    if (equal != 0 && fingerprint >= least.fingerprint) {
      if (fingerprint == least.fingerprint) ++equal;
      continue;
    }
    equal = 1;
    least = {fingerprint, order.number(), 1};
  } while (order.advance(qpairs_));
  least.orbit = static_cast<std::uint8_t>(orders / equal);
  return least;
}

// What the step is to take of completions is judged at its end.
std::uint64_t World::environment_fingerprint() {
  std::array<std::uint8_t, 4096> description;
  const std::size_t size = describe_environment(description);
  model::Description left{std::span(description).subspan(size)};
  if (drained_ != 0) left.put(completed_before_);
  return XXH3_64bits(description.data(), size + left.size());
}

void World::keep() {
  const auto* const image = reinterpret_cast<const std::byte*>(&sim::Arena::get().image());
  kept_.assign(image, image + sim::Arena::get().image().used);
}

void World::put_back() { restore(*reinterpret_cast<const sim::Image*>(kept_.data())); }

World::Ahead World::look_ahead(const Choice& choice) {
  const properties::PropertySet violated = violated_;
  const OfQpairs completed_before = completed_before_;
  take_environment(choice);
  const Ahead ahead{environment_fingerprint(), violated_, antecedents()};
  put_back();
  violated_ = violated;
  completed_before_ = completed_before;
  return ahead;
}

std::uint64_t World::program_fingerprint() const {
  std::array<std::uint8_t, 4096> description;
  std::size_t size = describe_program(description);
  size += kernel().describe_visible(std::span(description).subspan(size));
  return XXH3_64bits(description.data(), size);
}

}  // namespace qpcheck::scenario
