// The smallest budget of faults that breaks a property.
//
// Purpose: go through budgets in order of size (none, each fault alone, each pair, …),
// within the contract, and stop at the first whose check is violated. Among budgets of
// one size the order is that of model::fault_infos.
// Threads: none; one check at a time.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "scenario/check.hpp"

namespace qpcheck::scenario {

// All budgets of exactly `size` faults that can be spent on the transport.
std::vector<model::Budget> budgets_of(std::size_t size, model::Transport transport);

struct Smallest {
  std::optional<CheckResult> broken;
  std::size_t size = 0;         // of the budget found, or the largest that was tried
  std::size_t checked = 0;      // budgets whose check was complete and held, spent or not
  std::size_t incomplete = 0;   // budgets whose check reached a limit, or was vacuous
  bool interrupted = false;     // budgets of this size, and larger ones, are left
};

// `each` hears of every check as it ends.
Smallest smallest(const Config& config, std::size_t largest, const search::Limits& limits,
                  const search::Options& options, const std::function<void(const CheckResult&)>& each = {});

}  // namespace qpcheck::scenario
