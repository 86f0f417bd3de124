// The mutants of src/qpair as data, and what a run of one says.
//
// Purpose: read mutants/FILE.json, which the build reads too. A mutant is one small slip:
// a text that stands in its file exactly once, and what stands there instead.
// Ownership: plain values. Threads: none. Throws what is wrong with a file.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::mutation {

// Every file of src/qpair that the simulator runs.
inline constexpr std::array<std::string_view, 7> mutated_files = {"connect",    "controller", "events",  "messages",
                                                                  "procedures", "qpair",      "teardown"};

struct Mutant {
  std::string name, sentence;
  std::string file;  // "src/qpair/connect.cpp"
  std::string replace, with;
  std::string changes_nothing;  // the argument; empty: it must be caught
};

std::vector<Mutant> mutants_of(std::string_view file);  // one of mutated_files
std::vector<Mutant> all_mutants();

// Where the checkout has this file, and the file's text.
std::filesystem::path source(const std::string& path);
std::string text_of(const std::filesystem::path& path);

}  // namespace qpcheck::mutation
