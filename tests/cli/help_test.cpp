// Help for a person: every verb has its own, and docs/commands.md knows every option.
#include <catch2/catch.hpp>

#include <map>
#include <regex>
#include <set>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

const std::map<std::string, std::set<std::string>> options_of = {
    {"survey", {"--part", "--out"}},
    {"check",
     {"--program", "--fixed", "--teardown", "--qpairs", "--devices", "--own-cqs", "--queue-depth", "--sends",
      "--transport", "--deadline", "--from", "--faults", "--property", "--limit", "--smallest", "--out",
      "--no-reduction", "--json"}},
    {"replay", {"--teardown", "--property", "--quiet", "--search-on", "--limit", "--out"}},
    {"explain", {}},
    {"keep", {"--name", "--into", "--traces"}},
    {"story", {"--teardown", "--property", "--out"}},
    {"diagram",
     {"--teardown", "--qpairs", "--devices", "--own-cqs", "--queue-depth", "--sends", "--transport", "--deadline",
      "--from", "--faults", "--property", "--watch", "--format", "--out", "--check"}},
    {"contract", {"--check"}},
    {"conform", {"--transport", "--quiet"}},
    {"list", {}},
    {"bench", {}},
};

std::set<std::string> options_in(const std::string& help) {
  static const std::regex option("\n  (?:-h,)?(--[a-z-]+)");
  std::set<std::string> found;
  for (std::sregex_iterator next(help.begin(), help.end(), option), end; next != end; ++next) found.insert((*next)[1]);
  found.erase("--help");
  return found;
}

TEST_CASE("the command's help names every verb and every exit code") {
  const Ended ended = qpcheck({"--help"});
  CHECK(ended.code == 0);
  for (const auto& [verb, options] : options_of) {
    INFO(verb);
    CHECK(ended.out.find("\n  " + verb + " ") != std::string::npos);
  }
  for (const char* const code :
       {"0 holds", "1 violated", "2 usage", "3 inconclusive", "4 vacuous", "5 nondeterministic"})
    CHECK(ended.out.find(code) != std::string::npos);
}

TEST_CASE("each verb's help names each of its options, with a word about it") {
  for (const auto& [verb, options] : options_of) {
    INFO(verb);
    const Ended ended = qpcheck({verb, "--help"});
    CHECK(ended.code == 0);
    CHECK(ended.err.empty());
    CHECK(options_in(ended.out) == options);
    for (const std::string& option : options)
      CHECK(std::regex_search(ended.out, std::regex("\n  " + option + "[^\n]*  +[a-z]")));
  }
}

TEST_CASE("help VERB is VERB --help, and help alone the command's") {
  CHECK(qpcheck({"help"}).out == qpcheck({"--help"}).out);
  CHECK(qpcheck({"help", "check"}).out == qpcheck({"check", "--help"}).out);
  CHECK(qpcheck({"help", "check"}).code == 0);
  const Ended unknown = qpcheck({"help", "chekc"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("'chekc' is neither a verb") != std::string::npos);
}

TEST_CASE("diagram's help tells its own defaults") {
  const std::string help = qpcheck({"diagram", "--help"}).out;
  CHECK(help.find("1 to 3, default 1") != std::string::npos);
  CHECK(help.find(", or all") == std::string::npos);
}

TEST_CASE("the page about the commands names every verb and option") {
  const std::string page = read(source("docs/commands.md"));
  for (const auto& [verb, options] : options_of) {
    INFO(verb);
    CHECK(page.find("qpcheck " + verb) != std::string::npos);
    for (const std::string& option : options) CHECK(page.find("`" + option) != std::string::npos);
  }
}

TEST_CASE("every key of check --json stands in its page") {
  const std::string page = read(source("docs/check-json.md"));
  const Ended ended = qpcheck({"check", "target-killed", "--teardown", "always-wait", "--smallest", "--json"});
  static const std::regex key("\n {4,6}\"([a-z_]+)\":");
  std::set<std::string> keys;
  for (std::sregex_iterator next(ended.out.begin(), ended.out.end(), key), end; next != end; ++next)
    keys.insert((*next)[1]);
  keys.erase("kill");  // in `faults`
  CHECK(keys.size() > 20);
  for (const std::string& each : keys) {
    INFO(each);
    CHECK(page.find("`" + each + "`") != std::string::npos);
  }
}

TEST_CASE("a story is played under the teardown that it is about, if no other is named") {
  CHECK(qpcheck({"story", "origin"}).out == qpcheck({"story", "origin", "--teardown", "always-wait"}).out);
  CHECK(qpcheck({"story", "parked"}).out == qpcheck({"story", "parked", "--teardown", "connected-flag"}).out);
  CHECK(qpcheck({"story", "rejected"}).code == 1);
}

}  // namespace
}  // namespace qpcheck::tests
