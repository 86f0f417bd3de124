// Every field that decides the future is in a state's identity, or it is said here why it
// need not be.
//
// How: random runs of the real code. A byte of the simulated machine, of src/qpair or of a
// monitor that is not the same in all states is changed, in the states that were reached, to
// a value that it has in another; some state's fingerprint must change with it. A new field
// is looked at without being named. Bytes that no run ever sets are listed too, so that a
// fault which is no longer spent is missed.
#include <catch2/catch.hpp>

#include <bitset>
#include <cstddef>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "qpair/controller.hpp"
#include "scenario/qpair_host.hpp"
#include "scenario/world.hpp"
#include "tests/scenario/configs.hpp"
#include "tests/scenario/revealed.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;

namespace {

struct Range {
  std::size_t begin, bytes;
  const char* why;
};

struct Part {
  std::string name;
  std::size_t bytes;
  std::vector<Range> left_out;   // of the identity
  std::vector<Range> never_set;  // by any of these runs
  bool every_byte_is_set = false;  // but those
};

const Range* range_of(const std::vector<Range>& ranges, std::size_t at) {
  for (const Range& range : ranges)
    if (at >= range.begin && at < range.begin + range.bytes) return &range;
  return nullptr;
}

// One object of a part, in the world as it is now.
struct Object {
  std::size_t part;
  std::byte* at;
};

template <class Owner, class Member>
std::size_t offset_of(Member Owner::*member) {
  alignas(Owner) static std::byte nothing[sizeof(Owner)];
  const auto* const owner = reinterpret_cast<const Owner*>(nothing);
  return static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&(owner->*member)) - nothing);
}

template <class Owner, class Member>
Range whole(Member Owner::*member, const char* why) {
  return {offset_of(member), sizeof(Member), why};
}

template <class Inner, class Owner, class Member>
Range inside(Inner Owner::*outer, Member Inner::*member, const char* why) {
  return {offset_of(outer) + offset_of(member), sizeof(Member), why};
}

enum : std::size_t {
  slot,
  queued,
  parked,
  pending,
  completion,
  machine,
  requests,
  controller,
  one_qpair,
  application,
  monitors,
  part_count
};

using model::Connection;
using properties::Monitors;
using sim::Shared;
using sim::Slot;

using State = std::remove_reference_t<decltype(*(std::declval<QpairHost&>().*revealed(Of_state_{})))>;

// Of an event that the program holds: what happened, and its status.
constexpr std::size_t event_begin = offsetof(rdma_cm_event, event), event_end = offsetof(rdma_cm_event, param);

constexpr const char* antecedent = "a fact about the whole search: World::antecedents() is its reader";
constexpr const char* whole_run = "the same in the whole run";
constexpr const char* number = "the qpair's number: its QP says it too";
constexpr std::size_t machine_begins = offsetof(Shared, faults_left);

std::vector<Part> all_parts() {
  std::vector<Part> parts(part_count);
  parts[slot] = {"Slot",
                 sizeof(Slot),
                 {whole(&Slot::told, "held against the contract only: what was raised follows from the connection"),
                  whole(&Slot::qpair, "who owns the slot decides which slot it is"),
                  inside(&Slot::connection, &Connection::transport, whole_run)},
                 {inside(&Slot::connection, &Connection::backlog_full, "a target of the simulator takes every request"),
                  inside(&Slot::connection, &Connection::cannot_post, "true during one step at the most"),
                  {offset_of(&Slot::connection) + offset_of(&Connection::stale), 1,
                   "faults make the target's side remember, never the host's"},
                  whole(&Slot::own_cqs, "src/qpair makes its CQs itself"),
                  whole(&Slot::most_inline, "src/qpair sends nothing inline"),
                  whole(&Slot::unsignaled, "src/qpair hears of every send"),
                  whole(&Slot::in_use, "a slot that is not in use is not looked at")},
                 true};
  for (std::size_t side = 0; side < 2; ++side) {
    const std::size_t wire = offset_of(&Slot::connection) + offset_of(&Connection::to) + side * sizeof(model::Wire);
    parts[slot].never_set.push_back({wire + offset_of(&model::Wire::datagrams) + 2, model::Wire::capacity - 2,
                                     "hardly ever are more than two on their way"});
    parts[slot].never_set.push_back({wire + offset_of(&model::Wire::reasons) + 1, model::Wire::capacity - 1,
                                     "only a REJ has a reason, and hardly ever one that is not the first"});
  }
  parts[queued] = {"QueuedEvent", sizeof(sim::QueuedEvent), {}, {}, true};
  parts[parked] = {"rdma_cm_event, parked", event_end - event_begin, {}, {}, false};
  parts[pending] = {"rdma_cm_event, pending", event_end - event_begin, {}, {}, false};
  parts[completion] = {"Completion",
                       sizeof(sim::Completion),
                       {whole(&sim::Completion::opcode,
                              "nobody may read it of a completion that failed, and the wr_id tells which it is"),
                        {offset_of(&sim::Completion::wr_id) + 2, 1, number}},
                       {},
                       false};
  parts[machine] = {"Shared",
                    sizeof(Shared) - machine_begins,
                    {{offsetof(Shared, transport) - machine_begins, 1, whole_run},
                     {offsetof(Shared, faults_given) - machine_begins, sizeof(model::Budget), whole_run}},
                    {},
                    false};
  parts[requests] = {"wr_id", sizeof(std::uint64_t), {{2, 1, number}}, {}, false};
  parts[controller] = {"Controller", sizeof(qpair::Controller), {whole(revealed(Of_options_{}), whole_run)}, {}, false};
  parts[one_qpair] = {
      "Qpair",
      sizeof(qpair::Qpair),
      {whole(revealed(Of_path_{}), "the controller's while an attempt is under way, and then only read")},
      {},
      false};
  parts[application] = {"QpairHost::State", sizeof(State), {}, {}, false};
  parts[monitors] = {
      "Monitors",
      sizeof(Monitors),
      {whole(revealed(Of_breach_{}), "of the last observation only"),
       whole(revealed(Of_nothing_left_{}), antecedent),
       whole(revealed(Of_no_use_after_destroy_{}), antecedent),
       whole(revealed(Of_legal_calls_{}), antecedent),
       whole(revealed(Of_life_cycle_{}), antecedent),
       whole(revealed(Of_finishes_{}), antecedent),
       whole(revealed(Of_no_crash_{}), antecedent),
       whole(revealed(Of_qp_to_error_{}), antecedent),
       inside(revealed(Of_keeps_time_{}), &properties::KeepsTime::antecedent, antecedent),
       inside(revealed(Of_answers_arrive_{}), &properties::AnswersArrive::antecedent, antecedent),
       inside(revealed(Of_answers_arrive_{}), &properties::AnswersArrive::arrived, "of the step only"),
       inside(revealed(Of_gives_back_{}), &properties::GivesBack::antecedent, antecedent),
       inside(revealed(Of_gives_back_{}), &properties::GivesBack::more, "for its sentence"),
       whole(revealed(Of_possible_wait_{}), "an antecedent, and what was found last, for its sentence"),
       inside(revealed(Of_awaited_once_{}), &properties::AwaitedOnce::antecedent, antecedent),
       inside(revealed(Of_no_needless_timeout_{}), &properties::NoNeedlessTimeout::antecedent, antecedent),
       inside(revealed(Of_requests_complete_once_{}), &properties::RequestsCompleteOnce::antecedent, antecedent),
       inside(revealed(Of_flag_agrees_{}), &properties::FlagAgrees::antecedent, antecedent),
       inside(revealed(Of_no_lost_event_{}), &properties::NoLostEvent::antecedent, antecedent),
       inside(revealed(Of_told_once_{}), &properties::ToldOnce::antecedent, antecedent),
       inside(revealed(Of_comes_back_{}), &properties::ComesBack::antecedent, antecedent)},
      {},
      false};
  for (std::size_t qpair = 0; qpair < model::max_qpairs; ++qpair) {
    const std::size_t wait = offset_of(revealed(Of_ledger_{})) + qpair * sizeof(properties::Wait);
    for (const Range& range : {whole(&properties::Wait::impossible, "follows from the rest of the state"),
                               whole(&properties::Wait::place, "for explanations")})
      parts[monitors].left_out.push_back({wait + range.begin, range.bytes, range.why});
  }
  return parts;
}

std::vector<Object> objects_of(World& world) {
  sim::Kernel& kernel = world.kernel();
  Shared& shared = kernel.shared;
  std::vector<Object> objects;
  const auto add = [&objects](std::size_t part, void* at) { objects.push_back({part, static_cast<std::byte*>(at)}); };
  for (std::size_t i = 0; i < sim::max_slots; ++i) {
    if (shared.slots[i].in_use == 0) continue;
    add(slot, &shared.slots[i]);
    for (std::size_t n = 0; shared.slots[i].sends > 1 && n < shared.slots[i].sends; ++n)
      add(requests, &kernel.handles.sends[i][n].wr_id);
    for (std::size_t n = 0; shared.slots[i].receives > 1 && n < shared.slots[i].receives; ++n)
      add(requests, &kernel.handles.receives[i][n].wr_id);
  }
  for (std::size_t i = 0; i < shared.queued; ++i) add(queued, &shared.queue[i]);
  for (std::size_t i = 0; i < shared.completed; ++i) add(completion, &shared.completions[i]);
  add(machine, reinterpret_cast<std::byte*>(&shared) + machine_begins);
  add(monitors, &world.monitors());
  const auto& host = static_cast<const QpairHost&>(world.host());
  add(application, host.*revealed(Of_state_{}));
  if (host.program() == nullptr) return objects;
  qpair::Controller& program = *const_cast<qpair::Controller*>(host.program());
  add(controller, &program);
  const auto add_event = [&add](std::size_t part, rdma_cm_event* event) {
    add(part, reinterpret_cast<std::byte*>(event) + event_begin);
  };
  for (rdma_cm_event* const event : program.*revealed(Of_pending_{})) add_event(pending, event);
  for (std::uint32_t i = 0; i < program.size(); ++i) {
    add(one_qpair, &program.at(i));
    if (rdma_cm_event* const event = program.at(i).*revealed(Of_parked_{}); event != nullptr) add_event(parked, event);
  }
  return objects;
}

// A few thousand states, the same on every call.
class Runs final : public sim::CallHook {
 public:
  using Visit = std::function<void(World&)>;

  void go(const Config& config, std::uint32_t runs, std::uint32_t steps, const Visit& visit) {
    World world(config);
    world_ = &world;
    random_.seed(1);
    for (std::uint32_t run = 0; run < runs; ++run) {
      world.restore(world.start_image());
      for (std::uint32_t step = 0; step < steps && take(); ++step) visit(world);
    }
  }

  bool before_call(std::uint32_t, const char*) override {
    if (random_() % 8 == 0) act(false);
    return true;
  }
  bool while_blocked(std::uint32_t, const char*) override { return act(true) || world_->let_time_pass(false); }
  void while_spinning(std::uint32_t, const char*) override {
    if (!act(true)) world_->let_time_pass(true);
  }
  void returned(std::uint64_t) override {}

 private:
  bool act(bool due) {
    Choices all, choices;
    world_->list_environment(all);
    for (const Choice& choice : all)
      if (!due || choice.label != 0) choices.add(choice);
    if (choices.count == 0) return false;
    world_->take_environment(picked(choices));
    return true;
  }

  // Mostly no fault, so that runs get far.
  Choice picked(const Choices& choices) {
    Choice choice = choices.items[random_() % choices.count];
    for (int i = 0; i < 4 && choice.actor == Actor::environment && choice.environment.kind == sim::EnvKind::fault; ++i)
      choice = choices.items[random_() % choices.count];
    return choice;
  }

  // The clock moves now and then although something else would happen: a late state is one, too.
  bool take() {
    Choices choices;
    world_->list(choices);
    if (world_->next_time_ms() != sim::no_timer && world_->next_time_ms() != 0) choices.add(clock_choice());
    if (choices.count == 0) return false;
    const Choice choice = picked(choices);
    world_->begin_step();
    if (choice.actor == Actor::host) {
      if (world_->take_host(choice, this) != sim::StepEnd::completed) return false;
      world_->end_step();
    } else if (choice.actor == Actor::clock) {
      world_->kernel().advance(world_->next_time_ms());
    } else {
      world_->take_environment(choice);
    }
    return world_->violated().empty();
  }

  World* world_ = nullptr;
  std::mt19937 random_;
};

std::vector<Config> configurations() {
  std::vector<Config> all;
  for (const model::Transport transport : {model::Transport::ib, model::Transport::iw})
    for (const char* const scenario : {"failover", "target-killed"}) {
      Config config = small_config(scenario, qpair::Teardown::settled, Start::connecting, 2);
      config.from_connecting = scenario[0] == 'f';
      config.transport = transport;
      config.sends = 2;
      config.queue_depth = 2;
      config.own_cqs = scenario[0] == 't';
      config.devices = config.from_connecting ? 2 : 1;
      config.faults = {};
      config.faults.any = 4;
      for (const model::Fault fault : {model::Fault::neighbour, model::Fault::enomem, model::Fault::eio,
                                       model::Fault::drop, model::Fault::stale, model::Fault::unknown_event})
        config.faults[fault] = 1;
      all.push_back(config);
    }
  return all;
}

// Where a Slot has no field.
std::vector<bool> padding_of_slot() {
  Slot slot;
  std::memset(static_cast<void*>(&slot), 1, sizeof(slot));
  __builtin_clear_padding(&slot);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(&slot);
  std::vector<bool> padding(sizeof(slot));
  for (std::size_t i = 0; i < sizeof(slot); ++i) padding[i] = bytes[i] == 0;
  return padding;
}

bool is_pointer(std::uint64_t word) {
  return word != 0 && (sim::Arena::get().contains(reinterpret_cast<const void*>(word)));
}

constexpr std::uint32_t runs = 1000, steps = 80;

struct Seen {
  std::vector<std::bitset<256>> values;
  std::vector<bool> pointer, tells;
};

std::uint8_t other_value(const std::bitset<256>& values, std::uint8_t here) {
  for (unsigned i = 1; i < 256; ++i)
    if (const auto value = static_cast<std::uint8_t>(here + i); values.test(value)) return value;
  return here;
}

}  // namespace

TEST_CASE("every field that varies is in the identity, or it is said why not") {
  const std::vector<Part> parts = all_parts();
  std::vector<Seen> seen;
  for (const Part& part : parts)
    seen.push_back(
        {std::vector<std::bitset<256>>(part.bytes), std::vector<bool>(part.bytes), std::vector<bool>(part.bytes)});
  for (const Config& config : configurations())
    Runs().go(config, runs, steps, [&](World& world) {
      for (const Object& object : objects_of(world)) {
        Seen& here = seen[object.part];
        for (std::size_t i = 0; i < parts[object.part].bytes; ++i)
          here.values[i].set(std::to_integer<std::size_t>(object.at[i]));
        for (std::size_t i = 0; i + 8 <= parts[object.part].bytes; i += 8) {
          std::uint64_t word = 0;
          std::memcpy(&word, object.at + i, sizeof(word));
          if (is_pointer(word)) std::fill_n(here.pointer.begin() + static_cast<std::ptrdiff_t>(i), 8, true);
        }
      }
    });
  for (const Config& config : configurations())
    Runs().go(config, runs, steps, [&](World& world) {
      const std::uint64_t before = world.fingerprint();
      for (const Object& object : objects_of(world)) {
        Seen& here = seen[object.part];
        for (std::size_t i = 0; i < parts[object.part].bytes; ++i) {
          if (here.pointer[i] || here.tells[i] || here.values[i].count() < 2) continue;
          const std::byte kept = object.at[i];
          object.at[i] = std::byte{other_value(here.values[i], std::to_integer<std::uint8_t>(kept))};
          if (world.fingerprint() != before) here.tells[i] = true;
          object.at[i] = kept;
        }
      }
    });
  const std::vector<bool> padding = padding_of_slot();
  for (std::size_t part = 0; part < part_count; ++part)
    for (std::size_t i = 0; i < parts[part].bytes; ++i) {
      const Seen& here = seen[part];
      if (here.pointer[i] || (part == slot && padding[i])) continue;
      INFO(parts[part].name << ", byte " << i << ", which took " << here.values[i].count() << " values");
      const Range* const left_out = range_of(parts[part].left_out, i);
      if (left_out != nullptr) CHECK(!here.tells[i]);
      else if (here.values[i].count() > 1) CHECK(here.tells[i]);
      else if (parts[part].every_byte_is_set) CHECK(range_of(parts[part].never_set, i) != nullptr);
      if (here.values[i].count() > 1 && parts[part].every_byte_is_set && range_of(parts[part].never_set, i) != nullptr)
        FAIL_CHECK("it is set, and said to be never set");
    }
}
