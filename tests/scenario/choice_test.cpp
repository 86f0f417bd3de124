// What the table of choices says, held against the choices that runs offer.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "model/choice.hpp"
#include "scenario/world.hpp"
#include "tests/scenario/configs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using model::Fair;
using model::Verb;
using model::On;

namespace {

// Takes choices at random, none inside a step but where the program waits in a call.
class Wanderer final : public sim::CallHook {
 public:
  Wanderer(const Config& config, unsigned seed) : world_(config), random_(seed) {
    world_.restore(world_.start_image());
  }

  template <class Look>
  void wander(int steps, Look&& look) {
    for (int i = 0; i < steps; ++i) {
      Choices choices;
      world_.list(choices);
      if (world_.time_may_move()) choices.add(clock_choice());
      look(world_, choices);
      if (choices.count == 0 || !take(any_of(choices))) return;
    }
  }

  bool before_call(std::uint32_t, const char*) override { return true; }
  bool while_blocked(std::uint32_t, const char*) override { return act_or_wait(false); }
  void while_spinning(std::uint32_t, const char*) override { act_or_wait(true); }
  void returned(std::uint64_t) override {}

 private:
  const Choice& any_of(const Choices& choices) { return choices.items[random_() % choices.count]; }

  bool take(const Choice& choice) {
    world_.begin_step();
    sim::StepEnd end = sim::StepEnd::completed;
    if (choice.actor == Actor::host) end = world_.take_host(choice, this);
    else if (choice.actor == Actor::clock) world_.advance_clock();
    else world_.take_environment(choice);
    if (end == sim::StepEnd::completed) world_.end_step();
    return end == sim::StepEnd::completed && world_.violated().empty();
  }

  bool act_or_wait(bool spinning) {
    if (!world_.fair_left()) return world_.let_time_pass(spinning);
    Choices all, fair;
    world_.list_environment(all);
    for (const Choice& choice : all)
      if (choice.label != 0) fair.add(choice);
    world_.take_environment(any_of(fair));
    return true;
  }

  World world_;
  std::mt19937 random_;
};

// Every scenario and teardown, from both starts, each fault alone, with two messages.
std::vector<Config> settings(model::Transport transport) {
  std::vector<Config> all;
  for (const Scenario& scenario : scenarios)
    for (const qpair::Teardown teardown : teardowns)
      for (const Start start : {Start::established, Start::connecting})
        for (std::size_t fault = 0; fault < model::fault_count; ++fault) {
          Config config = small_config(scenario.name, teardown, start, 2);
          config.transport = transport;
          config.faults = {};
          config.faults.of[fault] = 2;
          ++config.faults[model::Fault::peer_disconnect];
          config.sends = 2;
          all.push_back(config);
        }
  return all;
}

// What only other programs and generated scenarios have: src/qpair begins connected or
// connecting, asks for no asynchronous event, and leaves no completion of a destroyed QP.
bool not_of_qpair(Verb verb) {
  return verb == Verb::start || verb == Verb::request || verb == Verb::request_connect || verb == Verb::raise ||
         verb == Verb::purge;
}

struct Found {
  std::set<bool> fair;  // whether it had a label
  bool ib = false, iwarp = false;
};

std::map<Verb, Found> wander_everywhere(std::set<std::string>& misnamed) {
  std::map<Verb, Found> found;
  for (const model::Transport transport : {model::Transport::ib, model::Transport::iw})
    for (const Config& config : settings(transport))
      for (unsigned seed = 0; seed < 12; ++seed)
        Wanderer(config, seed).wander(80, [&](const World& world, const Choices& choices) {
          for (const Choice& choice : choices) {
            const std::string text = name(world.kernel(), choice);
            const model::Named named = model::choice_named(text);
            if (named.verb == nullptr || choice.rank >> 16 != static_cast<std::uint32_t>(named.verb->verb)) {
              misnamed.insert(text);
              continue;
            }
            Found& here = found[named.verb->verb];
            here.fair.insert(choice.label != 0);
            (transport == model::Transport::ib ? here.ib : here.iwarp) = true;
          }
        });
  return found;
}

}  // namespace

TEST_CASE("the table of choices says of each what runs show") {
  std::set<std::string> misnamed;
  auto found = wander_everywhere(misnamed);
  CHECK(misnamed == std::set<std::string>{});
  for (const model::VerbInfo& row : model::verb_infos) {
    INFO(row.words);
    CHECK(found.contains(row.verb) != not_of_qpair(row.verb));
    if (!found.contains(row.verb)) continue;
    const Found& here = found[row.verb];
    CHECK(here.fair.contains(true) == (row.fair != Fair::no));
    CHECK(here.fair.contains(false) == (row.fair != Fair::yes));
    CHECK(here.ib == (row.on != On::iwarp));
    CHECK(here.iwarp == (row.on != On::ib));
  }
}
