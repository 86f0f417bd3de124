// qpcheck replay and qpcheck explain: a kept trace, played again or told.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "scenario/player.hpp"
#include "trace/explain.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

// The first place where two traces of the same choices differ.
std::string first_difference(const trace::Trace& kept, const trace::Trace& now) {
  for (std::size_t i = 0; i < kept.steps.size(); ++i) {
    if (i >= now.steps.size()) return fmt::format("step {}: the run ended before it", i + 1);
    const auto &was = kept.steps[i].observed, &is = now.steps[i].observed;
    for (std::size_t line = 0; line < std::max(was.size(), is.size()); ++line) {
      const std::string old_line = line < was.size() ? was[line] : "(nothing)", new_line = line < is.size() ? is[line] : "(nothing)";
      if (old_line != new_line) return fmt::format("step {} ({}): observed \"{}\", the trace says \"{}\"", i + 1, kept.steps[i].choice, new_line, old_line);
    }
  }
  return fmt::format("violated is \"{}\", the trace says \"{}\"", now.header.violated.property, kept.header.violated.property);
}

// A trace is judged by what it says was violated: who looked for one property only
// went on past the others. One that says nothing is judged by all.
Result<void> judge_by(scenario::Config& config, const std::string& violated) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < violated.size();) {
    const std::size_t end = std::min(violated.find(", ", at), violated.size());
    names.push_back(violated.substr(at, end - at));
    at = end + 2;
  }
  return set_properties(config, names);
}

// That the last steps can repeat for ever is what a search found out; playing them
// once can only show that they are the same.
void keep_lasso(const trace::Trace& kept, scenario::Played& played) {
  const std::string finishes(properties::name(properties::Property::finishes));
  if (kept.header.violated.property != finishes || played.trace.steps != kept.steps || !played.violated.empty()) return;
  played.violated.add(properties::Property::finishes);
  played.trace.header.violated = kept.header.violated;
}

struct ReplayOptions {
  std::string file, teardown, out;
  bool quiet = false;
};

int replay(const ReplayOptions& options) {
  const auto& [file, teardown, out, quiet] = options;
  auto loaded = trace::load(file);
  if (!loaded) return refuse(loaded.error().line());
  trace::Trace kept = *loaded;
  std::erase_if(kept.header.faults, [](const auto& fault) { return fault.second == 0; });  // older traces name those too
  const bool changed = !teardown.empty() && teardown != kept.header.teardown;
  if (changed) kept.header.teardown = teardown;
  auto config = scenario::config_of(kept.header);
  if (!config) return refuse(fmt::format("{}: {}", file, config.error().line()));
  if (!changed)
    if (auto judged = judge_by(config.value(), kept.header.violated.property); !judged)
      return refuse(fmt::format("{}: /header/violated: {}", file, judged.error().line()));
  scenario::Played played = scenario::play(*config, scenario::wanted_steps(kept));
  if (!changed) keep_lasso(kept, played);
  if (!out.empty() && !played.departure)
    if (auto saved = trace::save(played.trace, out); !saved) return refuse(saved.error().line());
  if (!quiet) fmt::print("{}{}", trace::explain(played.trace), changed && !played.departure ? "" : "\n");
  if (played.departure) {
    fmt::print("departs at step {}: {}\n", played.departure->step, played.departure->line);
    return internal;
  }
  if (!changed) {
    const bool same = played.trace == kept;
    fmt::print("{}: {}\n", file, same ? "replayed with the same observations" : "differs: " + first_difference(kept, played.trace));
    if (!same) return internal;
  }
  return played.violated.empty() ? holds : violated;
}

int explain(const std::string& file) {
  const auto loaded = trace::load(file);
  if (!loaded) return refuse(loaded.error().line());
  fmt::print("{}", trace::explain(*loaded));
  return holds;
}

}  // namespace

void add_replay(CLI::App& app, int& code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App& verb = *app.add_subcommand("replay", "play a trace again, choice by choice; exit 0 nothing violated, 1 violated, 5 departs or differs");
  verb.add_option("trace", options->file, "the trace file")->required();
  verb.add_option("--teardown", options->teardown, "play it under another teardown");
  verb.add_flag("--quiet", options->quiet, "do not tell the story");
  verb.add_option("--out", options->out, "write this run as a trace to this file (to record a kept one again)")->check(not_empty);
  verb.callback([options, &code] { code = replay(*options); });
}

void add_explain(CLI::App& app, int& code) {
  auto file = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("explain", "tell a trace as a story");
  verb.add_option("trace", *file, "the trace file")->required();
  verb.callback([file, &code] { code = explain(*file); });
}

}  // namespace qpcheck::cli
