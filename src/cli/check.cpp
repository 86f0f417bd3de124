// qpcheck check: scenarios under teardowns, a verdict and a story for each.
#include <fmt/format.h>

#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "trace/explain.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

struct CheckOptions {
  Settings settings;
  std::string limit, out;
  bool json = false;
};

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
  if (auto ready = prepare(options.out, *configs); !ready) return refuse(ready.error().line());
  ExitCode code = holds;
  std::vector<report::VerdictRow> rows;
  for (const scenario::Config& config : *configs) {
    const scenario::CheckResult result = scenario::check(config, *limits, with_progress());
    end_progress();
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
  verb.add_flag("--json", options->json, "print the result as JSON");
  verb.callback([options, &code] { code = run(*options); });
}

}  // namespace qpcheck::cli
