// qpcheck check: scenarios under teardowns, a verdict and a story for each.
#include <fmt/format.h>

#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/file_name.hpp"
#include "cli/progress.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "scenario/smallest.hpp"
#include "trace/explain.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

struct CheckOptions {
  Settings settings;
  std::string limit, out;
  bool json = false;
  bool smallest = false;
};

constexpr std::size_t largest_budget = 2;  // that --smallest tries

// What was gone through, and what it found.
std::string told(const scenario::Config& config, const scenario::Smallest& found) {
  trace::Header header = scenario::header_of(config);
  header.faults.clear();
  std::string setting = trace::setting(header);
  setting.resize(setting.rfind(", faults"));
  const std::string before = fmt::format("{} budget{} before it hold{}", found.checked, found.checked == 1 ? "" : "s", found.checked == 1 ? "s" : "");
  const std::string incomplete = found.incomplete == 0 ? "" : fmt::format(", {} without a complete verdict", found.incomplete);
  if (found.broken)
    return fmt::format("{}: the smallest budget that breaks it has {} fault{} ({}{})\n", setting, found.size, found.size == 1 ? "" : "s", before, incomplete);
  return fmt::format("{}: no budget of at most {} faults within the contract breaks it ({} hold{})\n", setting, found.size, found.checked, incomplete);
}

ExitCode exit_code(const scenario::Smallest& found) {
  if (found.broken) return code_of(found.broken->verdict);
  return found.incomplete > 0 ? inconclusive : holds;
}

Result<std::string> save_trace(const scenario::CheckResult& result, const std::string& out) {
  if (out.empty() || !result.counterexample) return std::string();
  const std::string path = (std::filesystem::path(out) / file_name(result.config)).string();
  if (auto saved = trace::save(*result.counterexample, path); !saved) return saved.error();
  return path;
}

Result<void> prepare(const std::string& out, const std::vector<scenario::Config>& configs) {
  if (out.empty()) return {};
  std::vector<std::filesystem::path> files;
  for (const scenario::Config& config : configs) files.push_back(std::filesystem::path(out) / file_name(config));
  return prepare_directories({out}, files);
}

int run(const CheckOptions& options) {
  const auto configs = configs_of(options.settings);
  if (!configs) return refuse(configs.error().line());
  const auto limits = limits_of(options.limit);
  if (!limits) return refuse(limits.error().line());
  if (options.smallest && !options.settings.faults.empty()) return refuse("--smallest goes through budgets itself; leave --faults out");
  if (auto ready = prepare(options.out, *configs); !ready) return refuse(ready.error().line());
  ExitCode code = holds;
  std::vector<report::VerdictRow> rows;
  for (const scenario::Config& config : *configs) {
    scenario::CheckResult result;
    if (options.smallest) {
      const scenario::Smallest found = scenario::smallest(config, largest_budget, *limits, with_progress());
      end_progress();
      if (!options.json) fmt::print("{}{}", rows.empty() ? "" : "\n", told(config, found));
      code = worse(code, exit_code(found));
      if (!found.broken) continue;
      result = *found.broken;
    } else {
      result = scenario::check(config, *limits, with_progress());
      end_progress();
    }
    report::VerdictRow row = row_of(result);
    const auto file = save_trace(result, options.out);
    if (!file) return refuse(file.error().line());
    row.trace_file = *file;
    code = worse(code, code_of(result.verdict));
    if (!options.json) fmt::print("{}{}", rows.empty() ? "" : "\n", report::sentences(row));
    if (!options.json && result.counterexample) fmt::print("\n{}", trace::explain(*result.counterexample));
    rows.push_back(std::move(row));
  }
  if (options.json) fmt::print("{}", report::json(rows));
  else if (rows.size() > 1) fmt::print("\n{}", report::table(rows));
  return code;
}

}  // namespace

void add_check(CLI::App& app, int& code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App& verb = *app.add_subcommand("check", "search every interleaving that the budget of faults allows; say whether the properties hold");
  options->settings.add_to(verb);
  verb.add_option("--limit", options->limit, "give up at states=N, time=SECONDS, memory=MIB");
  verb.add_option("--out", options->out, "write counterexamples into this directory")->check(not_empty);
  verb.add_flag("--smallest", options->smallest, "go through budgets of faults in order of size, up to two faults; stop at the first that breaks a property");
  verb.add_flag("--json", options->json, "print the result as JSON");
  verb.callback([options, &code] { code = run(*options); });
}

}  // namespace qpcheck::cli
