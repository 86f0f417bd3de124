// One mutant of src/qpair in one configuration after the other, until one finds it.
//
//   mutation_NAME ROW       writes what was found to the file ROW
//   mutation_none           exits 1 unless everything holds
//
// The row is JSON: {"caught": ["possible-wait"], "configuration": "…", "choices": 5}, and
// {"caught": []} when nothing is found. Whether that is right is not judged here.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "scenario/check.hpp"
#include "tests/mutation/configurations.hpp"
#include "story/explain.hpp"
#include "trace/write_file.hpp"

using namespace qpcheck;
using scenario::Verdict;

namespace {

// A mutant may have states without end; the program as it is needs less than half of this.
const search::Limits limits{.states = 250'000, .bytes = std::uint64_t{1} << 30};

std::vector<std::string> names_of(const scenario::CheckResult& result) {
  std::vector<std::string> names;
  for (const auto& property : properties::property_infos)
    if (result.violated.has(property.id)) names.emplace_back(property.name);
  return names;
}

// Inner choices count, as they do wherever a story's length is told.
std::size_t choices_in(const trace::Trace& trace) {
  std::size_t count = trace.steps.size();
  for (const trace::Step& step : trace.steps) count += step.inner.size();
  return count;
}

nlohmann::json hunted() {
  for (const mutation::Configuration& configuration : mutation::configurations()) {
    const scenario::CheckResult result = scenario::check(configuration.config, limits);
    std::printf("%s: %s %s\n", configuration.words.c_str(), name(result.verdict).data(), result.note.c_str());
    if (result.verdict != Verdict::violated) continue;
    std::printf("\n%s", story::explain(*result.counterexample).c_str());
    return {{"caught", names_of(result)},
            {"configuration", configuration.words},
            {"choices", choices_in(*result.counterexample)}};
  }
  return {{"caught", nlohmann::json::array()}};
}

int none() {
  int wrong = 0;
  for (const mutation::Configuration& configuration : mutation::configurations()) {
    const Verdict verdict = scenario::check(configuration.config, limits).verdict;
    const bool holds = verdict == Verdict::holds;
    if (!holds) std::printf("%s: %s\n", configuration.words.c_str(), name(verdict).data());
    wrong += holds ? 0 : 1;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return none();
  const auto written = write_file(arguments[1], hunted().dump() + "\n");
  if (!written) std::printf("%s\n", written.error().line().c_str());
  return written ? 0 : 1;
}
