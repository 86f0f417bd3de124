// Small logs, line by line: what is legal, and what is said where one departs.
#include <catch2/catch.hpp>

#include <cerrno>

#include "conform/judge.hpp"
#include "conform/read_log.hpp"
#include "tests/conform/tally.hpp"

namespace qpcheck::conform {
namespace {

// A log in the making: each line a millisecond after the one before.
class Writer {
 public:
  explicit Writer(model::Transport transport = model::Transport::ib) : transport_(transport) {}

  Writer& call(const char* side, const std::string& name, int error = 0) {
    return add(side, R"("kind":"api","call":")" + name + R"(","ret":)" + (error == 0 ? "0" : "-1") + R"(,"errno":)" +
                         std::to_string(error) + R"(,"dur_us":100)");
  }
  Writer& event(const char* side, const std::string& name, int status = 0) {
    return add(side, R"("kind":"event","name":")" + name + R"(","status":)" + std::to_string(status));
  }
  Writer& signal(const std::string& to, int number) {
    return add("shell", R"("kind":"signal","to":")" + to + R"(","sig":)" + std::to_string(number));
  }
  Writer& wait(std::int64_t us) {
    now_ += us;
    return *this;
  }
  Writer& resolved() {
    return call("host", "rdma_create_id")
        .call("host", "rdma_resolve_addr")
        .event("host", "ADDR_RESOLVED")
        .call("host", "rdma_resolve_route")
        .event("host", "ROUTE_RESOLVED");
  }
  Writer& connected() {
    return resolved()
        .call("host", "rdma_connect")
        .event("target", "CONNECT_REQUEST")
        .call("target", "rdma_accept")
        .event("host", "ESTABLISHED")
        .event("target", "ESTABLISHED");
  }
  Judgement judged() const { return judge(*read_log(text_, "log", transport_)); }
  bool legal() const { return !judged().departure && !judged().undecided; }

 private:
  Writer& add(const std::string& side, const std::string& rest) {
    now_ += 1000;
    text_ += R"({"t_us":)" + std::to_string(now_) + R"(,"side":")" + side + R"(","conn":0,)" + rest + "}\n";
    return *this;
  }

  model::Transport transport_;
  std::int64_t now_ = 0;
  std::string text_;
};

bool holds(const std::vector<std::string>& lines, const std::string& words) {
  for (const std::string& line : lines)
    if (line.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("an orderly connection and its end are legal on both transports") {
  CHECK(Writer()
            .connected()
            .call("host", "rdma_disconnect")
            .event("target", "DISCONNECTED")
            .call("target", "rdma_disconnect")
            .event("host", "DISCONNECTED")
            .wait(1'000'000)
            .event("host", "TIMEWAIT_EXIT")
            .event("target", "TIMEWAIT_EXIT")
            .legal());
  CHECK(Writer(model::Transport::iw)
            .connected()
            .call("host", "rdma_disconnect")
            .event("host", "DISCONNECTED")
            .event("target", "DISCONNECTED")
            .legal());
}

TEST_CASE("a second DISCONNECTED departs at its line, and the reason is the filter's row") {
  const Judgement judgement = Writer()
                                  .connected()
                                  .call("host", "rdma_disconnect")
                                  .event("target", "DISCONNECTED")
                                  .call("target", "rdma_disconnect")
                                  .event("host", "DISCONNECTED")
                                  .event("host", "DISCONNECTED")
                                  .judged();
  REQUIRE(judgement.departure);
  CHECK(judgement.departure->line == 15);
  CHECK(judgement.departure->what == "conn 0, host: DISCONNECTED (status 0)");
  CHECK(holds(judgement.departure->expected, "id in DISCONNECT"));
  CHECK(holds(judgement.departure->rows, "cma_comp_exch"));
  CHECK(holds(judgement.departure->rows, "in CONNECT: "));
}

TEST_CASE("what would have been legal is told: the event that is queued, the result of a call") {
  const Judgement event = Writer()
                              .resolved()
                              .call("host", "rdma_connect")
                              .event("target", "CONNECT_REQUEST")
                              .call("target", "rdma_reject")
                              .event("host", "ESTABLISHED")
                              .judged();
  REQUIRE(event.departure);
  CHECK(holds(event.departure->expected, "REJECTED (status 28)"));
  const Judgement call = Writer().connected().call("host", "rdma_disconnect", 22).judged();
  REQUIRE(call.departure);
  CHECK(holds(call.departure->expected, "rdma_disconnect returns 0"));
}

TEST_CASE("the clocks of the two sides are trusted up to a slack, and the order on one side is exact") {
  // The target's line stands before the call that caused it, and a little earlier than it could be.
  CHECK(Writer().connected().event("target", "DISCONNECTED").wait(20'000).call("host", "rdma_disconnect").legal());
  CHECK_FALSE(Writer()
                  .connected()
                  .event("target", "DISCONNECTED")
                  .wait(2'000'000)
                  .call("host", "rdma_disconnect")
                  .call("host", "rdma_destroy_id")
                  .legal());
}

TEST_CASE("a process that says nothing more may have died, and one that goes on has not") {
  CHECK(Writer().connected().event("host", "DISCONNECTED").legal());
  CHECK_FALSE(
      Writer().connected().event("host", "DISCONNECTED").wait(1'000'000).call("target", "rdma_disconnect").legal());
}

TEST_CASE("a refused id that is not destroyed, and a repeated REQ: the listener gets a second id") {
  CHECK(Writer()
            .resolved()
            .call("host", "rdma_connect")
            .event("target", "CONNECT_REQUEST")
            .call("target", "rdma_reject")
            .wait(5'000'000)
            .event("target", "CONNECT_REQUEST")
            .call("target", "rdma_accept")
            .event("host", "ESTABLISHED")
            .legal());
  CHECK_FALSE(Writer()
                  .resolved()
                  .call("host", "rdma_connect")
                  .event("target", "CONNECT_REQUEST")
                  .call("target", "rdma_reject")
                  .wait(100'000)
                  .event("target", "CONNECT_REQUEST")
                  .legal());
}

TEST_CASE("on iWARP a reject is told as a reset or a refusal, and an accepted request as neither") {
  for (const int status : {-ECONNRESET, -ECONNREFUSED}) {
    const Writer requested = Writer(model::Transport::iw).resolved().call("host", "rdma_connect");
    CHECK(Writer(requested)
              .event("target", "CONNECT_REQUEST")
              .call("target", "rdma_reject")
              .event("host", "REJECTED", status)
              .legal());
    CHECK(Writer(requested).event("host", "REJECTED", status).legal());  // its backlog is full, or nobody listens
    CHECK_FALSE(Writer(requested)
                    .event("target", "CONNECT_REQUEST")
                    .call("target", "rdma_accept")
                    .event("target", "ESTABLISHED")
                    .event("host", "REJECTED", status)
                    .legal());
  }
}

TEST_CASE("an id has one queue pair, and none before its device is known") {
  const auto with = [](const Writer& before) { return Writer(before); };
  const Writer resolved =
      Writer().call("host", "rdma_create_id").call("host", "rdma_resolve_addr").event("host", "ADDR_RESOLVED");
  CHECK(with(resolved).call("host", "rdma_create_qp").legal());
  CHECK(with(resolved)
            .call("host", "rdma_create_qp", EINVAL)
            .call("host", "rdma_create_qp")
            .legal());  // the provider's attributes
  CHECK(with(resolved)
            .call("host", "rdma_create_qp")
            .call("host", "rdma_destroy_qp")
            .call("host", "rdma_create_qp")
            .legal());
  CHECK_FALSE(with(resolved).call("host", "rdma_create_qp").call("host", "rdma_create_qp").legal());
  CHECK_FALSE(with(resolved).call("host", "rdma_create_qp", EBADF).legal());
  CHECK_FALSE(Writer().call("host", "rdma_create_id").call("host", "rdma_create_qp").legal());
}

TEST_CASE("a host that is killed and starts again: its ids end, and their numbers are used anew") {
  const Writer killed = Writer().connected().signal("host", 9);
  CHECK(Writer(killed).event("target", "DISCONNECTED").legal());
  CHECK(Writer(killed).event("target", "DISCONNECTED").call("target", "rdma_disconnect").connected().legal());
  CHECK(Writer(killed).resolved().call("host", "rdma_connect").event("host", "REJECTED", 10).legal());
  CHECK_FALSE(Writer(killed).event("host", "DISCONNECTED").legal());
  CHECK_FALSE(Writer().connected().connected().legal());  // nobody was killed
  CHECK_FALSE(Writer().connected().signal("target", 9).connected().legal());
}

TEST_CASE("what only timers bring needs their time") {
  CHECK_FALSE(
      Writer().connected().call("host", "rdma_disconnect").wait(5'000'000).event("host", "DISCONNECTED", -110).legal());
  CHECK(Writer()
            .connected()
            .call("host", "rdma_disconnect")
            .wait(75'000'000)
            .event("host", "DISCONNECTED", -110)
            .legal());
}

TEST_CASE("every log of a real kernel is legal") {
  const auto logs = tests::kernel_logs(false);
  CHECK(logs.size() == 437);
  for (const auto& path : logs) {
    const auto log = load_log(path);
    REQUIRE(log.ok());
    const Judgement judgement = judge(*log);
    INFO(path << (judgement.departure
                      ? ": line " + std::to_string(judgement.departure->line) + ": " + judgement.departure->what
                      : ""));
    CHECK_FALSE(judgement.undecided);
    CHECK_FALSE(judgement.departure);
  }
}

TEST_CASE("every kept trace of qpcheck is legal: the simulator's machine is the tables' own") {
  std::size_t count = 0;
  for (const char* const folder : {"traces/found", "traces/negative"})
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(QPCHECK_SOURCE_DIR) / folder)) {
      const auto log = load_log(entry.path());
      INFO(entry.path());
      REQUIRE(log.ok());
      CHECK_FALSE(judge(*log).departure);
      ++count;
    }
  CHECK(count >= 15);
}

}  // namespace qpcheck::conform
