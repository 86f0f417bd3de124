// qpcheck story: a story kept by name, played, told, and written as a trace.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "scenario/did_you_mean.hpp"
#include "scenario/stories.hpp"
#include "story/explain.hpp"
#include "trace/file.hpp"

namespace qpcheck::cli {
namespace {

struct StoryOptions {
  std::string name, teardown, out;  // no teardown: the story's own
  std::vector<std::string> properties;
};

const scenario::Story* story_named(const std::string& name) {
  for (const scenario::Story& story : scenario::stories())
    if (story.name == name) return &story;
  return nullptr;
}

int run(const StoryOptions& options) {
  const scenario::Story* const story = story_named(options.name);
  if (story == nullptr)
    return refuse(fmt::format("story '{}' is not known; see: qpcheck list stories{}", options.name,
                              scenario::did_you_mean_one_of(options.name, scenario::stories())));
  const auto teardown =
      options.teardown.empty() ? std::optional(story->teardown) : scenario::teardown_named(options.teardown);
  if (!teardown)
    return refuse(fmt::format("--teardown: teardown '{}' is not known; see: qpcheck list teardowns{}", options.teardown,
                              scenario::did_you_mean_one_of(options.teardown, scenario::teardown_infos)));
  scenario::Config config = scenario::config_of(*story, *teardown);
  if (auto set = set_properties(config, options.properties); !set) return refuse(set.error().line());
  const scenario::Played played = scenario::play(config, scenario::wanted_steps(*story));
  if (!options.out.empty() && !played.departure)
    if (auto saved = trace::save(played.trace, options.out); !saved) return refuse(saved.error().line());
  fmt::print("{}", story::explain(played.trace));
  if (played.departure) {
    fmt::print("\ndeparts at step {}: {}\n", played.departure->step, played.departure->line);
    return internal;
  }
  return played.violated.empty() ? holds : violated;
}

}  // namespace

void add_story(CommandLine& line) {
  auto options = std::make_shared<StoryOptions>();
  Verb verb = line.verb("story", "play a story that is kept by name; exit 0 nothing violated, 1 violated, 5 departs");
  verb.option("name", options->name, "the story (see: qpcheck list stories)").required();
  verb.option("--teardown", options->teardown,
              "always-wait, connected-flag or settled; none: the one that the story is about");
  verb.option("--property", options->properties, "look at these only (see: qpcheck list properties)").comma_separated();
  verb.option("--out", options->out, "write it as a trace to this file").checked_by(not_empty);
  verb.runs([options] { return run(*options); });
}

}  // namespace qpcheck::cli
