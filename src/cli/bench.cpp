// qpcheck bench: how fast the real code is explored, for the benchmark's table.
#include <fmt/format.h>

#include <ctime>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"
#include "report/table.hpp"
#include "scenario/check.hpp"

namespace qpcheck::cli {
namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int bench() {
  report::Table table({{"real code"},
                       {"states", report::Align::right},
                       {"states/s", report::Align::right},
                       {"steps/s", report::Align::right},
                       {"inner runs/s", report::Align::right},
                       {"snapshot", report::Align::right},
                       {"waiting", report::Align::right},
                       {"seen", report::Align::right},
                       {"description", report::Align::right}});
  for (const char* const name : {"target-killed", "reset", "connect-only"}) {
    const auto config = scenario::Config::of(*scenario::scenario_named(name), qpair::Teardown::settled);
    const double begin = cpu_seconds();
    const scenario::CheckResult result = scenario::check(config);
    const double seconds = std::max(cpu_seconds() - begin, 1e-6);
    const auto rate = [&](std::uint64_t count) { return fmt::format("{:.0f}", static_cast<double>(count) / seconds); };
    table.row({std::string(name) + ", settled", std::to_string(result.search.states), rate(result.search.states),
               rate(result.steps), rate(result.inner_runs), fmt::format("{} B", result.snapshot_bytes),
               fmt::format("{} B", result.search.waiting_state_bytes),
               fmt::format("{:.0f} B", result.search.seen_bytes()), fmt::format("{} B", result.description_bytes)});
  }
  fmt::print("{}", table.text());
  return holds;
}

}  // namespace

void add_bench(CommandLine& line) {
  Verb verb = line.verb("bench", "measure how fast the real code is explored (CPU seconds)");
  verb.runs([] { return bench(); });
}

}  // namespace qpcheck::cli
