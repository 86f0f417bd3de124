#include "scenario/matrix.hpp"

namespace qpcheck::scenario {
namespace {

using model::Fault;
using model::Transport;
using qpair::Teardown;

constexpr std::array teardowns = {Teardown::always_wait, Teardown::connected_flag, Teardown::settled};
constexpr std::uint64_t bounded_states = 60'000;
constexpr std::uint32_t longer_than_the_kernel_ms = 120'000;

// Only `settled` holds everywhere; without a fault, all do.
Verdict expected(const Config& config) {
  return config.faults.empty() || config.teardown == Teardown::settled ? Verdict::holds : Verdict::violated;
}

// A violation is found soon. All states take minutes with three qpairs that each go down when they like, or on iWARP.
bool takes_minutes(const Cell& cell) {
  const bool many = cell.config.transport == Transport::iw || cell.config.alike();
  return cell.config.qpairs > 2 && cell.expected == Verdict::holds && many;
}

std::vector<Cell> every_scenario(Transport transport, std::uint32_t qpairs) {
  std::vector<Cell> cells;
  for (const Scenario& scenario : scenarios)
    for (const Teardown teardown : teardowns) {
      Cell cell{Config::of(scenario, teardown), {}, {}};
      cell.config.transport = transport;
      cell.config.qpairs = qpairs;
      cell.expected = expected(cell.config);
      if (takes_minutes(cell)) cell.limits.states = bounded_states;
      cells.push_back(cell);
    }
  return cells;
}

}  // namespace

std::vector<Cell> scenario_cells(Part part) {
  if (part != Part::three) return every_scenario(part == Part::iwarp ? Transport::iw : Transport::ib, 2);
  std::vector<Cell> cells = every_scenario(Transport::ib, 3);
  for (Cell& cell : every_scenario(Transport::iw, 3)) cells.push_back(std::move(cell));
  return cells;
}

std::optional<Cell> fault_cell(Fault fault, Transport transport, Teardown teardown) {
  if (!model::spendable_alone(fault, transport)) return std::nullopt;
  // Two datagrams of one direction are under way only where a teardown follows at once.
  const bool while_young = fault == Fault::reorder || fault == Fault::reorder_in_id;
  Cell cell{Config::of(*scenario_named(while_young ? "connect-only" : "reset"), teardown), {}, {}};
  cell.config.transport = transport;
  cell.config.faults = one(fault);
  cell.config.properties = cell.config.required();
  if (teardown == Teardown::settled) cell.expected = Verdict::holds;
  return cell;
}

Cell deadline_cell(Transport transport, Teardown teardown) {
  Cell cell = *fault_cell(Fault::hang, transport, teardown);
  cell.config.disconnect_timeout_ms = longer_than_the_kernel_ms;
  return cell;
}

bool as_expected(const Cell& cell, const CheckResult& result) {
  if (!cell.expected || result.verdict == *cell.expected) return true;
  const bool bounded = cell.limits.states == bounded_states && result.search.ended == search::Ended::states;
  return bounded && *cell.expected == Verdict::holds && result.verdict == Verdict::inconclusive;
}

}  // namespace qpcheck::scenario
