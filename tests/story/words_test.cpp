// Each kind of observation in words, and what a violation says.
#include <catch2/catch.hpp>

#include <set>

#include "story/explain.hpp"
#include "story/words.hpp"

using namespace qpcheck::trace;
using qpcheck::story::words;

namespace {

// With a text in each field that is one.
template <class Kind>
Kind filled() {
  Kind seen;
  Kind::fields(seen, [](const char* field, auto& value) {
    if constexpr (std::is_same_v<decltype(value), std::string&>) value = field;
  });
  return seen;
}

template <std::size_t... Index>
std::vector<Observed> one_of_each(std::index_sequence<Index...>) {
  return {Observed(filled<std::variant_alternative_t<Index, Observed>>())...};
}

std::vector<Observed> one_of_each() { return one_of_each(std::make_index_sequence<std::variant_size_v<Observed>>{}); }

}  // namespace

TEST_CASE("each kind of observation has words of its own, and a name of its own in the file") {
  std::set<std::string> sentences;
  std::set<std::string_view> kinds;
  for (const Observed& observed : one_of_each()) {
    sentences.insert(words(observed));
    kinds.insert(std::visit([]<class Kind>(const Kind&) { return Kind::kind; }, observed));
  }
  CHECK(sentences.size() == std::variant_size_v<Observed>);
  CHECK(kinds.size() == std::variant_size_v<Observed>);
  CHECK_FALSE(sentences.contains(""));
}

TEST_CASE("what is left out of a file is left out of the words") {
  CHECK(words(seen::Call{"qp0", "rdma_connect", ""}) == "qp0 rdma_connect");
  CHECK(words(seen::Call{"", "rdma_create_event_channel", "EMFILE"}) == "rdma_create_event_channel fails: EMFILE");
  CHECK(words(seen::Fetched{"id3", "DISCONNECTED", 0}) == "id3 DISCONNECTED fetched");
  CHECK(words(seen::Fetched{"qp1.2", "DISCONNECTED", -104}) == "qp1.2 DISCONNECTED fetched (status -104)");
  CHECK(words(seen::WaitBegins{"qp0", "here", {"DISCONNECTED", "DEVICE_REMOVAL"}, 1000}) ==
        "qp0 waits for DISCONNECTED or DEVICE_REMOVAL, at most 1000 ms; armed at \"here\"");
  CHECK(words(seen::WaitBegins{"qp0", "here", {"DISCONNECTED"}, {}}) ==
        "qp0 waits for DISCONNECTED, without a deadline; armed at \"here\"");
  CHECK(words(seen::MessageStopped{"qp0", "no receive posted"}) == "qp0 the peer's answer finds no receive posted");
  CHECK(words(seen::MessageStopped{"qp0", "something else"}) == "qp0 something else");
}

TEST_CASE("a setting names all that is not as usual") {
  Header usual;
  usual.scenario = "reset";
  usual.teardown = "settled";
  usual.from = "established";
  CHECK(qpcheck::story::setting(usual) == "reset, teardown settled, 2 qpairs, ib, from established, faults: none");
  // One field at a time: whatever a run depends on shows.
  each_header_field([&usual]<class Value>(const HeaderField<Value>& field) {
    if constexpr (!std::is_same_v<Value, std::vector<Violation>>) {
      Header other = usual;
      if constexpr (std::is_same_v<Value, std::string>) other.*field.value = "another";
      else if constexpr (std::is_same_v<Value, bool>) other.*field.value = true;
      else if constexpr (std::is_same_v<Value, std::vector<std::string>>) other.*field.value = {"connect"};
      else if constexpr (std::is_same_v<Value, std::map<std::string, std::uint32_t>>)
        other.*field.value = {{"kill", 1}};
      else other.*field.value = 7;
      INFO(field.name);
      CHECK(qpcheck::story::setting(other) != qpcheck::story::setting(usual));
    }
  });
}

TEST_CASE("a story says of each violated property why, and what the wait comes to") {
  Trace trace;
  trace.header.violated = {{"awaited-once", "qp1", "it has handled it"}, {"possible-wait", "qp1", "none can come"}};
  trace.steps = {
      {"deliver DREQ qp1", {}, {seen::Queued{"qp1", "DISCONNECTED"}, seen::Queued{"qp0", "DISCONNECTED"}}},
      {"poll controller", {}, {seen::Fetched{"qp1", "DISCONNECTED", 0}, seen::Parked{"qp1", "DISCONNECTED"}}},
      {"request disconnect qp1",
       {},
       {seen::Handled{"qp1", "DISCONNECTED"}, seen::WaitBegins{"qp1", "here", {"DISCONNECTED"}, 5}}}};
  const std::string told = qpcheck::story::explain(trace);
  const auto tells = [&told](const char* words) { return told.find(words) != told.npos; };
  CHECK(tells("Violated: awaited-once\n  qp1: it has handled it\nViolated: possible-wait\n  qp1: none can come\n"));
  CHECK(tells("qp1's DISCONNECTED: queued in step 1, fetched in step 2, parked in step 2, handled in step 3\n"));
  CHECK(tells("qp1's wait for DISCONNECTED: armed in step 3 at \"here\"\n"));

  SECTION("it is about the first connection that a reason names") {
    trace.header.violated.insert(trace.header.violated.begin(), {"legal-calls", "", "a call is not legal"});
    CHECK(qpcheck::story::explain(trace).find("qp1's wait for DISCONNECTED: armed in step 3") != std::string::npos);
  }
  SECTION("of a connection that was begun anew, what came before is left out") {
    trace.steps[1].observed.push_back(seen::Call{"qp1", "rdma_create_id", ""});
    CHECK(qpcheck::story::explain(trace).find("qp1's DISCONNECTED: handled in step 3\n") != std::string::npos);
  }
  SECTION("of a wait that was satisfied, nothing") {
    trace.steps[2].observed.push_back(seen::WaitEnds{"qp1", "satisfied"});
    CHECK(qpcheck::story::explain(trace).find("In short") == std::string::npos);
  }
  SECTION("of one that timed out, all") {
    trace.steps[2].observed.push_back(seen::WaitEnds{"qp1", "timed out"});
    CHECK(qpcheck::story::explain(trace) != told);
    CHECK(qpcheck::story::explain(trace).find("In short") != std::string::npos);
  }
}
