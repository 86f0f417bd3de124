// Logs are read without trust: whatever the bytes, a log or one line that says where and how to mend it.
#include <catch2/catch.hpp>

#include "conform/read_log.hpp"
#include "testing/property.hpp"

namespace qpcheck::conform {
namespace {

const std::string good =
    R"({"t_us":-10,"side":"host","conn":-1,"kind":"note","msg":"scenario a1 nq 1 transport rxe loop 0; clock"})"
    "\n"
    R"({"t_us":0,"side":"host","conn":0,"kind":"api","call":"rdma_create_id","ret":0,"errno":0,"err":"","dur_us":3})"
    "\n";

std::string with_line(const std::string& line) { return good + line + "\n"; }

struct Bad {
  std::string name, text;
  std::vector<std::string> says;
};

const std::vector<Bad> bad_logs = {
    {"nothing", "", {"empty log"}},
    {"no JSON", with_line("hello"), {"line 3", "not a line of a log"}},
    {"an empty line", good + "\n" + good, {"line 3"}},
    {"half a line", with_line(R"({"t_us":1,"side":"ho)"), {"line 3"}},
    {"a list", with_line("[1]"), {"line 3", "an object is expected"}},
    {"bytes that are no UTF-8", with_line("{\"t_us\":1,\"side\":\"\xff\"}"), {"line 3"}},
    {"a key twice", with_line(R"({"t_us":1,"t_us":2})"), {"line 3", "occurs twice"}},
    {"no time", with_line(R"({"side":"host"})"), {"line 3", "\"t_us\" is missing"}},
    {"a word for a time",
     with_line(R"({"t_us":"1","side":"host","conn":0,"kind":"note","msg":""})"),
     {"line 3", "\"t_us\""}},
    {"a fraction for a time", with_line(R"({"t_us":1.5,"side":"host","conn":0,"kind":"note","msg":""})"), {"\"t_us\""}},
    {"a time beyond all numbers",
     with_line(R"({"t_us":99999999999999999999,"side":"host","conn":0,"kind":"note","msg":""})"),
     {"\"t_us\""}},
    {"time goes back",
     with_line(R"({"t_us":-1,"side":"host","conn":0,"kind":"note","msg":""})"),
     {"line 3", "goes back"}},
    {"an unknown side",
     with_line(R"({"t_us":1,"side":"left","conn":0,"kind":"note","msg":""})"),
     {"\"left\"", "host, target"}},
    {"too large a connection",
     with_line(R"({"t_us":1,"side":"host","conn":5000,"kind":"note","msg":""})"),
     {"\"conn\""}},
    {"an unknown kind", with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"evnt"})"), {"\"evnt\"", "spelling"}},
    {"an unknown call",
     with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"api","call":"rdma_conect","ret":0,"errno":0,"dur_us":1})"),
     {"\"rdma_conect\"", "spelling"}},
    {"a failure without errno",
     with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"api","call":"rdma_connect","ret":-1,"errno":0,"dur_us":1})"),
     {"errno"}},
    {"a negative duration",
     with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"api","call":"rdma_connect","ret":0,"errno":0,"dur_us":-1})"),
     {"\"dur_us\""}},
    {"an event without its status",
     with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"event","name":"ESTABLISHED"})"),
     {"\"status\""}},
    {"a completion without its number",
     with_line(R"({"t_us":1,"side":"host","conn":0,"kind":"wc","op":"send","status":0})"),
     {"\"wr_id\""}},
    {"no transport",
     R"({"t_us":1,"side":"host","conn":-1,"kind":"note","msg":"hello"})"
     "\n",
     {"--transport"}},
    {"a trace without its steps", "{\n  \"format\": 2\n}\n", {"header"}},
};

bool is_log_or_error(const Result<Log>& log) {
  return log.ok() || log.error().line().starts_with("any:");
}  // "any: ", or "any:2:2: " of a document

}  // namespace

TEST_CASE("what is not a log is refused in one line that says where and how to mend it") {
  for (const Bad& bad : bad_logs) {
    INFO(bad.name);
    const auto log = read_log(bad.text, "bad.jsonl");
    REQUIRE_FALSE(log.ok());
    INFO(log.error().line());
    CHECK(log.error().line().starts_with("bad.jsonl: "));
    for (const std::string& words : bad.says) CHECK(log.error().line().find(words) != std::string::npos);
  }
}

TEST_CASE("a good log is read, and the transport is what it says, unless one is given") {
  const auto log = read_log(good, "good.jsonl");
  REQUIRE(log.ok());
  CHECK(log->lines.size() == 2);
  CHECK(log->transport == model::Transport::ib);
  CHECK(read_log(good, "good.jsonl", model::Transport::iw)->transport == model::Transport::iw);
}

TEST_CASE("no bytes crash the reader") {
  property("any bytes after a good beginning are a log or an error", [](const std::string& bytes) {
    const auto log = read_log(good + bytes, "any");
    RC_ASSERT(is_log_or_error(log));
  });
  property("a good log with a few bytes changed is a log or an error", [](std::size_t at, char byte) {
    std::string text = good;
    text[at % text.size()] = byte;
    const auto log = read_log(text, "any");
    RC_ASSERT(is_log_or_error(log));
  });
}

}  // namespace qpcheck::conform
