// The first difference of two traces, in words.
#include <catch2/catch.hpp>

#include "story/difference.hpp"

using namespace qpcheck::trace;
using qpcheck::story::first_difference;

namespace {

Trace sample() {
  Trace trace;
  trace.header.violated = {{"finishes", "qp0", "it is stuck"}};
  trace.steps = {{"kill target", {}, {seen::Sent{"qp0", "DREQ", "host"}}},
                 {"poll qp0",
                  {{1, "rdma_disconnect", "deliver DREQ qp0"}},
                  {seen::Life{"qp0", "lost"}, seen::Life{"qp0", "disconnecting"}}}};
  return trace;
}

// What is said of a run that differs from the sample in one thing.
template <class Change>
std::string said(Change&& change) {
  Trace now = sample();
  change(now);
  return first_difference(sample(), now);
}

}  // namespace

TEST_CASE("equal traces have no difference") { CHECK(first_difference(sample(), sample()).empty()); }

TEST_CASE("the first difference of two traces is said with its place, what is, and what the trace says") {
  CHECK(said([](Trace& now) { now.steps[1].observed[1] = seen::Life{"qp0", "lingering"}; }) ==
        "step 2 (poll qp0): observed \"qp0 is lingering\", the trace says \"qp0 is disconnecting\"");
  CHECK(said([](Trace& now) { now.steps[1].observed.pop_back(); }) ==
        "step 2 (poll qp0): observed \"(nothing)\", the trace says \"qp0 is disconnecting\"");
  CHECK(said([](Trace& now) { now.steps[0].observed.clear(); now.steps[1].observed.clear(); }) ==
        "step 1 (kill target): observed \"(nothing)\", the trace says \"qp0 DREQ is under way to the host\"");
  CHECK(said([](Trace& now) { now.steps[1].inner[0].before = "ibv_poll_cq"; }) ==
        "step 2 (poll qp0): \"deliver DREQ qp0 before ibv_poll_cq (call 1)\" falls inside it, "
        "the trace says \"deliver DREQ qp0 before rdma_disconnect (call 1)\"");
  CHECK(said([](Trace& now) { now.steps[1].inner.clear(); }) ==
        "step 2 (poll qp0): \"nothing\" falls inside it, the trace says \"deliver DREQ qp0 before rdma_disconnect "
        "(call 1)\"");
  CHECK(said([](Trace& now) { now.steps[0].choice = "stop target"; }) ==
        "step 1 (kill target): the choice is \"stop target\", the trace says \"kill target\"");
}

TEST_CASE("one trace is longer than the other") {
  CHECK(said([](Trace& now) { now.steps.pop_back(); }) == "step 2: the run ended before it");
  CHECK(said([](Trace& now) { now.steps.push_back({"poll qp0", {}, {}}); }) == "step 3: the trace ends before it");
}

TEST_CASE("steps are the same, and the headers differ") {
  CHECK(said([](Trace& now) { now.header.violated = {}; }) == "violated is \"\", the trace says \"finishes\"");
  CHECK(said([](Trace& now) { now.header.violated[0].why = "who knows"; }) ==
        "the reason is \"qp0: who knows\", the trace says \"qp0: it is stuck\"");
  CHECK(said([](Trace& now) { now.header.queue_depth = 7; }) == "the header names another setting");
}
