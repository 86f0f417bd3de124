// Faults in whole worlds: what settled survives, and that each fault does something.
#include <catch2/catch.hpp>

#include "scenario/matrix.hpp"
#include "scenario/player.hpp"
#include "tests/scenario/configs.hpp"
#include "story/explain.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using model::Fault;
using model::Transport;
using qpair::Teardown;

namespace {

constexpr std::array transports = {Transport::ib, Transport::iw};

void expect_holds(const Config& config) {
  INFO(story::setting(header_of(config)));
  const CheckResult result = check(config);
  INFO((result.counterexample ? story::explain(*result.counterexample) : result.note));
  CHECK(name(result.verdict) == "holds");
  CHECK(result.search.complete());
}

Config with_budget(std::string_view scenario, Transport transport, const model::Budget& budget,
                   Start start = Start::established) {
  Config config = small_config(scenario, Teardown::settled, start);
  config.transport = transport;
  config.faults = budget;
  config.properties = config.required();
  return config;
}

model::Budget any(std::uint8_t count) {
  model::Budget budget;
  budget.any = count;
  return budget;
}

std::uint64_t states(const Config& config) { return check(config).search.states; }

Played play_story(const Config& config, std::initializer_list<const char*> choices) {
  std::vector<WantedStep> steps;
  for (const char* const choice : choices) steps.push_back({{choice, {}}, {}});
  return play(config, steps);
}

}  // namespace

TEST_CASE(
    "settled holds with any one fault of the contract, in every scenario, from either start, on both transports") {
  for (const Transport transport : transports)
    for (const Scenario& scenario : scenarios)
      for (const Start start : {Start::established, Start::connecting})
        expect_holds(with_budget(scenario.name, transport, any(1), start));
}

TEST_CASE("settled holds with any two faults of the contract, from established") {
  for (const Transport transport : transports)
    for (const char* const scenario : {"target-killed", "reset"})
      expect_holds(with_budget(scenario, transport, any(2)));
}

TEST_CASE("no budget of two ends the tool: every teardown gets a verdict, from connecting") {
  for (const Teardown teardown : teardowns) {
    Config config = small_config("target-killed", teardown, Start::connecting);
    config.faults = any(2);
    config.properties = set_of({properties::Property::nothing_left, properties::Property::life_cycle});
    CHECK(name(check(config).verdict) == "holds");
  }
}

TEST_CASE("beyond the contract settled neither crashes nor hangs nor touches what is destroyed") {
  for (const Transport transport : transports)
    for (const model::FaultInfo& fault : model::fault_infos) {
      if (fault.within_contract) continue;
      for (const char* const scenario : {"target-killed", "reset", "connect-only"}) {
        model::Budget budget = one(fault.fault);
        budget[Fault::kill] = 1;
        const Config config = with_budget(scenario, transport, budget);
        // An established iWARP id has no two events that could change places.
        const bool none_to_swap =
            transport == Transport::iw && fault.fault == Fault::reorder_in_id && !config.from_connecting;
        if (!none_to_swap) expect_holds(config);
      }
    }
}

TEST_CASE("every fault makes something possible that is not possible without it") {
  for (const Transport transport : transports)
    for (const model::FaultInfo& fault : model::fault_infos) {
      const auto cell = fault_cell(fault.fault, transport, Teardown::settled);
      if (!cell) continue;
      INFO(fault.name << " on " << model::name(transport));
      Config with = cell->config, without = cell->config;
      with.qpairs = without.qpairs = 1;
      without.faults = {};
      CHECK(states(with) > states(without));
    }
}

TEST_CASE("a fault that cannot be spent alone has no cell, and is vacuous where it is checked all the same") {
  for (const Transport transport : transports)
    for (const model::FaultInfo& fault : model::fault_infos) {
      INFO(fault.name << " on " << model::name(transport));
      const bool spendable = model::spendable_alone(fault.fault, transport);
      CHECK(fault_cell(fault.fault, transport, Teardown::settled).has_value() == spendable);
      const CheckResult result = check(with_budget("connect-only", transport, one(fault.fault)));
      CHECK(name(result.verdict) == (spendable ? "holds" : "vacuous"));
      CHECK(result.within_less == !spendable);
    }
}

TEST_CASE("a DREQ that nobody answers ends in DISCONNECTED with -ETIMEDOUT, where the teardown waits long enough") {
  Config config = deadline_cell(Transport::ib, Teardown::settled).config;
  config.qpairs = 1;
  const auto told = [&](std::initializer_list<const char*> choices) {
    const Played played = play_story(config, choices);
    INFO((played.departure ? played.departure->line : ""));
    CHECK_FALSE(played.departure);
    CHECK(played.violated.empty());
    return observations_of(played.trace);
  };
  // Linux 6.12 gives up after 78 s, 6.1 after 102 s: a choice.
  const auto sooner = told({"stop target", "request reset", "deliver DREQ qp0 at target", "flush receive qp0",
                            "poll qp0", "advance clock", "give up retransmission qp0", "poll controller", "poll qp0"});
  CHECK(has(sooner, "qp0 DISCONNECTED fetched (status -110)"));
  CHECK(has(sooner, "qp0 wait ends: satisfied"));
  const auto later =
      told({"stop target", "request reset", "deliver DREQ qp0 at target", "flush receive qp0", "poll qp0",
            "advance clock", "advance clock", "give up retransmission qp0", "poll controller", "poll qp0"});
  CHECK(has(later, "time goes on by 24000 ms: nothing else would change anything"));
  CHECK(has(later, "qp0 DISCONNECTED fetched (status -110)"));
}

TEST_CASE("on iWARP the same target's kernel closes the stream at once") {
  Config config = deadline_cell(Transport::iw, Teardown::settled).config;
  config.qpairs = 1;
  const Played played = play_story(config, {"stop target", "request reset", "close stream qp0", "poll controller"});
  CHECK_FALSE(played.departure);
  CHECK(has(observations_of(played.trace), "qp0 DISCONNECTED fetched"));
}

TEST_CASE("a stale rejection is tried again, and connects") {
  const Config config = with_budget("reset", Transport::ib, one(Fault::stale));
  const CheckResult result = check(config);
  CHECK(name(result.verdict) == "holds");
  Config refused = config;
  refused.faults = one(Fault::refuse);
  CHECK(result.search.depth > check(refused).search.depth);  // another attempt, not a failure
}

TEST_CASE(
    "a budget beyond the contract is judged by that the program neither crashes, hangs nor touches what is destroyed, "
    "and says so") {
  Config config = with_budget("reset", Transport::ib, one(Fault::lose_event));
  CHECK(config.properties.bits == set_of({properties::Property::finishes, properties::Property::legal_calls,
                                          properties::Property::no_use_after_destroy, properties::Property::no_crash})
                                      .bits);
  CHECK(story::setting(header_of(config)).find("lose-event=1 (beyond the contract)") != std::string::npos);
  CHECK(
      with_budget("connect-only", Transport::ib, any(1)).properties.has(properties::Property::requests_complete_once));
}
