#include "cli/replayed.hpp"

#include <fmt/format.h>

#include "cli/settings.hpp"
#include "story/words.hpp"
#include "trace/file.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::cli {
namespace {

std::vector<std::string> names_of(const std::vector<trace::Violation>& violated) {
  std::vector<std::string> names;
  for (const trace::Violation& one : violated) names.push_back(one.property);
  return names;
}

// That the last steps can repeat for ever is what a search found out; playing them
// once can only show that they are the same.
void keep_lasso(const trace::Trace& kept, scenario::Played& played) {
  const std::string finishes(properties::name(properties::Property::finishes));
  if (names_of(kept.header.violated) != std::vector{finishes} || played.trace.steps != kept.steps ||
      !played.violated.empty())
    return;
  played.violated.add(properties::Property::finishes);
  played.trace.header.violated = kept.header.violated;
}

// A trace is judged by what it says was violated: who looked for one property only
// went on past the others.
Result<void> judge(Replayed& run, const std::string& file, const std::vector<std::string>& properties) {
  if (!properties.empty()) return set_properties(run.config, properties);
  if (!run.as_recorded) return {};
  auto judged = set_properties(run.config, names_of(run.kept.header.violated));
  return judged ? judged : Error(fmt::format("{}: /header/violated: {}", file, judged.error().line()));
}

}  // namespace

std::vector<scenario::WantedStep> Replayed::common() const {
  std::vector<scenario::WantedStep> steps = scenario::wanted_steps(kept);
  if (played.departure) steps.resize(played.departure->step - 1);
  return steps;
}

Result<Replayed> replayed(const std::string& file, const std::string& teardown,
                          const std::vector<std::string>& properties) {
  auto loaded = trace::load(file);
  if (!loaded) return loaded.error();
  Replayed run{*std::move(loaded), {}, {}, true};
  std::erase_if(run.kept.header.faults,
                [](const auto& fault) { return fault.second == 0; });  // older traces name those too
  const bool other_teardown = !teardown.empty() && teardown != run.kept.header.teardown;
  if (other_teardown) run.kept.header.teardown = teardown;
  run.as_recorded = !other_teardown && properties.empty();
  const auto config = scenario::config_of(run.kept.header, zoo::programs());
  if (!config) return Error(fmt::format("{}: {}", file, config.error().line()));
  run.config = *config;
  if (auto judged = judge(run, file, properties); !judged) return judged.error();
  run.played = scenario::play(run.config, scenario::wanted_steps(run.kept));
  if (!run.as_recorded) return run;
  keep_lasso(run.kept, run.played);
  return run;
}

std::string violation_of(const scenario::Played& played) {
  return "violates " + (played.violated.empty() ? "nothing" : story::names(played.trace.header.violated));
}

}  // namespace qpcheck::cli
