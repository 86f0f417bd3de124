// The matrix of the main job: which checks it makes, and what each must say.
//
// Purpose: the results as data, a cell for each check. A part is a table of its own: `main` (IB and RoCE,
// two qpairs), `iwarp` (two qpairs), `three` (three qpairs, both transports), `faults`
// (each fault alone, both transports), `zoo` (the bugs of the field; src/cli knows them).
// Ownership: plain values. Threads: none.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "scenario/check.hpp"

namespace qpcheck::scenario {

enum class Part : std::uint8_t { main, iwarp, three, faults, zoo };
inline constexpr std::array<std::string_view, 5> part_names = {"main", "iwarp", "three", "faults", "zoo"};
inline constexpr std::array<std::string_view, 5> part_titles = {
    "IB and RoCE, two qpairs, default budgets", "iWARP, two qpairs, default budgets",
    "three qpairs, default budgets: IB and RoCE, then iWARP", "each fault alone, two qpairs",
    "the zoo: bugs of the field, and their fixed twins"};

struct Cell {
  Config config;
  search::Limits limits;            // where an exhaustive search takes minutes; see `./run deep`
  std::optional<Verdict> expected;  // nothing: what it says is reported, not required
};

// Every scenario under every teardown. REQUIRES part is main, iwarp or three.
std::vector<Cell> scenario_cells(Part part);

// One fault alone, under one teardown; nothing: it cannot be spent so.
// The scenario is one in which the fault can do something.
std::optional<Cell> fault_cell(model::Fault fault, model::Transport transport, qpair::Teardown teardown);

// A target that hangs, and a teardown that waits until its kernel gives the DREQ up.
Cell deadline_cell(model::Transport transport, qpair::Teardown teardown);

// Did the cell say what it must? A limit that is reached without a violation is no failure.
bool as_expected(const Cell& cell, const CheckResult& result);

}  // namespace qpcheck::scenario
