// What a mutant of src/qpair must be found guilty of.
//
//   mutant SCENARIO TEARDOWN QPAIRS FROM PROPERTY|holds [only] [WORDS]
//   mutant story NAME TEARDOWN PROPERTY|holds [WORDS]
//
// Checks the setting (or plays the story), prints the verdict and the counterexample,
// and exits 0 if the property is violated, `only`: with no other property selected,
// and the reason has the words.
#include <cstdio>
#include <string>
#include <vector>

#include "scenario/check.hpp"
#include "scenario/stories.hpp"
#include "story/explain.hpp"
#include "story/words.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;

namespace {

using Words = std::vector<std::string>;

struct Outcome {
  properties::PropertySet violated;
  bool held = false;
  trace::Trace trace;
};

Outcome checked(Config config, const std::string& property, bool only) {
  const auto wanted = properties::property_named(property);
  if (only && wanted) {
    config.properties = {};
    config.properties.add(*wanted);
  }
  const CheckResult result = check(config);
  std::printf("%s %s\n", name(result.verdict).data(), result.note.c_str());
  const bool confirmed = result.verdict == Verdict::violated;  // played twice with the same outcome
  return {confirmed ? result.violated : properties::PropertySet{}, result.verdict == Verdict::holds,
          result.counterexample.value_or(trace::Trace{})};
}

Outcome told(const std::string& story_name, const std::string& teardown) {
  for (const Story& story : stories()) {
    if (story.name != story_name) continue;
    Played played = play(config_of(story, *teardown_named(teardown)), wanted_steps(story));
    return {played.violated, played.violated.empty() && !played.departure, std::move(played.trace)};
  }
  std::printf("no story '%s'\n", story_name.c_str());
  return {};
}

// 0: as expected.
int judge(const Outcome& outcome, const std::string& expected, const std::string& words) {
  if (!outcome.trace.steps.empty()) std::printf("%s\n", story::explain(outcome.trace).c_str());
  const auto property = properties::property_named(expected);
  const bool as_expected = property ? outcome.violated.has(*property) : expected == "holds" && outcome.held;
  const bool explained = story::reasons(outcome.trace.header.violated).find(words) != std::string::npos;
  if (!as_expected) std::printf("expected: %s\n", expected.c_str());
  if (!explained) std::printf("expected in the reason: %s\n", words.c_str());
  return as_expected && explained ? 0 : 1;
}

std::string last_of(const Words& words, std::size_t from) { return words.size() > from ? words[from] : ""; }

int run(const Words& words) {
  if (words.size() >= 4 && words[0] == "story") return judge(told(words[1], words[2]), words[3], last_of(words, 4));
  if (words.size() < 5 || scenario_named(words[0]) == nullptr || !teardown_named(words[1])) return 2;
  Config config = Config::of(*scenario_named(words[0]), *teardown_named(words[1]));
  config.qpairs = static_cast<std::uint32_t>(std::stoul(words[2]));
  config.from_connecting = config.from_connecting || words[3] == "connecting";
  const bool only = words.size() > 5 && words[5] == "only";
  return judge(checked(config, words[4], only), words[4], last_of(words, only ? 6 : 5));
}

}  // namespace

int main(int count, char** arguments) { return run(Words(arguments + 1, arguments + count)); }
