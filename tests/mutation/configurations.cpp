#include "tests/mutation/configurations.hpp"

#include "scenario/player.hpp"
#include "story/explain.hpp"

namespace qpcheck::mutation {
namespace {

using model::Fault;
using model::Transport;
using properties::Property;
using properties::PropertySet;
using qpair::Teardown;
using scenario::Config;

constexpr Transport transports[] = {Transport::ib, Transport::iw};
constexpr Teardown published[] = {Teardown::always_wait, Teardown::connected_flag};
constexpr std::uint32_t longer_than_the_kernel_ms = 120'000;

Config of(std::string_view scenario, std::uint32_t qpairs, Transport transport, Teardown teardown = Teardown::settled) {
  Config config = Config::of(*scenario::scenario_named(scenario), teardown);
  config.qpairs = qpairs;
  config.transport = transport;
  return config;
}

Config with(Config config, const model::Budget& faults) {
  config.faults = faults;
  config.properties = config.required();
  return config;
}

Config sending(Config config, std::uint8_t messages) {
  config.sends = messages;
  config.queue_depth = messages;
  config.properties = config.required();
  return config;
}

Config from_connecting(Config config) {
  config.from_connecting = true;
  return config;
}

model::Budget any_of_the_contract(std::uint8_t count) {
  model::Budget budget;
  budget.any = count;
  return budget;
}

// What the published teardowns break when a fault is spent: it is why `settled` is there.
PropertySet without_needless_waits(PropertySet set) {
  for (const Property property : {Property::awaited_once, Property::possible_wait, Property::no_needless_timeout})
    set.remove(property);
  return set;
}

class Set {
 public:
  void add(const Config& config, const std::string& remark = "") {
    std::string words = story::setting(scenario::header_of(config)) + remark;
    all_.push_back({config, std::move(words)});
  }
  std::vector<Configuration> take() { return std::move(all_); }

 private:
  std::vector<Configuration> all_;
};

// Every scenario with its own budget, also from connecting.
void add_default_budgets(Set& set) {
  for (const Transport transport : transports)
    for (const auto& scenario : scenario::scenarios) {
      set.add(of(scenario.name, 1, transport));
      if (!scenario.from_connecting) set.add(from_connecting(of(scenario.name, 1, transport)));
    }
}

void add_two_qpairs(Set& set) {
  for (const auto& scenario : scenario::scenarios) set.add(of(scenario.name, 2, Transport::ib));
  for (const char* const scenario : {"admin-disconnect", "connect-only"}) set.add(of(scenario, 2, Transport::iw));
  for (const char* const scenario : {"connect-only", "reset", "target-killed"}) {
    Config config = of(scenario, 2, Transport::ib);
    config.own_cqs = true;
    set.add(config);
  }
}

void add_two_devices(Set& set) {
  for (const Transport transport : transports) {
    Config config = of("failover", 1, transport);
    config.devices = 2;
    set.add(config);
    set.add(sending(config, 1));
  }
}

// Two messages of one qpair, under way at once.
void add_messages(Set& set) {
  for (const Transport transport : transports) set.add(sending(of("connect-only", 1, transport), 2));
  for (const Transport transport : transports) set.add(sending(with(of("reset", 1, transport), {}), 2));
}

// Each fault alone, also those beyond the contract.
void add_single_faults(Set& set) {
  for (const Transport transport : transports)
    for (const model::FaultInfo& fault : model::fault_infos) {
      if (!model::spendable_alone(fault.fault, transport)) continue;
      set.add(with(of("connect-only", 1, transport), scenario::one(fault.fault)));
      set.add(with(from_connecting(of("reset", 1, transport)), scenario::one(fault.fault)));
    }
}

// The published teardowns: without a fault all must hold; with one, all but what the fault
// makes them wait for in vain.
void add_published_teardowns(Set& set) {
  for (const Teardown teardown : published) {
    set.add(of("connect-only", 1, Transport::ib, teardown));
    set.add(with(of("reset", 2, Transport::ib, teardown), {}));
    set.add(with(from_connecting(of("reset", 1, Transport::ib, teardown)), scenario::one(Fault::refuse)));
    for (Config needless :
         {with(of("connect-only", 1, Transport::ib, teardown), scenario::one(Fault::peer_disconnect)),
          with(from_connecting(of("reset", 1, Transport::ib, teardown)), scenario::one(Fault::eio))}) {
      needless.properties = without_needless_waits(needless.properties);
      set.add(needless, "; needless waits not judged");
    }
  }
}

// Two faults, a deadline that sees the kernel give up, and one fault with two qpairs.
void add_large(Set& set) {
  Config patient = with(from_connecting(of("reset", 1, Transport::ib)), scenario::one(Fault::hang));
  patient.disconnect_timeout_ms = longer_than_the_kernel_ms;
  set.add(patient);
  set.add(with(of("reset", 2, Transport::ib), any_of_the_contract(1)));
  set.add(with(of("admin-disconnect", 2, Transport::iw), any_of_the_contract(1)));
  for (const Transport transport : transports) {
    set.add(with(from_connecting(of("reset", 1, transport)), any_of_the_contract(2)));
    set.add(with(of("connect-only", 1, transport), any_of_the_contract(2)));
    set.add(with(of("failover", 1, transport), any_of_the_contract(2)));
    set.add(sending(with(of("reset", 1, transport), any_of_the_contract(1)), 1));
  }
}

}  // namespace

std::vector<Configuration> configurations() {
  Set set;
  add_default_budgets(set);
  add_messages(set);
  add_single_faults(set);
  add_published_teardowns(set);
  add_two_devices(set);
  add_two_qpairs(set);
  add_large(set);
  return set.take();
}

}  // namespace qpcheck::mutation
