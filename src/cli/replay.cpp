// qpcheck replay and qpcheck explain: a kept trace, played again or told.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
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

int replay(const std::string& file, const std::string& teardown, bool quiet) {
  auto loaded = trace::load(file);
  if (!loaded) return refuse(loaded.error().line());
  trace::Trace kept = *loaded;
  const bool changed = !teardown.empty() && teardown != kept.header.teardown;
  if (changed) kept.header.teardown = teardown;
  const auto config = scenario::config_of(kept.header);
  if (!config) return refuse(fmt::format("{}: {}", file, config.error().line()));
  const scenario::Played played = scenario::play(*config, scenario::wanted_steps(kept));
  if (!quiet) fmt::print("{}\n", trace::explain(played.trace));
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

struct ReplayOptions {
  std::string file, teardown;
  bool quiet = false;
};

}  // namespace

void add_replay(CLI::App& app, int& code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App& verb = *app.add_subcommand("replay", "play a trace again, choice by choice; exit 0 nothing violated, 1 violated, 5 departs or differs");
  verb.add_option("trace", options->file, "the trace file")->required();
  verb.add_option("--teardown", options->teardown, "play it under another teardown");
  verb.add_flag("--quiet", options->quiet, "do not tell the story");
  verb.callback([options, &code] { code = replay(options->file, options->teardown, options->quiet); });
}

void add_explain(CLI::App& app, int& code) {
  auto file = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("explain", "tell a trace as a story");
  verb.add_option("trace", *file, "the trace file")->required();
  verb.callback([file, &code] { code = explain(*file); });
}

}  // namespace qpcheck::cli
