// qpcheck survey: the main job. Every scenario under every teardown, on both transports,
// each fault alone, and the zoo, against the tables that are expected; two stories; traces and
// diagrams for a review.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "cli/diagram.hpp"
#include "cli/exit_code.hpp"
#include "cli/file_name.hpp"
#include "cli/progress.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "cli/zoo_table.hpp"
#include "report/diagrams.hpp"
#include "report/table.hpp"
#include "scenario/matrix.hpp"
#include "scenario/stories.hpp"
#include "story/explain.hpp"
#include "trace/file.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::cli {
namespace {

using qpair::Teardown;
using scenario::Part;

constexpr std::array teardowns = {Teardown::always_wait, Teardown::connected_flag, Teardown::settled};

// A table is seen when it is made, also where the output goes to a file.
void print_now(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

class Survey {
 public:
  explicit Survey(std::string out) : out_(std::move(out)) {}

  int run(const std::vector<Part>& parts) {
    if (auto ready = prepare_directories({traces(), diagrams()}); !ready) return refuse(ready.error().line());
    catch_interrupts();
    for (const Part part : parts) {
      if (interrupted()) break;
      if (!first_) fmt::print("\n{}\n\n", scenario::part_titles[static_cast<std::size_t>(part)]);
      table_of(part);
      if (part == Part::main) tell_stories();
      if (part == Part::main) draw();
      first_ = false;
    }
    if (interrupted()) fmt::print("\nInterrupted: what is missing above was not checked.\n");
    if (failure_) return refuse(*failure_);
    fmt::print("\nTraces are in {}, diagrams in {}.\n", traces().string(), diagrams().string());
    if (unexpected_.empty()) return interrupted() ? inconclusive : holds;
    fmt::print("The table is not the expected one: {}.\n", unexpected_);
    return violated;
  }

 private:
  std::filesystem::path traces() const { return std::filesystem::path(out_) / "traces"; }
  std::filesystem::path diagrams() const { return std::filesystem::path(out_) / "diagrams"; }

  void table_of(Part part) {
    if (part == Part::faults) return fault_table();
    if (part != Part::zoo) return scenario_table(part);
    const ZooTable zoo = check_zoo();
    fmt::print("{}", zoo.text);
    for (const trace::Trace& trace : zoo.found) save(trace, "zoo-" + trace.header.program + ".json");
    if (!zoo.unexpected.empty()) unexpected_ += (unexpected_.empty() ? "" : "; ") + zoo.unexpected;
  }

  scenario::CheckResult check(const scenario::Cell& cell) {
    scenario::CheckResult result = scenario::check(cell.config, cell.limits, with_progress());
    end_progress();
    if (result.verdict == scenario::Verdict::holds) hidden_ = std::max(hidden_, result.search.hidden_probability());
    if (!as_expected(cell, result) && !interrupted())
      unexpected_ += fmt::format("{}{}: {}", unexpected_.empty() ? "" : "; ",
                                 story::setting(scenario::header_of(cell.config)), scenario::name(result.verdict));
    return result;
  }

  void scenario_table(Part part) {
    std::vector<report::VerdictRow> rows;
    for (const scenario::Cell& cell : scenario_cells(part)) {
      if (!rows.empty() && rows.back().setting.transport != model::name(cell.config.transport))
        print_now(report::table(std::exchange(rows, {})) + "\n");
      if (interrupted()) break;
      const scenario::CheckResult result = check(cell);
      rows.push_back(row_of(result));
      if (part == Part::main && result.counterexample) keep(result);
    }
    print_now(report::table(rows) + "\n");
    fmt::print(
        "qp0 is the admin qpair, the others are I/O qpairs, all on one channel. `holds`: every state within these\n"
        "bounds was visited (a hash collision hid one with a probability below {:.0e}); `violated`: the search\n"
        "stopped at a shortest story. Depth: choices from the start to the farthest state. States of target-killed\n"
        "that differ only in which qpair is which are counted once.\n",
        hidden_ * 1.0000001 + 1e-300);
    if (part == Part::three)
      fmt::print("`inconclusive`: no violation among the first states, where all of them take minutes (./run deep).\n");
  }

  void keep(const scenario::CheckResult& result) {
    save(*result.counterexample, file_name(result.config));
    if (result.config.scenario->name == "target-killed" && result.config.teardown == Teardown::connected_flag)
      parked_ = *result.counterexample;
  }

  void fault_table() {
    report::Table table({{"fault"},
                         {"excuses"},
                         {"ib always-wait"},
                         {"connected-flag"},
                         {"settled"},
                         {"iwarp always-wait"},
                         {"connected-flag"},
                         {"settled"}});
    bool beyond = false;
    for (const model::FaultInfo& fault : model::fault_infos) {
      if (!fault.within_contract && !beyond)
        table.group("beyond the contract: only finishes, legal-calls, no-use-after-destroy and no-crash are looked at");
      beyond = !fault.within_contract;
      table.row(fault_row(std::string(fault.name), fault.excuses, [&](model::Transport transport, Teardown teardown) {
        return scenario::fault_cell(fault.fault, transport, teardown);
      }));
    }
    table.group("a teardown that waits longer than the kernel repeats its DREQ (--deadline 120000)");
    table.row(fault_row("hang", model::Excuses::target, [](model::Transport transport, Teardown teardown) {
      return std::optional(scenario::deadline_cell(transport, teardown));
    }));
    print_now(table.text() + "\n");
    fmt::print(
        "Each cell is an exhaustive check of `reset` with that one fault (reorder, reorder-in-id: of `connect-only`), "
        "and\n"
        "says `holds` or the first violated property; -: it cannot be spent there. Excuses: whose timeouts it "
        "excuses.\n");
  }

  template <class CellOf>
  std::vector<std::string> fault_row(const std::string& name, model::Excuses excuses, CellOf&& cell_of) {
    static constexpr std::array excused = {"nothing", "linger", "connection", "target", "device"};
    std::vector<std::string> row = {name, excused[static_cast<std::size_t>(excuses)]};
    for (const model::Transport transport : {model::Transport::ib, model::Transport::iw})
      for (const Teardown teardown : teardowns) {
        const std::optional<scenario::Cell> cell = cell_of(transport, teardown);
        row.push_back(!cell ? "-" : interrupted() ? "?" : verdict_word(check(*cell)));
      }
    return row;
  }

  static std::string verdict_word(const scenario::CheckResult& result) {
    for (const auto& property : properties::property_infos)
      if (result.violated.has(property.id)) return std::string(property.name);
    return std::string(scenario::name(result.verdict));
  }

  void tell_stories() {
    const scenario::Story& origin = scenario::stories()[0];
    const scenario::Played played =
        scenario::play(scenario::config_of(origin, Teardown::always_wait), scenario::wanted_steps(origin));
    save(played.trace, "origin-always-wait.json");
    fmt::print("\nThe origin's story: {}\n\n{}", origin.sentence, story::explain(played.trace));
    if (parked_)
      fmt::print("\nThe parked story, found by the search: {}\n\n{}", scenario::stories()[1].sentence,
                 story::explain(*parked_));
  }

  void draw() {
    for (const report::Diagram& diagram : report::declared_diagrams) picture(diagram.draw(), std::string(diagram.name));
    for (const Teardown teardown : teardowns) {
      scenario::Config config = scenario::Config::of(scenario::scenarios[0], teardown);
      config.qpairs = 1;
      scenario::Watch watch;
      const scenario::CheckResult result = scenario::check(config, {}, with_progress(), &watch);
      end_progress();
      if (interrupted()) return;
      picture(explored_diagram(result, watch),
              fmt::format("explored-{}-{}", config.scenario->name, scenario::name(config.teardown)));
    }
  }

  void picture(const report::Graph& graph, const std::string& name) {
    for (const char* const format : {"dot", "svg"}) {
      const auto bytes = drawn(graph, format);
      if (!bytes) return fail(bytes.error());
      if (auto written = write_file(diagrams() / (name + "." + format), *bytes); !written) return fail(written.error());
    }
  }

  void save(const trace::Trace& trace, const std::string& name) {
    if (auto saved = trace::save(trace, traces() / name); !saved) fail(saved.error());
  }

  void fail(const Error& error) {
    if (!failure_) failure_ = error.line();
  }

  std::string out_;
  std::optional<trace::Trace> parked_;
  std::optional<std::string> failure_;
  double hidden_ = 0;
  bool first_ = true;
  std::string unexpected_;
};

Result<std::vector<Part>> parts_of(const std::vector<std::string>& names) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < scenario::part_names.size(); ++i)
    if (names.empty() || std::find(names.begin(), names.end(), scenario::part_names[i]) != names.end())
      parts.push_back(static_cast<Part>(i));
  for (const std::string& name : names)
    if (std::find(scenario::part_names.begin(), scenario::part_names.end(), name) == scenario::part_names.end())
      return Error(fmt::format("--part: '{}' is not known; it is main, iwarp, three, faults or zoo", name));
  return parts;
}

int run(const std::string& out, const std::vector<std::string>& names) {
  const auto parts = parts_of(names);
  return parts ? Survey(out).run(*parts) : refuse(parts.error().line());
}

}  // namespace

void add_survey(CommandLine& line) {
  auto out = std::make_shared<std::string>("out");
  auto parts = std::make_shared<std::vector<std::string>>();
  Verb verb = line.verb("survey",
                        "the main job: every scenario under every teardown, on both transports, each fault alone, and "
                        "the zoo; two stories, traces and diagrams; exit 0 when the tables are the expected ones");
  verb.option("--out", *out, "the directory for traces and diagrams").checked_by(not_empty).shows_default();
  verb.option("--part", *parts, "only these tables: main, iwarp, three, faults, zoo").comma_separated();
  verb.runs([out, parts] { return run(*out, *parts); });
}

}  // namespace qpcheck::cli
