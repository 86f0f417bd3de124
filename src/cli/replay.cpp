// qpcheck replay and qpcheck explain: kept traces, played again or told.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/files_below.hpp"
#include "cli/progress.hpp"
#include "cli/replayed.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "story/explain.hpp"
#include "story/words.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

struct ReplayOptions {
  std::vector<std::string> paths, properties;
  std::string teardown, limit, out;
  bool quiet = false, search_on = false;
};

// How the run compares with its trace, in one line.
std::string compared(const Replayed& run) {
  if (run.played.departure)
    return fmt::format("departs at step {}: {}", run.played.departure->step, run.played.departure->line);
  if (!run.as_recorded) return violation_of(run.played);
  return run.same() ? "replayed with the same observations"
                    : "differs: " + story::first_difference(run.kept, run.played.trace);
}

ExitCode code_of(const Replayed& run) {
  if (run.played.departure || (run.as_recorded && !run.same())) return internal;
  return run.played.violated.empty() ? holds : violated;
}

class Replay {
 public:
  Replay(const ReplayOptions& options, const search::Limits& limits, bool brief)
      : options_(options), limits_(limits), brief_(brief) {}

  int one(const std::string& file) const {
    const auto run = replayed(file, options_.teardown, options_.properties);
    if (!run) return refuse(run.error().line());
    const bool searches = options_.search_on && (run->played.departure || run->played.violated.empty());
    if (!searches && !run->played.departure)
      if (auto saved = save(run->played.trace); !saved) return refuse(saved.error().line());
    tell(file, *run, searches);
    return searches ? search_on(*run) : code_of(*run);
  }

 private:
  Result<void> save(const trace::Trace& trace) const {
    if (options_.out.empty()) return {};
    return trace::save(trace, options_.out);
  }

  void tell(const std::string& file, const Replayed& run, bool searches) const {
    const bool line = brief_ || run.as_recorded || run.played.departure || searches;
    if (!brief_) fmt::print("{}{}", story::explain(run.played.trace), line ? "\n" : "");
    if (line) fmt::print("{}: {}{}", file, compared(run), brief_ && searches ? "" : "\n");
  }

  // From the state after the last step that could be played.
  int search_on(const Replayed& run) const {
    const auto common = run.common();
    const scenario::CheckResult result = scenario::check_after(run.config, common, limits_, with_progress());
    end_progress();
    report::VerdictRow row = row_of(result);
    if (result.counterexample) {
      if (auto saved = save(*result.counterexample); !saved) return refuse(saved.error().line());
      row.trace_file = options_.out;
    }
    const std::string from =
        common.empty() ? "from the start" : fmt::format("from the state after step {}", common.size());
    if (brief_)
      fmt::print("; searched on {}: {}{}, {} states\n", from, row.verdict,
                 row.setting.violated.empty() ? "" : " (" + story::names(row.setting.violated) + ")", row.states);
    else
      fmt::print("searched on {}:\n\n{}{}", from, report::sentences(row),
                 result.counterexample ? "\n" + story::explain(*result.counterexample) : "");
    return cli::code_of(result.verdict);
  }

  const ReplayOptions& options_;
  const search::Limits& limits_;
  bool brief_;
};

int replay(const ReplayOptions& options) {
  const auto limits = limits_of(options.limit);
  if (!limits) return refuse(limits.error().line());
  if (!options.limit.empty() && !options.search_on)
    return refuse("--limit: there is no search to limit; add --search-on, or leave it out");
  const auto files = files_below(options.paths, {".json"}, "trace");
  if (!files) return refuse(files.error().line());
  if (files->size() > 1 && !options.out.empty())
    return refuse(fmt::format("--out: it takes the run of one trace, and there are {}", files->size()));
  const Replay each(options, *limits,
                    options.quiet || *files != std::vector{options.paths[0]});  // several, or a folder
  if (options.search_on) catch_interrupts();
  ExitCode worst = holds;
  bool refused = false;
  for (const std::string& file : *files) {
    if (interrupted()) return worse(worst, inconclusive);
    const int code = each.one(file);
    if (code == bad_input) refused = true;
    else worst = worse(worst, static_cast<ExitCode>(code));
  }
  return refused ? bad_input : worst;
}

// Several stories stand below the names of their files.
int explain(const std::vector<std::string>& paths) {
  const auto files = files_below(paths, {".json"}, "trace");
  if (!files) return refuse(files.error().line());
  const bool named = *files != paths || paths.size() > 1;
  bool refused = false;
  for (const std::string& file : *files) {
    const auto loaded = trace::load(file);
    if (!loaded) {
      refuse(loaded.error().line());
      refused = true;
      continue;
    }
    if (named) fmt::print("{}{}:\n\n", &file == &files->front() ? "" : "\n", file);
    fmt::print("{}", story::explain(*loaded));
  }
  return refused ? bad_input : holds;
}

}  // namespace

void add_replay(CommandLine& line) {
  auto options = std::make_shared<ReplayOptions>();
  Verb verb = line.verb(
      "replay", "play traces again, choice by choice; exit 0 nothing violated, 1 violated, 5 departs or differs");
  verb.option("traces", options->paths, "trace files, and folders of them; several: a line each").required();
  verb.option("--teardown", options->teardown, "play them under another teardown");
  verb.option("--property", options->properties, "judge by these only (see: qpcheck list properties)")
      .comma_separated();
  verb.flag("--quiet", options->quiet, "do not tell the story");
  verb.flag("--search-on", options->search_on,
            "where a run departs or violates nothing, search on from its last common point; exit as check");
  verb.option("--limit", options->limit, "give up that search at states=N, time=SECONDS, memory=MIB");
  verb.option("--out", options->out, "write this run, or what --search-on found, as a trace to this file")
      .checked_by(not_empty);
  verb.runs([options] { return replay(*options); });
}

void add_explain(CommandLine& line) {
  auto paths = std::make_shared<std::vector<std::string>>();
  Verb verb = line.verb("explain", "tell a trace as a story");
  verb.option("traces", *paths, "trace files, and folders of them").required();
  verb.runs([paths] { return explain(*paths); });
}

}  // namespace qpcheck::cli
