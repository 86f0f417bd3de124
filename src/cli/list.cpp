// qpcheck list: what there is, one line each, the name first.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"
#include "model/choice.hpp"
#include "scenario/scenario.hpp"
#include "scenario/stories.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::cli {
namespace {

struct Line {
  std::string_view name;
  std::string sentence;
};
using Lines = std::vector<Line>;

void print(const Lines& lines) {
  std::size_t width = 20;
  for (const Line& line : lines) width = std::max(width, line.name.size());
  for (const Line& line : lines) fmt::print("{:<{}} {}\n", line.name, width, line.sentence);
}

std::string budget(const scenario::Scenario& scenario) {
  std::string text;
  for (std::size_t i = 0; i < model::fault_count; ++i)
    if (scenario.faults.of[i] > 0)
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", model::fault_infos[i].name, scenario.faults.of[i]);
  return text.empty() ? "none" : text;
}

constexpr std::array transport_sentences = {"InfiniBand and RoCE: ib_cm and cma", "iWARP: iw_cm and cma, over TCP"};

// The scenarios that have it in their default budget.
std::string default_of(model::Fault fault) {
  std::string text;
  for (const auto& scenario : scenario::scenarios)
    if (scenario.faults.allows(fault)) text += fmt::format("{}{}", text.empty() ? "" : ", ", scenario.name);
  return text.empty() ? "none" : text;
}

Lines faults() {
  Lines lines;
  for (const model::FaultInfo& fault : model::fault_infos)
    lines.push_back({fault.name, fmt::format("{} ({}{}; {}; by default in: {})", fault.sentence,
                                             fault.within_contract ? "within the contract" : "BEYOND THE CONTRACT",
                                             fault.on == model::On::ib ? ", ib only" : "", model::name(fault.excuses),
                                             default_of(fault.fault))});
  lines.push_back({scenario::any_fault, "one of any fault within the contract, as in --faults contract=1"});
  return lines;
}

constexpr std::array where_names = {"", ", ib only", ", iwarp only"};

Lines choices() {
  Lines lines;
  for (const model::VerbInfo& verb : model::verb_infos)
    lines.push_back({verb.words, fmt::format("[{}] {} ({}{})", verb.actor, verb.sentence, model::name(verb.fair),
                                             where_names[static_cast<std::size_t>(verb.on)])});
  return lines;
}

int list(const std::string& what) {
  Lines lines;
  const auto add = [&lines](std::string_view name, std::string_view sentence) {
    lines.push_back({name, std::string(sentence)});
  };
  if (what == "scenarios")
    for (const auto& scenario : scenario::scenarios)
      add(scenario.name, fmt::format("{} (faults: {})", scenario.sentence, budget(scenario)));
  else if (what == "properties")
    for (const auto& property : properties::property_infos) add(property.name, property.sentence);
  else if (what == "teardowns")
    for (const scenario::TeardownInfo& info : scenario::teardown_infos) add(info.name, info.sentence);
  else if (what == "transports")
    for (std::size_t i = 0; i < model::transport_names.size(); ++i)
      add(model::transport_names[i], transport_sentences[i]);
  else if (what == "faults")
    lines = faults();
  else if (what == "choices")
    lines = choices();
  else if (what == "zoo")
    for (const auto& program : zoo::programs())
      add(program.name, fmt::format("{} ({})", program.sentence, program.caught_by));
  else if (what == "stories")
    for (const auto& story : scenario::stories()) add(story.name, story.sentence);
  else
    return refuse(fmt::format(
        "list: '{}' is not known; it is scenarios, properties, teardowns, transports, faults, choices, stories or zoo",
        what));
  print(lines);
  return holds;
}

}  // namespace

void add_list(CommandLine& line) {
  auto what = std::make_shared<std::string>();
  Verb verb =
      line.verb("list", "list scenarios, properties, teardowns, transports, faults, choices, stories or the zoo");
  verb.option("what", *what, "scenarios, properties, teardowns, transports, faults, choices, stories, zoo").required();
  verb.runs([what] { return list(*what); });
}

}  // namespace qpcheck::cli
