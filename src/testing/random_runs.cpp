#include "testing/random_runs.hpp"

#include <algorithm>

#include "story/explain.hpp"

namespace qpcheck::testing {
namespace {

using scenario::Config;

// Any number below `end`, also where the size is small: rc::gen::inRange alone then keeps
// to small numbers.
rc::Gen<std::uint8_t> below(std::uint8_t end) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint8_t>(0, end));
}

rc::Gen<scenario::AskSet> gen_requests() {
  const auto request = below(scenario::ask_names.size());
  return rc::gen::map(rc::gen::resize(5, rc::gen::container<std::vector<std::uint8_t>>(request)),
                      [](const std::vector<std::uint8_t>& drawn) {
                        scenario::AskSet set;
                        for (const std::uint8_t ask : drawn) set.add(static_cast<scenario::Ask>(ask));
                        return set;
                      });
}

std::vector<const scenario::Scenario*> named(const std::vector<std::string_view>& names) {
  std::vector<const scenario::Scenario*> all;
  for (const scenario::Scenario& one : scenario::scenarios)
    if (names.empty() || std::find(names.begin(), names.end(), one.name) != names.end()) all.push_back(&one);
  return all;
}

}  // namespace

rc::Gen<std::vector<Decision>> gen_decisions() {
  const auto number = below(255);
  const auto inner = rc::gen::weightedOneOf<std::uint8_t>({{3, rc::gen::just(std::uint8_t{0})}, {1, number}});
  return rc::gen::scale(2, rc::gen::container<std::vector<Decision>>(rc::gen::build<Decision>(
      rc::gen::set(&Decision::outer, number),
      rc::gen::set(&Decision::inner, rc::gen::resize(6, rc::gen::container<std::vector<std::uint8_t>>(inner))))));
}

// Up to three faults of any kind, or of any within the contract.
rc::Gen<model::Budget> gen_budget(bool beyond_contract) {
  return rc::gen::map(rc::gen::resize(3, rc::gen::container<std::vector<std::uint8_t>>(
                          below(model::fault_count + 1))),
                      [beyond_contract](const std::vector<std::uint8_t>& drawn) {
                        model::Budget budget;
                        for (const std::uint8_t fault : drawn) {
                          if (fault == model::fault_count) ++budget.any;
                          else if (beyond_contract || model::fault_infos[fault].within_contract) ++budget.of[fault];
                        }
                        return budget;
                      });
}

rc::Gen<Config> gen_config(const Scenarios& scenarios) {
  using rc::gen::inRange;
  const auto choices = rc::gen::tuple(
      rc::gen::elementOf(named(scenarios.names)), rc::gen::elementOf(scenarios.teardowns),
      inRange<std::uint32_t>(1, model::max_qpairs + 1), rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(),
      inRange<std::uint8_t>(1, sim::max_devices + 1), rc::gen::arbitrary<bool>(),
      inRange<std::uint32_t>(1, sim::max_posted + 1), inRange<std::uint8_t>(0, sim::max_posted + 1), gen_requests(),
      gen_budget(scenarios.beyond_contract));
  return rc::gen::map(choices, [judge = scenarios.judge](const auto& drawn) {
    const auto& [scenario, teardown, qpairs, from_connecting, iwarp, devices, own_cqs, queue_depth, sends, requests,
                 budget] = drawn;
    Config config = Config::of(*scenario, teardown);
    config.qpairs = qpairs;
    config.from_connecting = config.from_connecting || from_connecting;
    config.transport = iwarp ? model::Transport::iw : model::Transport::ib;
    config.devices = devices;
    config.own_cqs = own_cqs;
    config.queue_depth = queue_depth;
    config.sends = sends;
    config.requests = requests;
    config.faults = budget;
    config.properties = judge ? config.required() : properties::PropertySet{};
    return config;
  });
}

std::string story_of(const Run& run, const std::string& sentence) {
  trace::Trace trace = trace_of(run);
  if (trace.header.violated.empty())
    trace.header.violated = {{"a property of your own", "", "it is not so that " + sentence}};
  return "the run of which it is false:\n\n" + story::explain(trace);
}

}  // namespace qpcheck::testing
