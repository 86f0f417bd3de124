// qpcheck: the command.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <new>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"
#include "scenario/did_you_mean.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 holds, 1 violated, 2 usage or bad input, 3 inconclusive (a limit was reached, or it was interrupted),\n"
    "4 vacuous, 5 nondeterministic or internal error.";

// CLI11 only says that a subcommand is required.
int refuse_verb(const CLI::App& app, int argc, char** argv) {
  if (argc < 2) return qpcheck::cli::refuse("which verb? As in: qpcheck check target-killed; see: qpcheck --help");
  const char* const word = argc > 2 && std::string_view(argv[1]) == "help" ? argv[2] : argv[1];
  std::vector<std::string> verbs = {"help"};
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) verbs.push_back(verb->get_name());
  return qpcheck::cli::refuse(fmt::format("'{}' is neither a verb nor an option of qpcheck; see: qpcheck --help{}", word, qpcheck::scenario::did_you_mean(word, verbs)));
}

// "Could not convert: --qpairs = -1"
std::string in_words(const std::string& what) {
  const std::string conversion = "Could not convert: ";
  const std::size_t value = what.find(" = ");
  if (!what.starts_with(conversion) || value == std::string::npos) return what;
  return fmt::format("{}: '{}' is not a number that it takes", what.substr(conversion.size(), value - conversion.size()), what.substr(value + 3));
}

// The first of what a verb does not take.
std::string unexpected(const CLI::App& verb) {
  const std::string word = verb.remaining().front();
  const std::string hint = fmt::format("; see: qpcheck {} --help", verb.get_name());
  if (!word.starts_with('-')) return fmt::format("'{}' is one word too many for {}{}", word, verb.get_name(), hint);
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) names.push_back(option->get_name());
  const std::string meant = qpcheck::scenario::did_you_mean(word, names);
  return fmt::format("'{}' is not an option of {}{}{}", word, verb.get_name(), hint, meant);
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
    if (app.get_subcommands().empty()) return refuse_verb(app, argc, argv);
    const CLI::App& verb = *app.get_subcommands()[0];
    if (!verb.remaining().empty()) return qpcheck::cli::refuse(unexpected(verb));
    return qpcheck::cli::refuse(fmt::format("{}; see: qpcheck {} --help", in_words(error.what()), verb.get_name()));
  }
}

int refuse_output() { return qpcheck::cli::refuse("cannot write to standard output; is it closed, or the disk full?"); }

// A file that may grow no more, and a pipe that nobody reads, are errors of the write, which
// is then cleaned up after. A closed descriptor must not be taken by a file that is opened.
bool prepare_descriptors() {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  const bool can_print = fcntl(STDOUT_FILENO, F_GETFD) != -1;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) == -1 && open("/dev/null", O_RDWR) != descriptor) return false;
  return can_print;
}

}  // namespace

int main(int argc, char** argv) {
  if (!prepare_descriptors()) return refuse_output();
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
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return refuse_output();
    return parsed == -1 ? 0 : code;
  } catch (const std::bad_alloc&) {
    std::fputs("qpcheck: the system has no memory to begin with; give it more (ulimit -v), or close something\n", stderr);
    return qpcheck::cli::inconclusive;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return refuse_output();
    std::fprintf(stderr, "qpcheck: internal error: %s\n", error.what());
    return qpcheck::cli::internal;
  }
}
