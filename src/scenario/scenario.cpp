#include "scenario/scenario.hpp"

namespace qpcheck::scenario {
namespace {

template <class List>
std::optional<std::size_t> place_of(const List& names, std::string_view wanted) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == wanted) return i;
  return std::nullopt;
}

}  // namespace

const Scenario* scenario_named(std::string_view name) {
  for (const Scenario& scenario : scenarios)
    if (scenario.name == name) return &scenario;
  return nullptr;
}

std::optional<qpair::Teardown> teardown_named(std::string_view name) {
  const auto place = place_of(teardown_names, name);
  if (!place) return std::nullopt;
  return static_cast<qpair::Teardown>(*place);
}

std::optional<sim::Fault> fault_named(std::string_view name) {
  for (std::size_t i = 0; i < fault_infos.size(); ++i)
    if (fault_infos[i].name == name) return static_cast<sim::Fault>(i);
  return std::nullopt;
}

}  // namespace qpcheck::scenario
