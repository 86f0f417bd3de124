// The verbs of qpcheck, one file each.
//
// Each adds its subcommand to the application; its callback sets `code`.
#pragma once

#include <CLI/CLI.hpp>

namespace qpcheck::cli {

void add_survey(CLI::App& app, int& code);
void add_check(CLI::App& app, int& code);
void add_replay(CLI::App& app, int& code);
void add_explain(CLI::App& app, int& code);
void add_keep(CLI::App& app, int& code);
void add_story(CLI::App& app, int& code);
void add_contract(CLI::App& app, int& code);
void add_diagram(CLI::App& app, int& code);
void add_list(CLI::App& app, int& code);
void add_conform(CLI::App& app, int& code);
void add_bench(CLI::App& app, int& code);

}  // namespace qpcheck::cli
