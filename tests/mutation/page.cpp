#include "tests/mutation/page.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "properties/property.hpp"
#include "report/markdown.hpp"
#include "tests/mutation/configurations.hpp"

namespace qpcheck::mutation {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Code on one line: runs of blanks and line ends are one blank.
std::string code(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank) line += c;
    else if (!line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line.empty() ? "nothing" : "`" + line + "`";
}

std::string change(const Mutant& mutant) {
  return mutant.sentence + ": " + code(mutant.replace) + " becomes " + code(mutant.with);
}

bool is_caught(const Row& row) { return !row.caught.empty(); }

std::string head(const std::vector<Row>& rows) {
  const auto caught = std::ranges::count_if(rows, is_caught);
  return "# Mutants of src/qpair\n\n"
         "`src/qpair` with one small fault at a time, each a slip that a person could make, and\n"
         "what finds it. " +
         std::to_string(rows.size()) + " mutants: " + std::to_string(caught) + " are caught, " +
         std::to_string(rows.size() - static_cast<std::size_t>(caught)) +
         " change nothing that could be seen, and say why.\n"
         "Each is built by itself and searched in the " +
         std::to_string(configurations().size()) +
         " configurations at the end of this page, in their\n"
         "order, up to the first that violates a property; the program as it is holds in all of\n"
         "them. *Choices* is the length of the story, choices inside a step included.\n\n"
         "This page is generated from `tests/mutation/mutants/` and what the runs say. `./run deep -R\n"
         "mutation` runs them, and fails when a mutant survives, when one is caught that was argued\n"
         "to change nothing, or when this page says something else. This writes it anew:\n\n"
         "```\nQPCHECK_APPROVE=1 ./run deep -R mutation\n```\n\n"
         "Slips that change what a program does and break no property are not in the table: some\n"
         "forty were tried and left out. What they have in common stands in [known\n"
         "limits](known-limits.md), under *The properties*.\n\n";
}

std::string by_property(const std::vector<Row>& rows) {
  report::MarkdownTable table({"Property", "Mutants it catches first"});
  std::map<std::string, std::size_t> counts;
  for (const Row& row : rows)
    for (const std::string& property : row.caught) ++counts[property];
  for (const auto& property : properties::property_infos)
    table.row({std::string(property.name), std::to_string(counts[std::string(property.name)])});
  return "## What catches them\n\nA story may violate several properties with its last step; each is counted.\n\n" +
         table.text();
}

std::string of_file(const std::string& file, const std::vector<Row>& rows, std::size_t& number) {
  report::MarkdownTable table({"", "The slip", "Caught by", "In", "Choices"});
  for (const Row& row : rows) {
    if (row.mutant.file != file) continue;
    const std::string place = std::to_string(++number);
    if (is_caught(row))
      table.row({place, change(row.mutant), joined(row.caught), row.configuration, std::to_string(row.choices)});
    else table.row({place, change(row.mutant), "nothing", "changes nothing: " + row.mutant.changes_nothing, ""});
  }
  return "## " + file + "\n\n" + table.text();
}

}  // namespace

std::vector<Row> rows_of(const std::vector<Mutant>& mutants, const std::filesystem::path& folder) {
  std::vector<Row> rows;
  for (const Mutant& mutant : mutants) {
    const auto said = nlohmann::json::parse(text_of(folder / (mutant.name + ".json")));
    rows.push_back({mutant, said.at("caught"), said.value("configuration", ""), said.value("choices", std::size_t{0})});
  }
  return rows;
}

std::string page(const std::vector<Row>& rows) {
  std::string text = head(rows) + by_property(rows);
  std::size_t number = 0;
  for (const std::string_view file : mutated_files)
    text += of_file("src/qpair/" + std::string(file) + ".cpp", rows, number);
  text += "## The configurations\n\n";
  number = 0;
  for (const Configuration& configuration : configurations())
    text += std::to_string(++number) + ". " + configuration.words + "\n";
  return text;
}

}  // namespace qpcheck::mutation
