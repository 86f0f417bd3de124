// qpcheck diagram: the declared tables, and what a search explored, as pictures.
#include "cli/diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/exit_code.hpp"
#include "cli/generated.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "model/qpair_life.hpp"
#include "report/diagrams.hpp"
#include "report/graph_render.hpp"
#include "story/explain.hpp"
#include "story/words.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::cli {
namespace {

using scenario::ControlMove;
using scenario::ControlState;

std::string id_of(const ControlState& state) {
  return fmt::format("{}-{}-{}-{}", state.life, state.flag, state.held, state.cm);
}

report::NodeKind kind_of(const ControlState& state) {
  switch (static_cast<model::Life>(state.life)) {
    case model::Life::connected: return report::NodeKind::good;
    case model::Life::lost:
    case model::Life::failed: return report::NodeKind::bad;
    case model::Life::closed: return report::NodeKind::terminal;
    default: return report::NodeKind::normal;
  }
}

constexpr const char* violated_id = "violated";

void draw(report::Graph& graph, const ControlMove& move, report::EdgeKind kind) {
  graph.edge(id_of(move.from), move.violating ? violated_id : id_of(move.to),
             move.label + (move.meanwhile ? ", the CM acting meanwhile" : ""), kind);
}

std::string why(const scenario::CheckResult& result) {
  return story::wrapped(story::reasons(result.counterexample->header.violated), "", 40);
}

}  // namespace

report::Graph explored_diagram(const scenario::CheckResult& result, const scenario::Watch& watch) {
  report::Graph graph{.title =
                          fmt::format("{}: {} (seen from qp{})", story::setting(scenario::header_of(result.config)),
                                      scenario::name(result.verdict), watch.qpair)};
  for (const ControlState& state : watch.explored.states())
    graph.node(id_of(state), scenario::words(state),
               &state == &watch.explored.states().front() ? report::NodeKind::initial : kind_of(state));
  if (result.counterexample)
    graph.node(violated_id, "violated: " + story::names(result.counterexample->header.violated), report::NodeKind::bad,
               why(result));
  std::set<ControlMove> on_path(watch.path.begin(), watch.path.end());
  for (const ControlMove& move : watch.explored.moves())
    draw(graph, move, on_path.contains(move) ? report::EdgeKind::highlighted : report::EdgeKind::normal);
  return report::merge_parallel_edges(graph);
}

Result<std::string> drawn(const report::Graph& graph, const std::string& format) {
  if (format == "dot") return report::to_dot(graph);
  if (format == "svg" || format == "png") return report::render(graph, format);
  return Error(fmt::format("--format: '{}' is not known; it is dot, svg or png", format));
}

namespace {

constexpr const char* for_explored = "Options for explored";

struct DiagramOptions {
  std::string what;
  std::vector<std::string> scenario;
  Settings settings;
  std::string format, out, checked;  // format empty: what the name of the file says, or dot
  std::uint32_t watched = 0;
  bool of_explored = false;  // an option was given that only `explored` has
};

Result<report::Graph> explored(DiagramOptions& options) {
  if (options.scenario.size() != 1)
    return Error("diagram explored: which scenario? as in: qpcheck diagram explored target-killed");
  options.settings.scenarios = options.scenario;
  const auto configs = configs_of(options.settings);
  if (!configs) return configs.error();
  if (configs->size() != 1) return Error("diagram explored: one teardown at a time");
  if (options.watched >= configs->front().qpairs)
    return Error(fmt::format("--watch: there is no qp{} among {} (the first is qp0); see --qpairs", options.watched,
                             configs->front().qpairs));
  scenario::Watch watch;
  watch.qpair = static_cast<std::uint8_t>(options.watched);
  const scenario::CheckResult result = scenario::check(configs->front(), {}, {}, &watch);
  return explored_diagram(result, watch);
}

Result<report::Graph> graph_of(DiagramOptions& options) {
  if (options.what == "explored") return explored(options);
  const auto* const declared = std::ranges::find(report::declared_diagrams, options.what, &report::Diagram::name);
  if (declared == report::declared_diagrams.end())
    return Error(fmt::format("diagram: '{}' is not known; it is qpair, cma, cm-ib, cm-iw or explored", options.what));
  if (!options.scenario.empty() || options.of_explored)
    return Error(fmt::format("diagram {}: takes neither a scenario nor its settings; it is one table, the same for all",
                             options.what));
  return declared->draw();
}

// "hang.svg" is to hold SVG. What ends in nothing, or goes to standard output, is dot.
std::string format_of(const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  return ending.empty() || ending == ".gv" ? "dot" : ending.substr(1);
}

int run(DiagramOptions& options) {
  if (options.format.empty()) options.format = format_of(options.out.empty() ? options.checked : options.out);
  if (options.format != "dot" && options.format != "svg" && options.format != "png")
    return refuse(fmt::format("--format: '{}' is not known; it is dot, svg or png", options.format));
  if (!options.out.empty() && !options.checked.empty())
    return refuse("--check: reads a file and writes none; leave out --out");
  const auto graph = graph_of(options);
  if (!graph) return refuse(graph.error().line());
  const auto picture = drawn(*graph, options.format);
  if (!picture) return refuse(picture.error().line());
  if (!options.checked.empty())
    return is_generated(options.checked, *picture,
                        fmt::format("qpcheck diagram {} --format {}", options.what, options.format));
  if (options.out.empty()) {
    std::fwrite(picture->data(), 1, picture->size(), stdout);
    return holds;
  }
  const auto written = write_file(options.out, *picture);
  return written ? holds : refuse(written.error().line());
}

}  // namespace

void add_diagram(CommandLine& line) {
  auto options = std::make_shared<DiagramOptions>();
  options->settings.qpairs = 1;
  Verb verb = line.verb("diagram", "draw a table (qpair, cma, cm-ib, cm-iw) or what a search did (explored SCENARIO)");
  verb.option("what", options->what, "qpair, cma, cm-ib, cm-iw, or explored").required();
  verb.option("scenario", options->scenario, "for explored: the scenario").may_be_left_out();
  verb.heading(for_explored);
  options->settings.add_options_to(verb);
  verb.describe("--teardown", "one of always-wait, connected-flag, settled (the default)");
  verb.describe("--qpairs", "how many qpairs, the admin qpair included (1 to 3, default 1)");
  verb.option("--watch", options->watched, "the qpair that the picture is about").shows_default();
  verb.heading("");
  verb.option("--format", options->format, "dot, svg or png; else what the file's name ends in, or dot");
  verb.option("--out", options->out, "write to this file instead of standard output").checked_by(not_empty);
  verb.option("--check", options->checked, "print nothing; exit 1 if this file is not what would be printed")
      .checked_by(not_empty);
  verb.runs([options, verb] {
    options->of_explored = verb.given(for_explored);
    return run(*options);
  });
}

}  // namespace qpcheck::cli
