// What the application and its operator want: the scenarios, and one choice of all settings.
//
// Purpose: a Config is everything that a run depends on besides its choices; it
// stands in the header of every trace. Scenarios are data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/fault.hpp"
#include "properties/property.hpp"
#include "qpair/options.hpp"
#include "sim/kernel.hpp"

namespace qpcheck::scenario {

// What the application asks for in the end.
enum class Request : std::uint8_t { disconnect_each, shutdown, reset, failover };

struct Scenario {
  std::string_view name;
  std::string_view sentence;
  Request request;
  bool from_connecting;   // the connection phase is always searched
  std::uint8_t sends;     // messages that each qpair may send
  model::Budget faults;   // the default
};

constexpr model::Budget one(model::Fault fault) {
  model::Budget budget;
  budget[fault] = 1;
  return budget;
}

inline constexpr std::array<Scenario, 5> scenarios = {{
    {"target-killed", "the target's process is killed; the application takes its qpairs down, each when it likes",
     Request::disconnect_each, false, 0, one(model::Fault::kill)},
    {"admin-disconnect", "the administrator disconnects the controller; the target may disconnect too",
     Request::shutdown, false, 0, one(model::Fault::peer_disconnect)},
    {"reset", "the controller is reset: down, and up again along the same path; the target may be killed",
     Request::reset, false, 0, one(model::Fault::kill)},
    {"failover", "the controller fails over: down, and up again to a second target; a target may be killed",
     Request::failover, false, 0, one(model::Fault::kill)},
    {"connect-only", "connect, work, ordinary close; no fault",
     Request::shutdown, true, 1, {}},
}};

inline constexpr std::array<std::string_view, 3> teardown_names = {"always-wait", "connected-flag", "settled"};
inline constexpr std::array<std::string_view, 3> teardown_sentences = {
    "before any fix: calls rdma_disconnect and waits for DISCONNECTED, whatever happened before",
    "the published fix: looks at a `connected` flag, then calls rdma_disconnect and waits",
    "waits for the state, not for an event; the default of src/qpair"};
constexpr std::string_view name(qpair::Teardown teardown) { return teardown_names[static_cast<std::size_t>(teardown)]; }

// "contract=1": one of any fault within the contract.
inline constexpr std::string_view any_fault = "contract";
// The place of a fault's count by its name, or of any_fault's; null: there is no such fault.
std::uint8_t* budget_of(model::Budget& budget, std::string_view name);

const Scenario* scenario_named(std::string_view name);
std::optional<qpair::Teardown> teardown_named(std::string_view name);
std::optional<model::Transport> transport_named(std::string_view name);

// Of src/qpair's options.
inline constexpr std::uint32_t default_disconnect_timeout_ms = qpair::Options{}.disconnect_timeout_ms;

struct Config {
  const Scenario* scenario = &scenarios[0];
  qpair::Teardown teardown = qpair::Teardown::settled;
  std::uint32_t qpairs = 2;
  bool from_connecting = false;
  model::Transport transport = model::Transport::ib;
  std::uint32_t disconnect_timeout_ms = default_disconnect_timeout_ms;
  model::Budget faults = scenarios[0].faults;
  properties::PropertySet properties = properties::PropertySet::all();

  // What a budget asks for: all properties, but beyond the contract only that the program
  // neither crashes, nor hangs, nor touches what is destroyed.
  properties::PropertySet required() const {
    if (faults.within_contract()) return properties::PropertySet::all();
    properties::PropertySet set;
    for (const auto property : {properties::Property::finishes, properties::Property::legal_calls, properties::Property::no_crash}) set.add(property);
    return set;
  }

  static Config of(const Scenario& scenario, qpair::Teardown teardown) {
    Config config;
    config.scenario = &scenario;
    config.teardown = teardown;
    config.from_connecting = scenario.from_connecting;
    config.faults = scenario.faults;
    return config;
  }
};

}  // namespace qpcheck::scenario
