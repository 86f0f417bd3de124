#include "tests/tree/includes.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace qpcheck::tree;

TEST_CASE("every include in the tree follows the arrows between the folders") {
  const Findings findings = check_includes(this_tree());
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("an include against the arrows is found, with its place and what is allowed") {
  const File bad{"src/qpair/qpair.cpp", "#include <vector>\n  #  include \"model/event.hpp\"\n"};
  const Findings findings = check_includes(bad);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0] ==
        "src/qpair/qpair.cpp:2: includes 'model/event.hpp'; src/qpair may include itself, the "
        "standard library, rdma-core");
}

TEST_CASE("each forbidden kind of include is found") {
  const auto [path, line] = GENERATE(table<const char*, const char*>({
      {"model/a.hpp", "#include \"sim/world.hpp\""},
      {"model/a.hpp", "#include <rdma/rdma_cma.h>"},
      {"model/a.hpp", "#include <fmt/format.h>"},
      {"model/sub/a.hpp", "#include \"../../sim/world.hpp\""},
      {"src/qpair/a.cpp", "#include <nlohmann/json.hpp>"},
      {"sim/a.cpp", "#include \"qpair/qpair.hpp\""},
      {"sim/a.cpp", "#include \"src/qpair/qpair.hpp\""},
      {"sim/a.cpp", "#include <qpair/qpair.hpp>"},
      {"src/search/a.hpp", "#include \"model/event.hpp\""},
      {"src/search/a.hpp", "#include <infiniband/verbs.h>"},
      {"src/trace/a.hpp", "#include \"report/text.hpp\""},
      {"src/report/a.hpp", "#include \"search/engine.hpp\""},
      {"properties/a.hpp", "#include \"sim/world.hpp\""},
      {"zoo/a.cpp", "#include \"sim/world.hpp\""},
      {"src/scenario/a.cpp", "#include \"cli/verbs.hpp\""},
      {"src/cli/a.cpp", "#include <rdma/rdma_cma.h>"},
      {"sim/a.cpp", "#include <boost/any.hpp>"},
      {"sim/a.cpp", "#include SOME_MACRO"},
      {"src/newfolder/a.cpp", ""},
      {"attic/a.cpp", ""},
  }));
  CAPTURE(path, line);
  CHECK(check_includes(File{path, line}).size() == 1);
}

TEST_CASE("each allowed kind of include passes") {
  const auto [path, line] = GENERATE(table<const char*, const char*>({
      {"model/a.hpp", "#include \"model/event.hpp\"\n#include <array>"},
      {"src/qpair/a.cpp",
       "#include <rdma/rdma_cma.h>\n#include \"qpair/b.hpp\"\n#include <fcntl.h>"},
      {"src/qpair/a.cpp", "#include \"b.hpp\""},
      {"sim/a.cpp", "#include \"model/event.hpp\"\n#include <infiniband/verbs.h>"},
      {"src/scenario/a.cpp", "#include \"qpair/qpair.hpp\"\n#include \"sim/world.hpp\""},
      {"zoo/a.cpp", "#include \"sim/program.hpp\"\n#include <rdma/rdma_cma.h>"},
      {"model/a.hpp", "// #include \"sim/world.hpp\""},
      {"docs/a.md", "#include \"sim/world.hpp\""},
  }));
  CAPTURE(path, line);
  const Findings findings = check_includes(File{path, line});
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("the architecture page holds the same table") {
  const auto page = std::ranges::find(this_tree(), "docs/architecture.md", &File::path);
  REQUIRE(page != this_tree().end());
  const Findings findings = check_page(*page);
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("a row that the page lacks or tells otherwise is found") {
  CHECK(table_cell(folder_rules[0]) == "nothing");
  std::string text;
  for (const FolderRule& rule : folder_rules) {
    text +=
        "| `" + std::string(rule.folder) + "/` | what lives there | " + table_cell(rule) + " |\n";
  }
  CHECK(check_page(File{"page.md", text}).empty());
  CHECK(check_page(File{"page.md", ""}).size() == folder_rules.size());
  const std::string row = "| `model/` | what lives there | nothing |";
  text.replace(text.find(row), row.size(), "| `model/` | what lives there | `sim` |");
  CHECK(check_page(File{"page.md", text}).size() == 1);
}

TEST_CASE("the table's rows name folders that do not lie in each other") {
  for (const FolderRule& a : folder_rules) {
    CHECK(std::ranges::count_if(
              folder_rules, [&](const FolderRule& b) { return is_in(b.folder, a.folder); }) == 1);
  }
}
