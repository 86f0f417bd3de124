// qpcheck: the command.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 holds, 1 violated, 2 usage or bad input, 3 inconclusive (a limit was reached),\n"
    "4 vacuous, 5 nondeterministic or internal error.";

// CLI11 only says that a subcommand is required.
int refuse_verb(int argc, char** argv) {
  if (argc < 2) return qpcheck::cli::refuse("which verb? As in: qpcheck check target-killed; see: qpcheck --help");
  const char* const word = argc > 2 && std::string_view(argv[1]) == "help" ? argv[2] : argv[1];
  return qpcheck::cli::refuse(fmt::format("'{}' is neither a verb nor an option of qpcheck; see: qpcheck --help", word));
}

// `qpcheck help VERB` is `qpcheck VERB --help`.
void ask_for_help(CLI::App& app, int argc, char** argv) {
  if (argc < 3) return app.parse("--help");
  const auto named = app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == argv[2]; });
  app.parse(fmt::format("{}{}", argv[2], named.empty() ? "" : " --help"));
}

int parse(CLI::App& app, int argc, char** argv) {
  try {
    if (argc > 1 && std::string_view(argv[1]) == "help") ask_for_help(app, argc, argv);
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);  // --help, --version: prints it
      return -1;
    }
    if (app.get_subcommands().empty()) return refuse_verb(argc, argv);
    return qpcheck::cli::refuse(fmt::format("{}; see: qpcheck {} --help", error.what(), app.get_subcommands()[0]->get_name()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("qpcheck: does the teardown of an RDMA connection always finish?", "qpcheck");
  app.set_version_flag("--version", "qpcheck 0.1.0");
  app.footer(footer);
  app.require_subcommand(1);
  int code = 0;
  qpcheck::cli::add_survey(app, code);
  qpcheck::cli::add_check(app, code);
  qpcheck::cli::add_replay(app, code);
  qpcheck::cli::add_explain(app, code);
  qpcheck::cli::add_keep(app, code);
  qpcheck::cli::add_story(app, code);
  qpcheck::cli::add_contract(app, code);
  qpcheck::cli::add_diagram(app, code);
  qpcheck::cli::add_conform(app, code);
  qpcheck::cli::add_list(app, code);
  qpcheck::cli::add_bench(app, code);
  try {
    const int parsed = parse(app, argc, argv);
    if (parsed > 0) return parsed;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      return qpcheck::cli::refuse("cannot write to standard output; is the disk full?");
    return parsed == -1 ? 0 : code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "qpcheck: internal error: %s\n", error.what());
    return qpcheck::cli::internal;
  }
}
