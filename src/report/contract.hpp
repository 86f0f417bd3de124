// The contract as a page: every table of model/ for a reader.
//
// Purpose: docs/contract.md, generated, so that the page can not say anything that the
// simulator does not do. Ownership: a plain value. Threads: no shared state.
// Invariants: a function of the tables alone; every row of every table is in it, with
// its `why`; rows that differ only in their state share a line.
#pragma once

#include <string>

namespace qpcheck::report {

std::string contract_page();  // Markdown; ends in a line feed

}  // namespace qpcheck::report
