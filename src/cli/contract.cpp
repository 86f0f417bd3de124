// qpcheck contract: the tables of model/ as a page, or whether a file is that page.
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/generated.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "report/contract.hpp"

namespace qpcheck::cli {
namespace {

int run(const std::string& checked) {
  const std::string page = report::contract_page();
  if (!checked.empty()) return is_generated(checked, page, "qpcheck contract");
  std::fwrite(page.data(), 1, page.size(), stdout);
  return holds;
}

}  // namespace

void add_contract(CommandLine& line) {
  auto checked = std::make_shared<std::string>();
  Verb verb = line.verb("contract",
                        "print the contract: every table of the connection managers, events and faults, in Markdown");
  verb.option("--check", *checked, "print nothing; exit 1 if this file is not what would be printed")
      .checked_by(not_empty);
  verb.runs([checked] { return run(*checked); });
}

}  // namespace qpcheck::cli
