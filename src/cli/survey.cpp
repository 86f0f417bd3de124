// qpcheck survey: the main job. Every scenario under every teardown, against the
// table that is expected; two stories; traces and diagrams for a review.
#include <fmt/format.h>

#include <filesystem>

#include "cli/diagram.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/row.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "report/diagrams.hpp"
#include "scenario/stories.hpp"
#include "trace/explain.hpp"
#include "trace/file.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::cli {
namespace {

using qpair::Teardown;

// Only `settled` holds everywhere; without a fault and a request, all do.
scenario::Verdict expected(const scenario::Config& config) {
  const bool harmless = config.scenario->name == "connect-only" || config.teardown == Teardown::settled;
  return harmless ? scenario::Verdict::holds : scenario::Verdict::violated;
}

class Survey {
 public:
  explicit Survey(std::string out) : out_(std::move(out)) {}

  int run() {
    if (auto ready = prepare_directories({traces(), diagrams()}); !ready) return refuse(ready.error().line());
    for (const scenario::Scenario& scenario : scenario::scenarios)
      for (std::size_t i = 0; i < scenario::teardown_names.size(); ++i)
        check(scenario::Config::of(scenario, static_cast<Teardown>(i)));
    end_progress();
    fmt::print("{}\n", report::table(rows_));
    fmt::print("2 qpairs (qp0 admin, qp1 I/O) on one channel, IB/RoCE, default budgets of faults. `holds`: every state within\n"
               "these bounds was visited (a hash collision hid one with a probability below {:.0e}); `violated`: the search\n"
               "stopped at a shortest story. Depth: choices from the start to the farthest state.\n", hidden_ * 1.0000001 + 1e-300);
    tell_stories();
    draw();
    if (failure_) return refuse(*failure_);
    fmt::print("\nTraces are in {}, diagrams in {}.\n", traces().string(), diagrams().string());
    if (as_expected_) return holds;
    fmt::print("The table is not the expected one: {}.\n", unexpected_);
    return violated;
  }

 private:
  std::filesystem::path traces() const { return std::filesystem::path(out_) / "traces"; }
  std::filesystem::path diagrams() const { return std::filesystem::path(out_) / "diagrams"; }

  void check(const scenario::Config& config) {
    const scenario::CheckResult result = scenario::check(config, {}, with_progress());
    rows_.push_back(row_of(result));
    if (result.verdict == scenario::Verdict::holds) hidden_ = std::max(hidden_, rows_.back().hidden);
    if (result.verdict != expected(config)) {
      as_expected_ = false;
      unexpected_ += fmt::format("{}{} under {} is {}", unexpected_.empty() ? "" : ", ", config.scenario->name,
                                 scenario::name(config.teardown), scenario::name(result.verdict));
    }
    if (!result.counterexample) return;
    save(*result.counterexample, file_name(config));
    if (config.scenario->name == "target-killed" && config.teardown == Teardown::connected_flag) parked_ = *result.counterexample;
  }

  void tell_stories() {
    const scenario::Story& origin = scenario::stories()[0];
    const scenario::Played played = scenario::play(scenario::config_of(origin, Teardown::always_wait), scenario::wanted_steps(origin));
    save(played.trace, "origin-always-wait.json");
    fmt::print("\nThe origin's story: {}\n\n{}", origin.sentence, trace::explain(played.trace));
    if (parked_) fmt::print("\nThe parked story, found by the search: {}\n\n{}", scenario::stories()[1].sentence, trace::explain(*parked_));
  }

  void draw() {
    for (const report::Diagram& diagram : report::declared_diagrams) picture(diagram.draw(), std::string(diagram.name));
    for (std::size_t i = 0; i < scenario::teardown_names.size(); ++i) {
      scenario::Config config = scenario::Config::of(scenario::scenarios[0], static_cast<Teardown>(i));
      config.qpairs = 1;
      scenario::Watch watch;
      const scenario::CheckResult result = scenario::check(config, {}, {}, &watch);
      picture(explored_diagram(result, watch), fmt::format("explored-{}-{}", config.scenario->name, scenario::name(config.teardown)));
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
  std::vector<report::VerdictRow> rows_;
  std::optional<trace::Trace> parked_;
  std::optional<std::string> failure_;
  double hidden_ = 0;
  bool as_expected_ = true;
  std::string unexpected_;
};

}  // namespace

void add_survey(CLI::App& app, int& code) {
  auto out = std::make_shared<std::string>("out");
  CLI::App& verb = *app.add_subcommand("survey", "the main job: every scenario under every teardown, two stories, traces and diagrams; exit 0 when the table is the expected one");
  verb.add_option("--out", *out, "the directory for traces and diagrams")->check(not_empty)->capture_default_str();
  verb.callback([out, &code] { code = Survey(*out).run(); });
}

}  // namespace qpcheck::cli
