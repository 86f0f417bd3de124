#include "scenario/player.hpp"

#include "scenario/did_you_mean.hpp"
#include "scenario/recorded.hpp"
#include "scenario/world.hpp"

namespace qpcheck::scenario {
namespace {

constexpr std::string_view as_it_was = "as-it-was", fixed_twin = "fixed";

const sim::ProgramInfo* program_named(std::string_view name, std::span<const sim::ProgramInfo> programs) {
  for (const sim::ProgramInfo& program : programs)
    if (program.name == name) return &program;
  return nullptr;
}

// What the header says of the program under test.
Result<Config> program_config_of(const trace::Header& header, std::span<const sim::ProgramInfo> programs) {
  if (header.program != trace::Header{}.program) {
    const sim::ProgramInfo* const program = program_named(header.program, programs);
    if (program == nullptr)
      return Error("program '" + header.program + "' is not known; it is 'qpair', or one of: qpcheck list zoo" +
                   did_you_mean_one_of(header.program, programs));
    if (header.teardown != as_it_was && header.teardown != fixed_twin)
      return Error("teardown '" + header.teardown + "' is not one of this program; it is 'as-it-was' or 'fixed'");
    return Config::of(*program, header.teardown == fixed_twin);
  }
  const Scenario* const scenario = scenario_named(header.scenario);
  if (scenario == nullptr)
    return Error("scenario '" + header.scenario + "' is not known; see: qpcheck list scenarios" +
                 did_you_mean_one_of(header.scenario, scenarios));
  const auto teardown = teardown_named(header.teardown);
  if (!teardown)
    return Error("teardown '" + header.teardown + "' is not known; see: qpcheck list teardowns" +
                 did_you_mean_one_of(header.teardown, teardown_infos));
  return Config::of(*scenario, *teardown);
}

Result<AskSet> requests_of(const trace::Header& header) {
  AskSet set;
  for (const std::string& request : header.requests) {
    const auto ask = ask_named(request);
    if (!ask)
      return Error("request '" + request + "' is not known; it is connect, disconnect, failover, reset or shutdown");
    set.add(*ask);
  }
  return set;
}

Result<void> set_faults(model::Budget& budget, const trace::Header& header) {
  budget = {};
  for (const auto& [fault_name, count] : header.faults) {
    std::uint8_t* const left = budget_of(budget, fault_name);
    if (left == nullptr)
      return Error("fault '" + fault_name + "' is not known; see: qpcheck list faults" +
                   did_you_mean_one_of(fault_name, model::fault_infos));
    if (count > 9)
      return Error("fault '" + fault_name + "' has a budget of " + std::to_string(count) + "; at most 9 is possible");
    *left = static_cast<std::uint8_t>(count);
  }
  return {};
}

bool same(const Choice& one, const Choice& other) {
  return one.actor == other.actor && (one.actor != Actor::host || one.host == other.host) &&
         (one.actor != Actor::environment || one.environment == other.environment);
}

class Player final : public sim::CallHook {
 public:
  explicit Player(World& world) : world_(world), changes_(world_.kernel()) {
    world_.restore(world_.start_image());
    world_.explain(true);
    world_.record_to([this](const model::Observation& seen) { record(seen); });
    changes_ = Changes(world_.kernel());
    played_.trace.header = header_of(world_.config());
  }

  Played play(const std::vector<WantedStep>& steps) {
    for (const WantedStep& step : steps) {
      take(step);
      if (played_.departure || !played_.violated.empty()) break;
    }
    world_.record_to({});
    world_.explain(false);
    if (played_.departure && step_here().choice.empty()) played_.trace.steps.pop_back();
    return std::move(played_);
  }

  bool before_call(std::uint32_t number, const char* name) override { return take_inner(number, name); }
  bool while_blocked(std::uint32_t number, const char* name) override {
    const std::size_t taken = inner_taken_;
    if (!world_.fair_left()) return time_passes(false);
    return take_inner(number, name) && inner_taken_ > taken;
  }
  void while_spinning(std::uint32_t number, const char* name) override {
    if (world_.fair_left()) take_inner(number, name);
    else time_passes(true);
  }
  void returned(std::uint64_t) override {}

 private:
  void take(const WantedStep& step) {
    played_.trace.steps.emplace_back();
    wanted_ = &step;
    inner_taken_ = 0;
    last_call_.clear();
    Choices choices;
    world_.list(choices);
    if (world_.time_may_move()) choices.add(clock_choice());
    const Choice* const choice = find(choices, step.choice, "");
    if (choice == nullptr) return;
    step_here().choice = name(world_.kernel(), *choice);
    const model::View before = world_.kernel().view();
    world_.begin_step();
    run(*choice);
    tell_changes();
    tell_parked(before);
    if (whole_) world_.end_step();
    finish_step();
  }

  void run(const Choice& choice) {
    whole_ = true;
    if (choice.actor == Actor::environment) return world_.take_environment(choice);
    if (choice.actor == Actor::host) {
      const sim::StepEnd end = world_.take_host(choice, this);
      whole_ = end == sim::StepEnd::completed;
      if (end == sim::StepEnd::beyond) depart(sim::StepRunner::get().why());
      return;
    }
    const std::uint32_t ms = world_.next_time_ms();
    world_.advance_clock();
    see(trace::seen::TimePasses{ms});
  }

  bool time_passes(bool spinning) {
    if (!world_.let_time_pass(spinning)) return false;
    see(trace::seen::TimePasses{});
    return true;
  }

  void finish_step() {
    if (played_.departure) return;  // a step that was given up shows nothing
    if (world_.violated().empty()) {
      if (inner_taken_ < wanted_->inner.size()) depart_from_calls(wanted_->inner[inner_taken_]);
      return;
    }
    played_.violated = world_.violated();
    for (const auto& property : properties::property_infos)
      for (const World::Because& because : world_.why())
        if (because.property == property.id)
          played_.trace.header.violated.push_back(
              {std::string(property.name), who(because.reason), because.reason.text});
  }

  static std::string who(const properties::Reason& reason) {
    return reason.qpair == model::nobody ? "" : "qp" + std::to_string(reason.qpair);
  }

  bool take_inner(std::uint32_t number, const char* call) {
    last_call_ = place_of(number, call);
    while (inner_taken_ < wanted_->inner.size() && wanted_->inner[inner_taken_].call == number) {
      Choices choices;
      world_.list_environment(choices);
      const Choice* const choice = find(choices, wanted_->inner[inner_taken_].choice, " before " + last_call_);
      if (choice == nullptr) return false;
      const std::string text = name(world_.kernel(), *choice);
      step_here().inner.push_back({number, call, text});
      tell_changes();
      see(trace::seen::Inner{call, text});
      world_.take_environment(*choice);
      tell_changes();
      ++inner_taken_;
    }
    return true;
  }

  static std::string place_of(std::uint32_t number, const char* call) {
    return std::string(call) + " (call " + std::to_string(number) + ")";
  }

  static std::string words_of(const Wanted& wanted) {
    return wanted.exact ? "a choice that the search took" : "\"" + wanted.name + "\"";
  }

  // `where`: " before rdma_disconnect (call 1)" of an inner choice.
  const Choice* find(const Choices& choices, const Wanted& wanted, const std::string& where) {
    std::string enabled;
    for (const Choice& choice : choices) {
      const std::string text = name(world_.kernel(), choice);
      if (wanted.exact ? same(choice, *wanted.exact) : text == wanted.name) return &choice;
      enabled += (enabled.empty() ? "" : ", ") + text;
    }
    depart("wanted " + words_of(wanted) + where + ", enabled are: " + (enabled.empty() ? "none" : enabled));
    return nullptr;
  }

  void depart_from_calls(const WantedInner& inner) {
    depart("wanted " + words_of(inner.choice) + " before call " + std::to_string(inner.call) + ", but " +
           (last_call_.empty() ? "this step makes no call that anything can come before"
                               : "the last call of this step that anything can come before is " + last_call_));
  }

  void depart(const std::string& line) { played_.departure = Departure{played_.trace.steps.size(), line}; }

  void record(const model::Observation& seen) {
    if (auto worth_telling = recorded(seen)) see(*std::move(worth_telling));
    if (seen.kind == model::Seen::call) tell_changes();
  }

  void tell_changes() {
    for (trace::Observed& change : changes_.until_now(world_.kernel())) see(std::move(change));
  }

  void tell_parked(const model::View& before) {
    const model::View after = world_.kernel().view();
    for (std::uint8_t slot = 0; slot < sim::max_slots; ++slot)
      for (std::size_t i = 0; i < model::event_count; ++i) {
        const auto event = static_cast<model::Event>(i);
        if (!after.slots[slot].held.has(event) || before.slots[slot].held.has(event)) continue;
        see(trace::seen::Parked{sim::slot_name(slot, after.slots[slot].qpair), std::string(name(event))});
      }
  }

  trace::Step& step_here() { return played_.trace.steps.back(); }
  void see(trace::Observed observed) { step_here().observed.push_back(std::move(observed)); }

  World& world_;
  Changes changes_;
  Played played_;
  const WantedStep* wanted_ = nullptr;
  std::size_t inner_taken_ = 0;
  std::string last_call_;  // of this step, that an inner choice may fall before
  bool whole_ = true;
};

}  // namespace

Played play(World& world, const std::vector<WantedStep>& steps) { return Player(world).play(steps); }

Played play(const Config& config, const std::vector<WantedStep>& steps) {
  World world(config);
  return play(world, steps);
}

std::vector<WantedStep> wanted_steps(const trace::Trace& trace) {
  std::vector<WantedStep> steps;
  for (const trace::Step& step : trace.steps) {
    WantedStep wanted{{step.choice, {}}, {}};
    for (const trace::InnerChoice& inner : step.inner) wanted.inner.push_back({inner.call, {inner.choice, {}}});
    steps.push_back(std::move(wanted));
  }
  return steps;
}

trace::Header header_of(const Config& config) {
  trace::Header header;
  header.scenario = config.scenario->name;
  header.teardown = name(config.teardown);
  if (config.program != nullptr) {
    header.program = config.program->name;
    header.teardown = config.fixed ? fixed_twin : as_it_was;
  }
  header.from = config.from_connecting ? "connecting" : "established";
  header.qpairs = config.qpairs;
  header.transport = name(config.transport);
  header.devices = config.devices;
  header.disconnect_timeout_ms = config.disconnect_timeout_ms;
  header.own_cqs = config.own_cqs;
  header.queue_depth = config.queue_depth;
  for (std::size_t i = 0; i < ask_names.size(); ++i)
    if (config.requests.has(static_cast<Ask>(i))) header.requests.emplace_back(ask_names[i]);
  if (config.sends != config.scenario->sends) header.sends = config.sends;
  for (const model::FaultInfo& fault : model::fault_infos)
    if (const std::uint8_t count = config.faults.of[static_cast<std::size_t>(fault.fault)]; count > 0)
      header.faults[std::string(fault.name)] = count;
  if (config.faults.any > 0) header.faults[std::string(any_fault)] = config.faults.any;
  return header;
}

Result<Config> config_of(const trace::Header& header, std::span<const sim::ProgramInfo> programs) {
  auto config = program_config_of(header, programs);
  if (!config) return config.error();
  const auto transport = transport_named(header.transport);
  if (!transport)
    return Error("transport '" + header.transport + "' is not known; see: qpcheck list transports" +
                 did_you_mean(header.transport, model::transport_names));
  if (header.from != "established" && header.from != "connecting")
    return Error("start '" + header.from + "' is not known; it is 'established' or 'connecting'");
  if (header.qpairs < 1 || header.qpairs > model::max_qpairs)
    return Error("qpairs " + std::to_string(header.qpairs) + " is out of range; it is 1 to " +
                 std::to_string(model::max_qpairs));
  if (header.sends.value_or(0) > most_sends)
    return Error("sends " + std::to_string(*header.sends) + " is out of range; it is 0 to " +
                 std::to_string(most_sends));
  if (header.devices < 1 || header.devices > sim::max_devices)
    return Error("devices " + std::to_string(header.devices) + " is out of range; it is 1 to " +
                 std::to_string(sim::max_devices));
  if (header.queue_depth < 1 || header.queue_depth > sim::max_posted)
    return Error("queue_depth " + std::to_string(header.queue_depth) + " is out of range; it is 1 to " +
                 std::to_string(sim::max_posted));
  const auto requests = requests_of(header);
  if (!requests) return requests.error();
  Config set = *config;
  set.qpairs = header.qpairs;
  set.from_connecting = header.from == "connecting" || set.scenario->from_connecting;
  set.transport = *transport;
  set.devices = static_cast<std::uint8_t>(header.devices);
  set.disconnect_timeout_ms = header.disconnect_timeout_ms;
  set.own_cqs = header.own_cqs;
  set.queue_depth = header.queue_depth;
  set.requests = *requests;
  set.sends = static_cast<std::uint8_t>(header.sends.value_or(set.scenario->sends));
  if (auto done = set_faults(set.faults, header); !done) return done.error();
  set.properties = set.applicable();
  return set;
}

}  // namespace qpcheck::scenario
