// qpcheck conform: logs of real kernels, and traces, against the tables.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/files_below.hpp"
#include "cli/verbs.hpp"
#include "conform/judge.hpp"
#include "conform/read_log.hpp"

namespace qpcheck::cli {
namespace {

struct ConformOptions {
  std::vector<std::string> logs;
  std::string transport;
  bool quiet = false;
};

constexpr std::size_t most_rows = 12;

void print_departure(const std::string& log, const conform::Departure& departure, bool quiet) {
  fmt::print("not legal {}: line {}: {}\n", printable(log), departure.line, departure.what);
  if (quiet) return;
  fmt::print("  expected there:\n");
  for (const std::string& expected : departure.expected) fmt::print("    {}\n", expected);
  if (departure.rows.empty()) {
    fmt::print("  no row of the tables allows such a line\n");
    return;
  }
  fmt::print("  rows that would have allowed it:\n");
  for (std::size_t i = 0; i < departure.rows.size() && i < most_rows; ++i) fmt::print("    {}\n", departure.rows[i]);
  if (departure.rows.size() > most_rows) fmt::print("    … and {} more\n", departure.rows.size() - most_rows);
}

ExitCode judge_one(const std::string& name, const conform::Log& log, bool quiet) {
  const conform::Judgement judgement = conform::judge(log);
  if (judgement.departure) {
    print_departure(name, *judgement.departure, quiet);
    return violated;
  }
  if (judgement.undecided) {
    fmt::print("undecided {}: more than {} states\n", printable(name), conform::most_states);
    return inconclusive;
  }
  fmt::print("legal {} ({} lines judged, {} states)\n", printable(name), judgement.judged, judgement.states);
  return holds;
}

std::string transport_or_none(const std::string& name) {
  return name == "ib" || name == "iwarp" ? "" : fmt::format("'{}' is no transport; 'ib' and 'iwarp' are", name);
}

int conform_all(const ConformOptions& options) {
  std::optional<model::Transport> transport;
  if (!options.transport.empty()) transport = options.transport == "ib" ? model::Transport::ib : model::Transport::iw;
  const auto logs = files_below(options.logs, {".jsonl", ".json"}, "log");
  if (!logs) return refuse(logs.error().line());
  ExitCode worst = holds;
  bool unreadable = false;
  for (const std::string& name : *logs) {
    const auto log = conform::load_log(name, transport);
    if (log) {
      worst = worse(worst, judge_one(name, *log, options.quiet));
      continue;
    }
    refuse(log.error().line());
    unreadable = true;
  }
  return unreadable ? bad_input : worst;
}

}  // namespace

void add_conform(CommandLine& line) {
  auto options = std::make_shared<ConformOptions>();
  Verb verb = line.verb("conform", "is a log legal by the contract? exit 0 legal, 1 not legal, 2 unreadable");
  verb.option("logs", options->logs,
              "logs of real kernels (traces/kernel/README.md), or trace files, and folders of them")
      .required();
  verb.option("--transport", options->transport, "ib (InfiniBand and RoCE) or iwarp, where a log does not say it")
      .checked_by(transport_or_none);
  verb.flag("--quiet", options->quiet, "one line for each log, without expectation and rows");
  verb.runs([options] { return conform_all(*options); });
}

}  // namespace qpcheck::cli
