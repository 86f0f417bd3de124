// The verbs of qpcheck, one file each.
//
// Each adds itself to the command line.
#pragma once

#include "cli/arguments.hpp"

namespace qpcheck::cli {

void add_survey(CommandLine& line);
void add_check(CommandLine& line);
void add_replay(CommandLine& line);
void add_explain(CommandLine& line);
void add_keep(CommandLine& line);
void add_story(CommandLine& line);
void add_contract(CommandLine& line);
void add_diagram(CommandLine& line);
void add_list(CommandLine& line);
void add_conform(CommandLine& line);
void add_bench(CommandLine& line);

}  // namespace qpcheck::cli
