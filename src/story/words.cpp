#include "story/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/observation.hpp"

namespace qpcheck::story {
namespace {

namespace seen = trace::seen;

// The ibv_wc_status that the simulator gives.
std::string completion_status(std::int64_t status) {
  switch (status) {
    case 0: return "success";
    case 1: return "longer than the receive";
    case 5: return "flushed";
    case 12: return "transport retries exceeded";
    default: return fmt::format("status {}", status);
  }
}

std::string at_most(const seen::Milliseconds& time_ms) {
  return time_ms ? fmt::format("at most {} ms", *time_ms) : "without a deadline";
}

std::string stopped_by(const std::string& name) {
  const auto* const info = model::stopped_named(name);
  return info != nullptr ? std::string(info->sentence) : name;
}

// What is said of the connection, behind its name.
std::string said(const seen::Call& call) { return call.name + (call.error.empty() ? "" : " fails: " + call.error); }
std::string said(const seen::Queued& event) { return event.event + " is queued in the channel, not fetched"; }
std::string said(const seen::Fetched& event) {
  return event.event + " fetched" + (event.status == 0 ? "" : fmt::format(" (status {})", event.status));
}
std::string said(const seen::Parked& event) { return event.event + " is parked: fetched, but not handled"; }
std::string said(const seen::Handled& event) { return event.event + " handled"; }
std::string said(const seen::WaitBegins& wait) {
  return fmt::format("waits for {}, {}; armed at \"{}\"", fmt::join(wait.events, " or "), at_most(wait.at_most_ms),
                     wait.armed_at);
}
std::string said(const seen::WaitEnds& wait) { return "wait ends: " + wait.how; }
std::string said(const seen::Flag& flag) { return flag.connected ? "connected = true" : "connected = false"; }
std::string said(const seen::Life& life) { return "is " + life.now; }
std::string said(const seen::TeardownRequested&) { return "teardown requested"; }
std::string said(const seen::TeardownFinished&) { return "teardown finished"; }
std::string said(const seen::LingerBegins& linger) {
  return "lingers until its work requests are flushed, " + at_most(linger.at_most_ms);
}
std::string said(const seen::LingerTimedOut&) { return "lingering timed out"; }
std::string said(const seen::Completion& completion) {
  return fmt::format("completion of a {}: {}", completion.opcode, completion_status(completion.status));
}
std::string said(const seen::RequestAccepted& request) { return fmt::format("request {} accepted", request.number); }
std::string said(const seen::RequestRefused&) { return "a request is refused"; }
std::string said(const seen::RequestCompleted& request) {
  return fmt::format("request {} completed to the application", request.number);
}
std::string said(const seen::AnswerTold& answer) {
  return fmt::format("application is told: message {}", answer.number);
}
std::string said(const seen::MessageStopped& message) { return stopped_by(message.by); }
std::string said(const seen::Told& told) { return "application is told: " + told.what; }
std::string said(const seen::CmMoved& moved) {
  return fmt::format("{} CM: {} -> {}", moved.side, moved.from, moved.to);
}
std::string said(const seen::IdMoved& moved) { return fmt::format("host id: {} -> {}", moved.from, moved.to); }
std::string said(const seen::Sent& sent) { return fmt::format("{} is under way to the {}", sent.datagram, sent.to); }
std::string said(const seen::QpError&) { return "QP: in the error state"; }

template <class Kind>
std::string sentence(const Kind& of) {
  return (of.who.empty() ? "" : of.who + " ") + said(of);
}
std::string sentence(const seen::Inner& inner) { return fmt::format("before {}: {}", inner.before, inner.choice); }
std::string sentence(const seen::ReturnEnded& ended) {
  return ended.what +
         (ended.all_connected ? " is over: every qpair is connected" : " is over: not every qpair is connected");
}
std::string sentence(const seen::Misuse& misuse) { return "misuse: " + misuse.what; }
std::string sentence(const seen::TimePasses& time) {
  if (!time.by_ms) return "time goes on while the program waits";
  return fmt::format("time goes on by {} ms: nothing else would change anything", *time.by_ms);
}

}  // namespace

std::string words(const trace::Observed& observed) {
  return std::visit([](const auto& of) { return sentence(of); }, observed);
}

std::string names(const std::vector<trace::Violation>& violated) {
  std::string text;
  for (const trace::Violation& one : violated) text += (text.empty() ? "" : ", ") + one.property;
  return text;
}

std::string reason(const trace::Violation& violated) {
  return violated.who.empty() ? violated.why : violated.who + ": " + violated.why;
}

std::string reasons(const std::vector<trace::Violation>& violated) {
  std::string text;
  for (const trace::Violation& one : violated) text += (text.empty() ? "" : ". ") + reason(one);
  return text;
}

}  // namespace qpcheck::story
