#include "scenario/smallest.hpp"

namespace qpcheck::scenario {
namespace {

void add_faults(std::vector<model::Budget>& all, const model::Budget& so_far, std::size_t first, std::size_t left,
                model::Transport transport) {
  if (left == 0) {
    all.push_back(so_far);
    return;
  }
  for (std::size_t i = first; i < model::fault_count; ++i) {
    const model::FaultInfo& fault = model::fault_infos[i];
    if (!fault.within_contract || (fault.on == model::On::ib && transport != model::Transport::ib)) continue;
    model::Budget more = so_far;
    ++more.of[i];
    add_faults(all, more, i, left - 1, transport);
  }
}

}  // namespace

std::vector<model::Budget> budgets_of(std::size_t size, model::Transport transport) {
  std::vector<model::Budget> all;
  add_faults(all, {}, 0, size, transport);
  return all;
}

Smallest smallest(const Config& config, std::size_t largest, const search::Limits& limits,
                  const search::Options& options, const std::function<void(const CheckResult&)>& each) {
  Smallest found;
  for (found.size = 0;; ++found.size) {
    for (const model::Budget& budget : budgets_of(found.size, config.transport)) {
      Config one = config;
      one.faults = budget;
      CheckResult result = check(one, limits, options);
      if (each) each(result);
      if (result.verdict == Verdict::violated || result.verdict == Verdict::nondeterministic) {
        found.broken = std::move(result);
        return found;
      }
      ++(result.verdict == Verdict::holds || result.within_less ? found.checked : found.incomplete);
      found.interrupted = result.search.ended == search::Ended::interrupted;
      if (found.interrupted) return found;
    }
    if (found.size == largest) return found;
  }
}

}  // namespace qpcheck::scenario
