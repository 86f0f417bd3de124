#include "cli/zoo_table.hpp"

#include <fmt/format.h>

#include "cli/progress.hpp"
#include "report/table.hpp"
#include "scenario/check.hpp"
#include "story/explain.hpp"
#include "story/words.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::cli {
namespace {

std::size_t choices_in(const trace::Trace& trace) {
  std::size_t count = trace.steps.size();
  for (const trace::Step& step : trace.steps) count += step.inner.size();
  return count;
}

scenario::CheckResult checked(const sim::ProgramInfo& program, bool fixed) {
  scenario::CheckResult result = scenario::check(scenario::Config::of(program, fixed), {}, with_progress());
  end_progress();
  return result;
}

bool is_caught(const sim::ProgramInfo& program, const scenario::CheckResult& result) {
  const auto property = properties::property_named(program.caught_by);
  return result.verdict == scenario::Verdict::violated && property && result.violated.has(*property);
}

std::vector<std::string> row_of(const sim::ProgramInfo& program, const scenario::CheckResult& bug,
                                const scenario::CheckResult& twin) {
  const bool found = bug.counterexample.has_value();
  return {std::string(program.name),
          found ? story::names(bug.counterexample->header.violated) : std::string(scenario::name(bug.verdict)),
          found ? std::to_string(choices_in(*bug.counterexample)) : "-",
          std::string(scenario::name(twin.verdict)),
          std::to_string(twin.search.states),
          fmt::format("{:.2f} s", bug.search.seconds + twin.search.seconds)};
}

}  // namespace

ZooTable check_zoo() {
  ZooTable zoo;
  report::Table table({{"program"},
                       {"its bug is found by"},
                       {"choices", report::Align::right},
                       {"fixed"},
                       {"states", report::Align::right},
                       {"time", report::Align::right}});
  std::string histories;
  for (const sim::ProgramInfo& program : zoo::programs()) {
    scenario::CheckResult bug = checked(program, false);
    const scenario::CheckResult twin = checked(program, true);
    if (interrupted()) break;
    table.row(row_of(program, bug, twin));
    if (!is_caught(program, bug) || twin.verdict != scenario::Verdict::holds)
      zoo.unexpected += fmt::format("{}{}: {}, fixed {}", zoo.unexpected.empty() ? "" : "; ", program.name,
                                    scenario::name(bug.verdict), scenario::name(twin.verdict));
    histories +=
        fmt::format("\n{} ({})\n{}{}  {}\n", program.name, program.caught_by, story::wrapped(program.sentence, "  "),
                    story::wrapped(program.history, "  "), program.link);
    if (bug.counterexample) zoo.found.push_back(*std::move(bug.counterexample));
  }
  zoo.text = fmt::format(
      "{}\nEach is checked exhaustively in the configuration that shows its bug (check --program NAME): choices of "
      "the\n"
      "shortest story, states of the fixed twin (check --program NAME --fixed), which holds, and time of both.\n{}",
      table.text(), histories);
  return zoo;
}

}  // namespace qpcheck::cli
