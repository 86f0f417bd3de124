#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "qpair/ping.hpp"

// The command line of qpair-ping, without running it.

using namespace qpair::ping;
using qpair::Options;
using qpair::Teardown;

namespace {

Arguments read(std::initializer_list<const char*> words) {
  std::vector<const char*> all = {"qpair-ping"};
  all.insert(all.end(), words);
  return parse(static_cast<int>(all.size()), all.data());
}

ClientArguments client(std::initializer_list<const char*> words) {
  std::vector<const char*> all = {"qpair-ping", "client", "192.0.2.1"};
  all.insert(all.end(), words);
  const Arguments parsed = parse(static_cast<int>(all.size()), all.data());
  const auto* bad = std::get_if<BadUsage>(&parsed);
  INFO((bad != nullptr ? bad->why : ""));
  REQUIRE(std::holds_alternative<ClientArguments>(parsed));
  return std::get<ClientArguments>(parsed);
}

std::string complaint(std::initializer_list<const char*> words) {
  const Arguments parsed = read(words);
  return std::holds_alternative<BadUsage>(parsed) ? std::get<BadUsage>(parsed).why : "";
}

}  // namespace

TEST_CASE("what a client is not told is as the library has it") {
  const ClientArguments made = client({});
  const Options library;
  CHECK(made.address == "192.0.2.1");
  CHECK(made.options.resolve_timeout_ms == library.resolve_timeout_ms);
  CHECK(made.options.connect_timeout_ms == library.connect_timeout_ms);
  CHECK(made.options.disconnect_timeout_ms == library.disconnect_timeout_ms);
  CHECK(made.options.linger_timeout_ms == library.linger_timeout_ms);
  CHECK(made.options.stale_retries == library.stale_retries);
  CHECK(made.options.teardown == Teardown::settled);
  CHECK(made.failover.empty());
  CHECK(made.resets == 0);
  CHECK_FALSE((made.stay || made.each || made.verbose));
  CHECK(made.polls == Polls::controller_first);
}

TEST_CASE("every deadline of the library can be chosen") {
  const ClientArguments made =
      client({"--resolve-timeout-ms", "11", "--connect-timeout-ms", "12", "--disconnect-timeout-ms", "13",
              "--linger-timeout-ms", "14", "--stale-retry-ms", "15", "--stale-retries", "16"});
  CHECK(made.options.resolve_timeout_ms == 11);
  CHECK(made.options.connect_timeout_ms == 12);
  CHECK(made.options.disconnect_timeout_ms == 13);
  CHECK(made.options.linger_timeout_ms == 14);
  CHECK(made.options.stale_retry_ms == 15);
  CHECK(made.options.stale_retries == 16);
  CHECK(complaint({"client", "a", "--linger-timeout-ms", "0"}) ==
        "--linger-timeout-ms must be a number from 1 to 60000, not '0'");
}

TEST_CASE("resets, a failover, the stay and the order of polls can be chosen") {
  const ClientArguments made = client({"--resets", "3", "--failover", "192.0.2.2", "--failover-port", "7", "--stay",
                                       "--polls", "held-back", "--verbose", "--teardown", "connected-flag"});
  CHECK(made.resets == 3);
  CHECK(made.failover == "192.0.2.2");
  CHECK(made.failover_port == 7);
  CHECK((made.stay && made.verbose && !made.each));
  CHECK(made.polls == Polls::held_back);
  CHECK(made.options.teardown == Teardown::connected_flag);
  CHECK(client({"--polls", "qpairs-first"}).polls == Polls::qpairs_first);
}

TEST_CASE("a wrong value is named, with what may stand there") {
  CHECK(complaint({"client", "a", "--polls", "late"}) ==
        "--polls must be controller-first, qpairs-first or held-back, not 'late'");
  CHECK(complaint({"client", "a", "--failover"}) == "--failover needs a value");
  CHECK(complaint({"client", "a", "--failover-port", "7"}) == "--failover-port needs --failover ADDRESS beside it");
  CHECK(complaint({"client", "a", "--resets", "many"}) == "--resets must be a number from 0 to 1000, not 'many'");
  CHECK(complaint({"server", "--stay"}) == "server has no '--stay'");
}

TEST_CASE("the help names every option with its default") {
  const std::string help = usage;
  const ClientArguments made;
  const auto shows = [&](const std::string& option, const std::string& standard) {
    CAPTURE(option, standard);
    const std::size_t at = help.find(' ' + option + ' ', help.find("qpair-ping client"));
    REQUIRE(at != std::string::npos);
    const std::size_t next = help.find("\n    --", at + option.size());
    CHECK(help.substr(at, next - at).find('(' + standard + ')') != std::string::npos);
  };
  shows("--port", std::to_string(made.port));
  shows("--qpairs", std::to_string(made.options.qpairs));
  shows("--count", std::to_string(made.count));
  shows("--size", std::to_string(made.options.message_bytes));
  shows("--interval-ms", std::to_string(made.interval_ms));
  shows("--resets", std::to_string(made.resets));
  shows("--failover", "none");
  shows("--failover-port", "that of --port");
  shows("--teardown", "settled");
  shows("--polls", "controller-first");
  shows("--resolve-timeout-ms", std::to_string(made.options.resolve_timeout_ms));
  shows("--connect-timeout-ms", std::to_string(made.options.connect_timeout_ms));
  shows("--disconnect-timeout-ms", std::to_string(made.options.disconnect_timeout_ms));
  shows("--linger-timeout-ms", std::to_string(made.options.linger_timeout_ms));
  shows("--stale-retry-ms", std::to_string(made.options.stale_retry_ms));
  shows("--stale-retries", std::to_string(made.options.stale_retries));
  for (const char* const flag : {"--stay ", "--each ", "--verbose "}) CHECK(help.find(flag) != std::string::npos);
}
