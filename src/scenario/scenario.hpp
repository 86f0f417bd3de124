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
  std::array<std::uint8_t, sim::fault_count> faults;  // the default budget
};

inline constexpr std::array<Scenario, 5> scenarios = {{
    {"target-killed", "the target's process is killed; the application takes its qpairs down, each when it likes",
     Request::disconnect_each, false, 0, {1, 0}},
    {"admin-disconnect", "the administrator disconnects the controller; the target may disconnect too",
     Request::shutdown, false, 0, {0, 1}},
    {"reset", "the controller is reset: down, and up again along the same path; the target may be killed",
     Request::reset, false, 0, {1, 0}},
    {"failover", "the controller fails over: down, and up again to a second target; a target may be killed",
     Request::failover, false, 0, {1, 0}},
    {"connect-only", "connect, work, ordinary close; no fault",
     Request::shutdown, true, 1, {0, 0}},
}};

struct FaultInfo {
  std::string_view name;
  std::string_view sentence;
  bool excuses_timeout;
};
inline constexpr std::array<FaultInfo, sim::fault_count> fault_infos = {{
    {"kill", "a target's process dies; its kernel closes its ids with one DREQ or REJ each", false},
    {"peer-disconnect", "the target's application disconnects unasked", false},
}};

inline constexpr std::array<std::string_view, 3> teardown_names = {"always-wait", "connected-flag", "settled"};
inline constexpr std::array<std::string_view, 3> teardown_sentences = {
    "before any fix: calls rdma_disconnect and waits for DISCONNECTED, whatever happened before",
    "the published fix: looks at a `connected` flag, then calls rdma_disconnect and waits",
    "waits for the state, not for an event; the default of src/qpair"};
constexpr std::string_view name(qpair::Teardown teardown) { return teardown_names[static_cast<std::size_t>(teardown)]; }

const Scenario* scenario_named(std::string_view name);
std::optional<qpair::Teardown> teardown_named(std::string_view name);
std::optional<sim::Fault> fault_named(std::string_view name);

struct Config {
  const Scenario* scenario = &scenarios[0];
  qpair::Teardown teardown = qpair::Teardown::settled;
  std::uint32_t qpairs = 2;
  bool from_connecting = false;
  std::array<std::uint8_t, sim::fault_count> faults = scenarios[0].faults;
  properties::PropertySet properties = properties::PropertySet::all();

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
