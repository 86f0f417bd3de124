#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string_view>

#include "cli/exit_code.hpp"
#include "scenario/did_you_mean.hpp"

namespace qpcheck::cli {
namespace {

constexpr const char* usual_heading = "Options";

template <class Value>
Option added(CLI::App& app, const std::string& name, Value& value, const std::string& help,
             const std::string& heading) {
  CLI::Option& option = *app.add_option(name, value, help);
  if (!heading.empty()) option.group(heading);
  return Option(option);
}

// CLI11 only says that a subcommand is required.
int refuse_verb(const CLI::App& app, int argc, char** argv) {
  if (argc < 2) return refuse("which verb? As in: qpcheck check target-killed; see: qpcheck --help");
  const char* const word = argc > 2 && std::string_view(argv[1]) == "help" ? argv[2] : argv[1];
  std::vector<std::string> verbs = {"help"};
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(verb->get_name());
  return refuse(fmt::format("'{}' is neither a verb nor an option of qpcheck; see: qpcheck --help{}", word,
                            scenario::did_you_mean(word, verbs)));
}

// "Could not convert: --qpairs = -1"
std::string in_words(const std::string& what) {
  const std::string conversion = "Could not convert: ";
  const std::size_t value = what.find(" = ");
  if (!what.starts_with(conversion) || value == std::string::npos) return what;
  return fmt::format("{}: '{}' is not a number that it takes",
                     what.substr(conversion.size(), value - conversion.size()), what.substr(value + 3));
}

// The first of what a verb does not take.
std::string unexpected(const CLI::App& verb) {
  const std::string word = verb.remaining().front();
  const std::string hint = fmt::format("; see: qpcheck {} --help", verb.get_name());
  if (!word.starts_with('-')) return fmt::format("'{}' is one word too many for {}{}", word, verb.get_name(), hint);
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) names.push_back(option->get_name());
  const std::string meant = scenario::did_you_mean(word, names);
  return fmt::format("'{}' is not an option of {}{}{}", word, verb.get_name(), hint, meant);
}

// `qpcheck help VERB` is `qpcheck VERB --help`.
void ask_for_help(CLI::App& app, int argc, char** argv) {
  if (argc < 3) return app.parse("--help");
  const auto named = app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == argv[2]; });
  app.parse(fmt::format("{}{}", argv[2], named.empty() ? "" : " --help"));
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::may_be_left_out() {
  option_->expected(0, 1);
  return *this;
}

Option& Option::comma_separated() {
  option_->delimiter(',');
  return *this;
}

Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::checked_by(std::string (*wrong)(const std::string&)) {
  option_->check(std::function<std::string(const std::string&)>(wrong));
  return *this;
}

Option Verb::option(const std::string& name, std::string& value, const std::string& help) {
  return added(*app_, name, value, help, heading_);
}

Option Verb::option(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return added(*app_, name, values, help, heading_);
}

Option Verb::option(const std::string& name, std::uint32_t& value, const std::string& help) {
  return added(*app_, name, value, help, heading_);
}

Option Verb::option(const std::string& name, std::optional<std::uint32_t>& value, const std::string& help) {
  return added(*app_, name, value, help, heading_);
}

void Verb::flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help)->group(heading_.empty() ? usual_heading : heading_);
}

void Verb::describe(const std::string& name, const std::string& help) { app_->get_option(name)->description(help); }

void Verb::heading(const std::string& heading) { heading_ = heading; }

bool Verb::given(const std::string& heading) const {
  for (const CLI::Option* option : app_->get_options())
    if (option->count() > 0 && option->get_group() == heading) return true;
  return false;
}

void Verb::runs(std::function<int()> action) {
  app_->callback([action = std::move(action), code = code_] { *code = action(); });
}

CommandLine::CommandLine(const std::string& name, const std::string& sentence, const std::string& version,
                         const std::string& footer)
    : app_(std::make_unique<CLI::App>(sentence, name)) {
  app_->set_version_flag("--version", version);
  app_->footer(footer);
  app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Verb CommandLine::verb(const std::string& name, const std::string& sentence) {
  return {*app_->add_subcommand(name, sentence), code_};
}

int CommandLine::run(int argc, char** argv) {
  try {
    if (argc > 1 && std::string_view(argv[1]) == "help") ask_for_help(*app_, argc, argv);
    app_->parse(argc, argv);
    return code_;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_->exit(error);  // --help, --version: prints it
    if (app_->get_subcommands().empty()) return refuse_verb(*app_, argc, argv);
    const CLI::App& verb = *app_->get_subcommands()[0];
    if (!verb.remaining().empty()) return refuse(unexpected(verb));
    return refuse(fmt::format("{}; see: qpcheck {} --help", in_words(error.what()), verb.get_name()));
  }
}

}  // namespace qpcheck::cli
