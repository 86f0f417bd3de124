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
#include "sim/program.hpp"

namespace qpcheck::scenario {

// What the application asks for in the end.
enum class Request : std::uint8_t { disconnect_each, shutdown, reset, failover };

// What the application of a generated scenario may ask for, in any order and mixed: never
// a controller's procedure while one is under way, and of those after which qpairs connect
// again (connect, failover, reset) one in a run. In the order of their names.
enum class Ask : std::uint8_t { connect, disconnect, failover, reset, shutdown };
inline constexpr std::array<std::string_view, 5> ask_names = {"connect", "disconnect", "failover", "reset", "shutdown"};

struct AskSet {
  std::uint8_t bits = 0;
  constexpr bool has(Ask ask) const { return ((bits >> static_cast<unsigned>(ask)) & 1u) != 0; }
  constexpr void add(Ask ask) { bits = static_cast<std::uint8_t>(bits | 1u << static_cast<unsigned>(ask)); }
  constexpr bool empty() const { return bits == 0; }
  bool operator==(const AskSet&) const = default;
};

struct Scenario {
  std::string_view name;
  std::string_view sentence;
  Request request;
  bool from_connecting;   // the connection phase is always searched
  std::uint8_t sends;     // messages that each qpair may send
  model::Budget faults;   // the default
};

using model::one;

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

struct TeardownInfo {
  qpair::Teardown teardown;
  std::string_view name, sentence;
};
inline constexpr std::array<TeardownInfo, 3> teardown_infos = {{
    {qpair::Teardown::always_wait, "always-wait",
     "before any fix: calls rdma_disconnect and waits for DISCONNECTED, whatever happened before"},
    {qpair::Teardown::connected_flag, "connected-flag",
     "the published fix: looks at a `connected` flag, then calls rdma_disconnect and waits"},
    {qpair::Teardown::settled, "settled", "waits for the state, not for an event; the default of src/qpair"},
}};
static_assert(model::in_order(teardown_infos, &TeardownInfo::teardown), "a teardown's row stands at its number");
constexpr std::string_view name(qpair::Teardown teardown) {
  return teardown_infos.at(static_cast<std::size_t>(teardown)).name;
}

// "contract=1": one of any fault within the contract.
inline constexpr std::string_view any_fault = "contract";
// The place of a fault's count by its name, or of any_fault's; null: there is no such fault.
std::uint8_t* budget_of(model::Budget& budget, std::string_view name);

const Scenario* scenario_named(std::string_view name);
std::optional<qpair::Teardown> teardown_named(std::string_view name);
std::optional<Ask> ask_named(std::string_view name);
std::optional<model::Transport> transport_named(std::string_view name);

inline constexpr std::uint32_t most_sends = 8;  // of each qpair: the numbers that requests-complete-once tells apart

// Of src/qpair's options.
inline constexpr std::uint32_t default_disconnect_timeout_ms = qpair::Options{}.disconnect_timeout_ms;

// A program that is not src/qpair has entry points of its own, and no teardown to select.
inline constexpr Scenario own_scenario{
    "own", "the entry points of a program of its own", Request::disconnect_each, false, 0, {}};

struct Config {
  const Scenario* scenario = &scenarios[0];
  const sim::ProgramInfo* program = nullptr;  // null: src/qpair
  bool fixed = false;                        // its fixed twin
  qpair::Teardown teardown = qpair::Teardown::settled;
  std::uint32_t qpairs = 2;
  bool from_connecting = false;
  model::Transport transport = model::Transport::ib;
  std::uint8_t devices = 1;       // of the host: one by which both targets are reached, or one for each
  std::uint32_t disconnect_timeout_ms = default_disconnect_timeout_ms;
  bool own_cqs = false;           // a completion queue for each qpair, instead of one for all
  std::uint32_t queue_depth = 1;  // 1 to sim::max_posted
  AskSet requests;                // empty: the scenario's one request
  model::Budget faults = scenarios[0].faults;
  std::uint8_t sends = scenarios[0].sends;  // messages that each qpair may send; at most 8
  properties::PropertySet properties = properties::PropertySet::all();

  // Those whose antecedent can come about.
  properties::PropertySet applicable() const;

  // Which qpair is which makes no difference to what may happen: each is asked for by itself,
  // nothing is done to them in the order of their numbers, and no message says its qpair.
  bool alike() const;

  // What a budget asks for: all properties, but beyond the contract only that the program
  // neither crashes, nor hangs, nor touches what is destroyed.
  properties::PropertySet required() const {
    if (faults.within_contract()) return applicable();
    properties::PropertySet set = properties::PropertySet::always();
    set.add(properties::Property::finishes);
    return set;
  }

  // The configuration that shows the program's bug.
  static Config of(const sim::ProgramInfo& program, bool fixed);
  static Config of(const Scenario& scenario, qpair::Teardown teardown) {
    Config config;
    config.scenario = &scenario;
    config.teardown = teardown;
    config.from_connecting = scenario.from_connecting;
    config.faults = scenario.faults;
    config.sends = scenario.sends;
    config.properties = config.applicable();
    return config;
  }
};

}  // namespace qpcheck::scenario
