#include "tests/mutation/mutants.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace qpcheck::mutation {

std::filesystem::path source(const std::string& path) { return std::filesystem::path(QPCHECK_SOURCE_DIR) / path; }

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<Mutant> mutants_of(std::string_view file) {
  const auto table = nlohmann::json::parse(text_of(source("tests/mutation/mutants/" + std::string(file) + ".json")));
  std::vector<Mutant> mutants;
  for (const auto& entry : table.at("mutants"))
    mutants.push_back({entry.at("name"), entry.at("sentence"), table.at("file"), entry.at("replace"), entry.at("with"),
                       entry.value("changes_nothing", "")});
  return mutants;
}

std::vector<Mutant> all_mutants() {
  std::vector<Mutant> all;
  for (const std::string_view file : mutated_files)
    for (Mutant& mutant : mutants_of(file)) all.push_back(std::move(mutant));
  return all;
}

}  // namespace qpcheck::mutation
