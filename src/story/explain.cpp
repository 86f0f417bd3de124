#include "story/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "model/choice.hpp"
#include "story/words.hpp"

namespace qpcheck::story {
namespace {

using trace::Header;
using trace::Step;
using trace::Trace;
using trace::Violation;
namespace seen = trace::seen;

std::string faults(const Header& header) {
  std::string text;
  for (const auto& [name, count] : header.faults)
    if (count > 0)
      text += fmt::format("{}{}={}{}", text.empty() ? "" : ",", name, count,
                          beyond_contract(name) ? " (beyond the contract)" : "");
  return text.empty() ? "none" : text;
}

// What only some runs choose.
std::string not_default(const Header& header) {
  std::string text;
  if (header.devices != Header{}.devices) text += fmt::format(", {} devices", header.devices);
  if (header.disconnect_timeout_ms != Header{}.disconnect_timeout_ms)
    text += fmt::format(", disconnect timeout {} ms", header.disconnect_timeout_ms);
  if (header.own_cqs) text += ", own CQs";
  if (header.queue_depth != Header{}.queue_depth) text += fmt::format(", queue depth {}", header.queue_depth);
  if (!header.requests.empty()) text += fmt::format(", requests: {}", fmt::join(header.requests, " "));
  if (header.sends) text += fmt::format(", {} send{} each", *header.sends, *header.sends == 1 ? "" : "s");
  return text;
}

// Who takes the choice.
std::string who(std::string_view choice) {
  const model::VerbInfo* const verb = model::choice_named(choice).verb;
  return verb != nullptr ? fmt::format("[{}]", verb->actor) : "";
}

std::string told(const Step& step, std::size_t number) {
  std::string text = fmt::format("{:>3}. {:<13} {}\n", number, who(step.choice), step.choice);
  for (const trace::Observed& observed : step.observed) text += wrapped(words(observed), "       ");
  return text;
}

std::string told(const Violation& violated) {
  return fmt::format("Violated: {}\n{}", violated.property, wrapped(reason(violated), "  "));
}

// A wait of the qpair that the violation is about.
struct Wait {
  std::size_t step = 0;  // counted from 1; 0: there is none
  const seen::WaitBegins* armed = nullptr;
};

// The last one, unless it was satisfied or cancelled.
Wait last_wait(const Trace& trace, const std::string& who) {
  Wait wait;
  for (std::size_t i = 0; i < trace.steps.size(); ++i)
    for (const trace::Observed& observed : trace.steps[i].observed) {
      const auto* const begins = std::get_if<seen::WaitBegins>(&observed);
      if (begins != nullptr && begins->who == who) wait = {i + 1, begins};
      const auto* const ends = std::get_if<seen::WaitEnds>(&observed);
      if (ends != nullptr && ends->who == who && ends->how != "timed out") wait = {};
    }
  return wait;
}

// "queued in step 2, fetched in step 3, parked in step 3, handled in step 4", since the
// qpair's connection was begun.
class WayOfEvent {
 public:
  WayOfEvent(const std::string& who, const std::string& event) : who_(who), event_(event) {}

  std::string in(const Trace& trace) {
    for (const Step& step : trace.steps) {
      ++step_;
      for (const trace::Observed& observed : step.observed)
        std::visit([this](const auto& seen) { see(seen); }, observed);
    }
    return way_;
  }

 private:
  void see(const seen::Call& call) {
    if (call.who == who_ && call.name == "rdma_create_id") way_.clear();
  }
  void see(const seen::Queued& event) { add(event, "queued"); }
  void see(const seen::Fetched& event) { add(event, "fetched"); }
  void see(const seen::Parked& event) { add(event, "parked"); }
  void see(const seen::Handled& event) { add(event, "handled"); }
  void see(const auto&) {}

  void add(const auto& seen, std::string_view where) {
    if (seen.who != who_ || seen.event != event_) return;
    way_ += fmt::format("{}{} in step {}", way_.empty() ? "" : ", ", where, step_);
  }

  const std::string &who_, &event_;
  std::string way_;
  std::size_t step_ = 0;
};

// What the story comes to: where the event went, and where the wait for it was armed.
std::string in_short(const Trace& trace) {
  const auto& violated = trace.header.violated;
  const auto about = std::ranges::find_if(violated, [](const Violation& one) { return !one.who.empty(); });
  if (about == violated.end()) return "";
  const std::string& who = about->who;
  const Wait wait = last_wait(trace, who);
  if (wait.step == 0) return "";
  std::string text = "In short:\n";
  for (const std::string& event : wait.armed->events) {
    const std::string way = WayOfEvent(who, event).in(trace);
    text += wrapped(fmt::format("{}'s {}: {}", who, event, way.empty() ? "there was none" : way), "  ");
  }
  return text + wrapped(fmt::format("{}'s wait for {}: armed in step {} at \"{}\"", who,
                                    fmt::join(wait.armed->events, " or "), wait.step, wait.armed->armed_at),
                        "  ");
}

}  // namespace

bool beyond_contract(std::string_view name) {
  const auto fault = model::fault_named(name);
  return fault && !model::info(*fault).within_contract;
}

bool beyond_contract(const Header& header) {
  return std::any_of(header.faults.begin(), header.faults.end(),
                     [](const auto& fault) { return fault.second > 0 && beyond_contract(fault.first); });
}

std::string setting(const Header& header) {
  if (header.program != Header{}.program)
    return fmt::format("{}, {}, {}, from {}, faults: {}", header.program,
                       header.teardown == "fixed" ? "fixed" : "as it was", header.transport, header.from,
                       faults(header));
  return fmt::format("{}, teardown {}, {} qpair{}, {}, from {}{}, faults: {}", header.scenario,
                     header.teardown, header.qpairs, header.qpairs == 1 ? "" : "s",
                     header.transport, header.from, not_default(header), faults(header));
}

std::string explain(const Trace& trace) {
  std::string text = setting(trace.header) + "\n\n";
  for (std::size_t i = 0; i < trace.steps.size(); ++i) text += told(trace.steps[i], i + 1);
  if (trace.header.violated.empty()) return text + "\nNothing is violated in these steps.\n";
  text += "\n";
  for (const Violation& violated : trace.header.violated) text += told(violated);
  return text + in_short(trace);
}

std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used != 0 && used + 1 + word.size() > columns) used = 0, out += '\n';
    out += used == 0 ? std::string(indent) : " ";
    used += (used == 0 ? indent.size() : 1) + word.size();
    out += word;
  }
  return out + "\n";
}

}  // namespace qpcheck::story
