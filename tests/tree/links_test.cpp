#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/tree/ninja.hpp"
#include "tests/tree/source.hpp"

// The seam is the link: the same src/qpair runs on the simulated machine in one
// executable and on the real rdma-core in another. No executable has both.

using namespace qpcheck::tree;

namespace {

constexpr std::string_view the_program = "qpair";
constexpr std::string_view the_simulator = "qpcheck_sim";
constexpr std::string_view rdma_core[] = {"rdmacm", "ibverbs"};

bool links_rdma_core(const Executable& e) {
  return std::ranges::any_of(rdma_core, [&](std::string_view lib) { return links(e, lib); });
}

// What is wrong with the links of one executable.
Findings check_links(const Executable& e) {
  Findings findings;
  if (links(e, the_simulator) && links_rdma_core(e)) {
    findings.push_back(e.name +
                       ": is linked with the simulator and with rdma-core; take "
                       "PkgConfig::rdmacm and PkgConfig::ibverbs from its libraries");
  }
  if (links(e, the_program) && !links(e, the_simulator) && !links_rdma_core(e)) {
    findings.push_back(e.name + ": is linked with libqpair and with neither machine under it");
  }
  return findings;
}

std::vector<Executable> this_build() {
  std::ostringstream text;
  text << std::ifstream(QPCHECK_NINJA_FILE).rdbuf();
  return executables_in(text.str());
}

const Executable* find(const std::vector<Executable>& all, std::string_view name) {
  const auto it = std::ranges::find(all, name, &Executable::name);
  return it == all.end() ? nullptr : &*it;
}

constexpr std::string_view sample =
    "build src/cli/qpcheck: CXX_EXECUTABLE_LINKER__qpcheck_Release a.o | sim/libqpcheck_sim.a || "
    "x\n"
    "  FLAGS = -O2\n"
    "  LINK_FLAGS = -pthread\n"
    "  LINK_LIBRARIES = src/qpair/libqpair.a  sim/libqpcheck_sim.a  /usr/lib/libfmt.so.9.1.0\n"
    "  TARGET_FILE = src/cli/qpcheck\n"
    "\n"
    "build src/qpair/libqpair.a: CXX_STATIC_LIBRARY_LINKER__qpair_Release b.o\n"
    "  LINK_LIBRARIES = -lrdmacm\n"
    "build src/qpair/qpair-ping: CXX_EXECUTABLE_LINKER__qpair-ping_Release b.o\n"
    "  LINK_LIBRARIES = src/qpair/libqpair.a  -lrdmacm  /usr/lib/x86_64-linux-gnu/libibverbs.so\n"
    "build all: phony qpcheck\n"
    "  LINK_LIBRARIES = -lnothing\n";

}  // namespace

TEST_CASE("the executables of a build.ninja are read with all they link") {
  const auto all = executables_in(sample);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "qpcheck");
  CHECK(all[0].linked == std::vector<std::string>{"-pthread", "src/qpair/libqpair.a",
                                                  "sim/libqpcheck_sim.a",
                                                  "/usr/lib/libfmt.so.9.1.0"});
  CHECK(all[1].name == "qpair-ping");
  CHECK(links(all[0], "qpair"));
  CHECK(links(all[0], "fmt"));
  CHECK_FALSE(links(all[0], "rdmacm"));
  CHECK_FALSE(links(all[0], "sim"));
  CHECK(links(all[1], "rdmacm"));
  CHECK(links(all[1], "ibverbs"));
}

TEST_CASE("an executable with both machines, or with none, is found") {
  CHECK(check_links({"good", {"libqpair.a", "libqpcheck_sim.a"}}).empty());
  CHECK(check_links({"good", {"libqpair.a", "-lrdmacm", "-libverbs"}}).empty());
  CHECK(check_links({"both", {"libqpair.a", "libqpcheck_sim.a", "-libverbs"}}).size() == 1);
  CHECK(check_links({"both", {"libqpcheck_sim.a", "/usr/lib/librdmacm.so.1"}}).size() == 1);
  CHECK(check_links({"none", {"libqpair.a"}}).size() == 1);
}

TEST_CASE("no executable of this build is linked with both machines") {
  Findings findings;
  const auto all = this_build();
  REQUIRE(find(all, "unit_tree") != nullptr);  // the build's description was found and read
  for (const Executable& e : all) {
    for (std::string& finding : check_links(e)) findings.push_back(std::move(finding));
  }
  INFO(joined(findings));
  CHECK(findings.empty());
}

TEST_CASE("qpcheck runs the code under test on the simulator") {
  const auto all = this_build();
  const Executable* qpcheck = find(all, "qpcheck");
  REQUIRE(qpcheck != nullptr);
  CHECK(links(*qpcheck, the_program));
  CHECK(links(*qpcheck, the_simulator));
  CHECK_FALSE(links_rdma_core(*qpcheck));
}

TEST_CASE("qpair-ping runs the code under test on rdma-core") {
  const auto all = this_build();
  const Executable* ping = find(all, "qpair-ping");
  REQUIRE(ping != nullptr);
  CHECK(links(*ping, the_program));
  CHECK_FALSE(links(*ping, the_simulator));
  for (const std::string_view lib : rdma_core) {
    CAPTURE(lib);
    CHECK(links(*ping, lib));
  }
}
