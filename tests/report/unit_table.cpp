// Plain-text tables: the exact bytes.
#include <catch2/catch.hpp>

#include "report/table.hpp"

namespace qpcheck::report {

TEST_CASE("columns are as wide as their widest cell, and no line ends in spaces") {
  Table table({{"scenario"}, {"states", Align::right}, {"verdict"}});
  table.row({"reset", "17", "holds"})
      .group("with faults")
      .row({"target-killed", "5537", "violated"})
      .row({"failover"});
  CHECK(table.text() ==
        "scenario       states  verdict\n"
        "-------------  ------  --------\n"
        "reset              17  holds\n"
        "\n"
        "with faults\n"
        "target-killed    5537  violated\n"
        "failover\n");
}

TEST_CASE("cells are aligned by what a terminal shows, not by bytes") {
  Table table({{"name"}, {"n", Align::right}});
  table.row({"\u00e9t\u00e9", "1"})
      .row({"e\u0301t", "2"})
      .row({"\u6f22\u5b57\u6f22", "3"})
      .row({"abc", "\u2265 4"});
  CHECK(table.text() ==
        "name      n\n"
        "------  ---\n"
        "\u00e9t\u00e9       1\n"
        "e\u0301t        2\n"
        "\u6f22\u5b57\u6f22    3\n"
        "abc     \u2265 4\n");
}

TEST_CASE("a cell can not break its line") {
  Table table({{"a"}, {"b"}});
  table.row({"x\ny", "\x1b[31m"});
  CHECK(table.text() == "a       b\n------  --------\nx\\x0ay  \\x1b[31m\n");
}

TEST_CASE("a table without rows is its header") {
  CHECK(Table({{"one"}, {"two"}}).text() == "one  two\n---  ---\n");
}

}  // namespace qpcheck::report
