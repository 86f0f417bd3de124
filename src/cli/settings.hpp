// Settings of a check as a person types them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "scenario/check.hpp"
#include "trace/result.hpp"

namespace qpcheck::cli {

struct Settings {
  std::vector<std::string> scenarios;
  std::string program;                 // of the zoo, instead of scenarios
  bool fixed = false;
  std::vector<std::string> teardowns;  // empty: settled
  std::string transport;               // empty: ib, or the program's own
  std::string from;                    // empty: the scenario's own
  std::string faults;                  // empty: the scenario's own budget
  std::vector<std::string> properties; // empty: all
  std::optional<std::uint32_t> qpairs; // none: 2
  std::optional<std::uint32_t> sends;  // none: the scenario's own
  std::uint32_t devices = 1;
  bool own_cqs = false;
  std::uint32_t queue_depth = 1;
  std::uint32_t disconnect_timeout_ms = scenario::default_disconnect_timeout_ms;

  void add_to(Verb& verb);          // with the scenarios, and programs of the zoo
  void add_options_to(Verb& verb);  // without
};

// For the name of a file or directory.
std::string not_empty(const std::string& name);

Result<std::vector<scenario::Config>> configs_of(const Settings& settings);

// "states=1000,time=60,memory=2048": states, seconds, MiB.
Result<search::Limits> limits_of(const std::string& text);
std::map<std::string, std::uint64_t> named(const search::Limits& limits);  // those that are set, in these units

// The properties by their names; none: all of them stay.
Result<void> set_properties(scenario::Config& config, const std::vector<std::string>& names);

// Places for files, made if they are not there, and tried by writing; where one is
// refused, none is left behind. `files` are those that will be written there.
Result<void> prepare_directories(const std::vector<std::filesystem::path>& directories,
                                 const std::vector<std::filesystem::path>& files = {});

}  // namespace qpcheck::cli
