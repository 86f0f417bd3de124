#include "scenario/words.hpp"

#include <cstring>

namespace qpcheck::scenario {
namespace {

using model::Observation;
using model::Seen;

std::string list_of(model::EventSet events) {
  std::string text;
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (events.has(static_cast<model::Event>(i))) text += (text.empty() ? "" : " or ") + std::string(model::event_names[i]);
  return text;
}

std::string subject(const Observation& seen) {
  if (seen.qpair != model::nobody) return "qp" + std::to_string(seen.qpair) + " ";
  if (seen.slot != model::nobody) return "id" + std::to_string(seen.slot) + " ";
  return "";
}

// Numbers of ibv_wc_status that the simulator gives.
std::string completion_status(int status) {
  switch (status) {
    case 0: return "success";
    case 1: return "longer than the receive";
    case 5: return "flushed";
    case 12: return "transport retries exceeded";
    default: return "status " + std::to_string(status);
  }
}

std::string call_words(const Observation& seen) {
  std::string text = subject(seen) + seen.text;
  if (seen.error == 0) return text;
  const char* const error = strerrorname_np(seen.error);
  return text + " fails: " + (error != nullptr ? error : std::to_string(seen.error));
}

std::string status_words(int status) { return status == 0 ? "" : " (status " + std::to_string(status) + ")"; }

}  // namespace

std::string words(const Observation& seen) {
  const std::string event(name(seen.event));
  switch (seen.kind) {
    case Seen::call: return call_words(seen);
    case Seen::event_fetched: return subject(seen) + event + " fetched" + status_words(seen.status);
    case Seen::event_handled: return subject(seen) + event + " handled";
    case Seen::event_acknowledged: return "";
    case Seen::wait_begins:
      return subject(seen) + "waits for " + list_of(seen.events) + (seen.in_ms == model::no_limit_ms ? ", without a deadline" : ", at most " + std::to_string(seen.in_ms) + " ms") +
             "; armed at \"" + seen.text + "\"";
    case Seen::wait_ends: return subject(seen) + "wait ends: " + seen.text;
    case Seen::flag: return subject(seen) + "connected = " + (seen.status != 0 ? "true" : "false");
    case Seen::life: return subject(seen) + "is " + seen.text;
    case Seen::teardown_requested: return subject(seen) + "teardown requested";
    case Seen::linger_begins: return subject(seen) + "lingers until its work requests are flushed, at most " + std::to_string(seen.in_ms) + " ms";
    case Seen::linger_timed_out: return subject(seen) + "lingering timed out";
    case Seen::teardown_finished: return subject(seen) + "teardown finished";
    case Seen::completion: return subject(seen) + "completion of a " + seen.text + ": " + completion_status(seen.status);
    case Seen::request_refused: return subject(seen) + "a request is refused";
    case Seen::request_accepted: return subject(seen) + "request " + std::to_string(seen.status) + " accepted";
    case Seen::request_completed: return subject(seen) + "request " + std::to_string(seen.status) + " completed to the application";
    case Seen::message_stopped: return subject(seen) + seen.text;
    case Seen::answer_told: return subject(seen) + "application is told: message " + std::to_string(seen.status);
    case Seen::all_connected:
    case Seen::time_passes: return "";
    case Seen::told_up: return subject(seen) + "application is told: up";
    case Seen::told_gone: return subject(seen) + "application is told: gone";
    case Seen::return_requested: return "";
    case Seen::return_ended: return std::string(seen.text) + (seen.status != 0 ? " is over: every qpair is connected" : " is over: not every qpair is connected");
    case Seen::misuse: return std::string("misuse: ") + seen.text;
    case Seen::step_ends: return "";
  }
  return "";
}

std::vector<std::string> ChangeTeller::connection_changes(const model::Connection& was, const model::Connection& is) {
  using model::Side;
  std::vector<std::string> lines;
  for (const Side side : {Side::host, Side::target}) {
    const auto place = static_cast<std::size_t>(side);
    const char* const where = side == Side::host ? "host CM: " : "target CM: ";
    const model::End &from = was.ends[place], &to = is.ends[place];
    if (from.ib != to.ib || from.iw != to.iw)
      lines.push_back(where + std::string(state_name(was, side)) + " -> " + std::string(state_name(is, side)));
    if (side == Side::host && from.cma != to.cma)
      lines.push_back("host id: " + std::string(name(from.cma)) + " -> " + std::string(name(to.cma)));
    for (std::size_t i = was.to[place].count; i < is.to[place].count; ++i)
      lines.push_back(std::string(name(is.to[place].datagrams[i])) + " is under way to the " + (side == Side::host ? "host" : "target"));
  }
  return lines;
}

int ChangeTeller::queued_in(const sim::Shared& shared, std::uint8_t slot) {
  int count = 0;
  for (std::size_t i = 0; i < shared.queued; ++i) count += shared.queue[i].slot == slot;
  return count;
}

std::string ChangeTeller::last_queued(const sim::Shared& shared, std::uint8_t slot) {
  for (std::size_t i = shared.queued; i > 0; --i)
    if (shared.queue[i - 1].slot == slot) return std::string(name(shared.queue[i - 1].event));
  return "";
}

}  // namespace qpcheck::scenario
