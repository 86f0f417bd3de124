#include "scenario/scenario.hpp"

#include <initializer_list>
#include <utility>

namespace qpcheck::scenario {
namespace {

template <class List>
std::optional<std::size_t> place_of(const List& names, std::string_view wanted) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == wanted) return i;
  return std::nullopt;
}

}  // namespace

namespace {

using properties::Property;

properties::PropertySet set_of(std::initializer_list<std::pair<bool, Property>> properties) {
  properties::PropertySet set = properties::PropertySet::always();
  for (const auto& [applies, property] : properties)
    if (applies) set.add(property);
  return set;
}

}  // namespace

properties::PropertySet Config::applicable() const {
  if (program == nullptr) {
    properties::PropertySet set = properties::PropertySet::all();
    if (scenario->request != Request::reset && scenario->request != Request::failover) set.remove(Property::gives_back);
    if (sends == 0) set.remove(Property::requests_complete_once);
    if (sends == 0) set.remove(Property::answers_arrive);
    return set;
  }
  const sim::Reports& reports = program->reports;
  return set_of({{true, Property::finishes},
                 {reports.waits, Property::awaited_once},
                 {reports.waits, Property::possible_wait},
                 {(reports.waits || reports.lingers) && reports.teardowns, Property::no_needless_timeout},
                 {reports.teardowns, Property::nothing_left},
                 {reports.requests, Property::requests_complete_once},
                 {reports.life, Property::life_cycle},
                 {reports.handling, Property::no_lost_event},
                 {reports.telling && reports.teardowns, Property::told_once},
                 {reports.returns, Property::comes_back},
                 {reports.waits || reports.lingers, Property::keeps_time},
                 {reports.stops, Property::qp_to_error},
                 {reports.messages && reports.requests, Property::answers_arrive},
                 {reports.gives_back, Property::gives_back}});
}

bool Config::alike() const {
  const bool each_alone = requests.empty() ? scenario->request == Request::disconnect_each
                                           : requests.bits == 1u << static_cast<unsigned>(Ask::disconnect);
  // A device that is removed tells its connections so in the order of their ids.
  const bool in_order = faults.allows(model::Fault::remove);
  return program == nullptr && qpairs > 1 && each_alone && !from_connecting && !own_cqs && sends == 0 && !in_order;
}

Config Config::of(const sim::ProgramInfo& program, bool fixed) {
  Config config;
  config.scenario = &own_scenario;
  config.program = &program;
  config.fixed = fixed;
  config.qpairs = 1;
  config.from_connecting = program.from_connecting;
  config.transport = program.transport;
  config.devices = program.devices;
  config.faults = program.faults;
  config.sends = 0;
  config.properties = config.required();
  return config;
}

const Scenario* scenario_named(std::string_view name) {
  for (const Scenario& scenario : scenarios)
    if (scenario.name == name) return &scenario;
  return nullptr;
}

std::optional<qpair::Teardown> teardown_named(std::string_view name) {
  for (const TeardownInfo& info : teardown_infos)
    if (info.name == name) return info.teardown;
  return std::nullopt;
}

std::uint8_t* budget_of(model::Budget& budget, std::string_view name) {
  if (name == any_fault) return &budget.any;
  const auto fault = model::fault_named(name);
  return fault ? &budget[*fault] : nullptr;
}

std::optional<Ask> ask_named(std::string_view name) {
  const auto place = place_of(ask_names, name);
  if (!place) return std::nullopt;
  return static_cast<Ask>(*place);
}

std::optional<model::Transport> transport_named(std::string_view name) {
  const auto place = place_of(model::transport_names, name);
  if (!place) return std::nullopt;
  return static_cast<model::Transport>(*place);
}

}  // namespace qpcheck::scenario
