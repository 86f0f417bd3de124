// The command line: verbs, their options, and what is said of words that none of them takes.
//
// Purpose: one file knows the library that parses (arguments.cpp); it takes seconds of
// each translation unit that reads it.
// Ownership: a CommandLine owns its verbs; a Verb and an Option are handles to them. The
// variables that options are read into belong to the caller, and outlive run().
// Threads: none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace qpcheck::cli {

class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}
  Option& required();
  Option& may_be_left_out();   // of a word
  Option& comma_separated();   // of several values
  Option& shows_default();     // in --help
  // `wrong`: what is wrong with a value; empty: nothing.
  Option& checked_by(std::string (*wrong)(const std::string&));

 private:
  CLI::Option* option_;
};

class Verb {
 public:
  Verb(CLI::App& app, int& code) : app_(&app), code_(&code) {}
  // A name with dashes is an option's, one without a word's in its place.
  Option option(const std::string& name, std::string& value, const std::string& help);
  Option option(const std::string& name, std::vector<std::string>& values, const std::string& help);
  Option option(const std::string& name, std::uint32_t& value, const std::string& help);
  Option option(const std::string& name, std::optional<std::uint32_t>& value, const std::string& help);
  void flag(const std::string& name, bool& value, const std::string& help);
  // Of an option that it has.
  void describe(const std::string& name, const std::string& help);
  // Options that are added from now on stand under this heading in --help; empty: the usual one.
  void heading(const std::string& heading);
  // One of the options under this heading was typed.
  bool given(const std::string& heading) const;
  // What the verb does; returns the exit code.
  void runs(std::function<int()> action);

 private:
  CLI::App* app_;
  int* code_;
  std::string heading_;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& sentence, const std::string& version,
              const std::string& footer);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Verb verb(const std::string& name, const std::string& sentence);
  // Does what the words say. Returns its exit code, that of --help, or that of misuse.
  int run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
  int code_ = 0;
};

}  // namespace qpcheck::cli
