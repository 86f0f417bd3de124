// qpcheck check: scenarios under teardowns, a verdict and a story for each.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/exit_code.hpp"
#include "cli/file_name.hpp"
#include "cli/progress.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "scenario/smallest.hpp"
#include "story/explain.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

struct CheckOptions {
  Settings settings;
  std::string limit, out;
  bool json = false;
  bool smallest = false;
  bool no_reduction = false;
};

constexpr std::size_t largest_budget = 2;  // that --smallest tries

// What was gone through, and what it found.
std::string told(const scenario::Config& config, const scenario::Smallest& found) {
  trace::Header header = scenario::header_of(config);
  header.faults.clear();
  std::string setting = story::setting(header);
  setting.resize(setting.rfind(", faults"));
  const std::string before = fmt::format("{} budget{} before it hold{}", found.checked, found.checked == 1 ? "" : "s",
                                         found.checked == 1 ? "s" : "");
  const std::string incomplete =
      found.incomplete == 0 ? "" : fmt::format(", {} without a complete verdict", found.incomplete);
  if (found.interrupted)
    return fmt::format("{}: interrupted among the budgets of {} fault{} ({}{})\n", setting, found.size,
                       found.size == 1 ? "" : "s", before, incomplete);
  if (found.broken)
    return fmt::format("{}: the smallest budget that breaks it has {} fault{} ({}{})\n", setting, found.size,
                       found.size == 1 ? "" : "s", before, incomplete);
  return fmt::format("{}: no budget of at most {} faults within the contract breaks it ({} hold{})\n", setting,
                     found.size, found.checked, incomplete);
}

ExitCode exit_code(const scenario::Smallest& found) {
  if (found.broken) return code_of(found.broken->verdict);
  return found.incomplete > 0 ? inconclusive : holds;
}

Result<void> prepare(const std::string& out, const std::vector<scenario::Config>& configs) {
  if (out.empty()) return {};
  std::vector<std::filesystem::path> files;
  for (const scenario::Config& config : configs) files.push_back(std::filesystem::path(out) / file_name(config));
  return prepare_directories({out}, files);
}

// One configuration's part of a call: what was found, how it is told, and its exit code.
struct Checked {
  report::VerdictRow row;
  scenario::Config config;  // as it was searched: with the budget that breaks it, from where it began
  std::optional<trace::Trace> counterexample;
  std::string preface;  // of --smallest: what was gone through
  ExitCode code = holds;
};

Checked checked(const scenario::Config& config, const search::Limits& limits, bool reduce) {
  scenario::CheckResult result = scenario::check(config, limits, with_progress(reduce));
  end_progress();
  return {row_of(result), result.config, std::move(result.counterexample), "", code_of(result.verdict)};
}

// The row of the budget that breaks it; where none does, of all budgets together.
Checked checked_smallest(const scenario::Config& config, const search::Limits& limits, bool reduce) {
  scenario::CheckResult together;
  std::uint64_t states = 0, told_apart = 0, places = 0;
  std::uint32_t depth = 0;
  double hidden = 0;
  const scenario::Smallest found =
      scenario::smallest(config, largest_budget, limits, with_progress(reduce), [&](const scenario::CheckResult& each) {
        states += each.search.states;
        told_apart += each.search.told_apart;
        places += each.search.places;
        depth = std::max(depth, each.search.depth);
        hidden += each.search.hidden_probability();
        together = each;
      });
  end_progress();
  Checked checked{row_of(found.broken ? *found.broken : together),
                  found.broken ? found.broken->config : config,
                  {},
                  told(config, found),
                  exit_code(found)};
  checked.row.budgets = {found.size, found.checked, found.incomplete};
  if (found.broken) {
    checked.counterexample = found.broken->counterexample;
    return checked;
  }
  checked.row.setting.faults.clear();
  checked.row.verdict =
      scenario::name(checked.code == holds ? scenario::Verdict::holds : scenario::Verdict::inconclusive);
  checked.row.note = checked.code == holds ? ""
                                           : fmt::format("{} budget{} without a complete verdict", found.incomplete,
                                                         found.incomplete == 1 ? "" : "s");
  checked.row.exhaustive = checked.code == holds;
  checked.row.states = states;
  checked.row.states_told_apart = told_apart;
  checked.row.places = places;
  checked.row.depth = depth;
  checked.row.hidden = hidden;
  return checked;
}

Result<std::string> save_trace(const Checked& checked, const std::string& out) {
  if (out.empty() || !checked.counterexample) return std::string();
  const std::string path = (std::filesystem::path(out) / file_name(checked.config)).string();
  if (auto saved = trace::save(*checked.counterexample, path); !saved) return saved.error();
  return path;
}

void tell(const Checked& checked, bool smallest) {
  fmt::print("{}", checked.preface);
  if (smallest && !checked.counterexample) return;
  fmt::print("{}", report::sentences(checked.row));
  if (checked.counterexample) fmt::print("\n{}", story::explain(*checked.counterexample));
}

int run(const CheckOptions& options) {
  const auto configs = configs_of(options.settings);
  if (!configs) return refuse(configs.error().line());
  const auto limits = limits_of(options.limit);
  if (!limits) return refuse(limits.error().line());
  if (options.smallest && !options.settings.faults.empty())
    return refuse("--smallest goes through budgets itself; leave --faults out");
  if (auto ready = prepare(options.out, *configs); !ready) return refuse(ready.error().line());
  catch_interrupts();
  ExitCode code = holds;
  std::vector<report::VerdictRow> rows;
  for (const scenario::Config& config : *configs) {
    if (interrupted()) break;
    const bool reduce = !options.no_reduction;
    Checked checked =
        options.smallest ? checked_smallest(config, *limits, reduce) : cli::checked(config, *limits, reduce);
    const auto file = save_trace(checked, options.out);
    if (!file) return refuse(file.error().line());
    checked.row.trace_file = *file;
    checked.row.limits = named(*limits);
    code = worse(code, checked.code);
    if (!options.json && !rows.empty()) fmt::print("\n");
    if (!options.json) tell(checked, options.smallest);
    rows.push_back(std::move(checked.row));
  }
  if (options.json) fmt::print("{}", report::json(rows));
  else if (rows.size() > 1) fmt::print("\n{}", report::table(rows));
  return code;
}

}  // namespace

void add_check(CommandLine& line) {
  auto options = std::make_shared<CheckOptions>();
  Verb verb =
      line.verb("check", "search every interleaving that the budget of faults allows; say whether the properties hold");
  options->settings.add_to(verb);
  verb.option("--limit", options->limit, "give up at states=N, time=SECONDS, memory=MIB");
  verb.option("--out", options->out, "write counterexamples into this directory").checked_by(not_empty);
  verb.flag(
      "--smallest", options->smallest,
      "go through budgets of faults in order of size, up to two faults; stop at the first that breaks a property");
  verb.flag("--no-reduction", options->no_reduction,
            "visit each state, also where one stands for others that differ only in which qpair is which");
  verb.flag("--json", options->json, "print the result as JSON");
  verb.runs([options] { return run(*options); });
}

}  // namespace qpcheck::cli
