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

std::uint8_t* budget_of(model::Budget& budget, std::string_view name) {
  if (name == any_fault) return &budget.any;
  const auto fault = model::fault_named(name);
  return fault ? &budget[*fault] : nullptr;
}

std::optional<model::Transport> transport_named(std::string_view name) {
  const auto place = place_of(model::transport_names, name);
  if (!place) return std::nullopt;
  return static_cast<model::Transport>(*place);
}

}  // namespace qpcheck::scenario
