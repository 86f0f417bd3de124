// qpcheck: the command.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 holds, 1 violated, 2 usage or bad input, 3 inconclusive (a limit was reached),\n"
    "4 vacuous, 5 nondeterministic or internal error.";

int parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);  // --help, --version: prints it
      return -1;
    }
    return qpcheck::cli::refuse(fmt::format("{}; see: qpcheck {}--help", error.what(),
                                            app.get_subcommands().empty() ? "" : app.get_subcommands()[0]->get_name() + " "));
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
  qpcheck::cli::add_diagram(app, code);
  qpcheck::cli::add_list(app, code);
  qpcheck::cli::add_bench(app, code);
  try {
    const int parsed = parse(app, argc, argv);
    if (parsed == -1) return 0;
    return parsed != 0 ? parsed : code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "qpcheck: internal error: %s\n", error.what());
    return qpcheck::cli::internal;
  }
}
