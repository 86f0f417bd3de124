// Settings of a check as a person types them.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "scenario/check.hpp"
#include "trace/result.hpp"

namespace qpcheck::cli {

struct Settings {
  std::vector<std::string> scenarios;
  std::vector<std::string> teardowns;  // empty: settled
  std::string transport = "ib";
  std::string from;                    // empty: the scenario's own
  std::string faults;                  // empty: the scenario's own budget
  std::vector<std::string> properties; // empty: all
  std::string limit;
  std::uint32_t qpairs = 2;

  void add_to(CLI::App& verb);          // with the scenarios
  void add_options_to(CLI::App& verb);  // without
};

Result<std::vector<scenario::Config>> configs_of(const Settings& settings);

// "states=1000,time=60,memory=2048": states, seconds, MiB.
Result<search::Limits> limits_of(const std::string& text);

// A place for files that can be written to; made if it is not there.
Result<void> prepare_directory(const std::string& path);

}  // namespace qpcheck::cli
