#include "qpair/ping_watch.hpp"

#include <algorithm>

#include "qpair/qpair.hpp"

namespace qpair::ping {
namespace {

double ms_since(Clock::time_point then) { return Milliseconds(Clock::now() - then).count(); }

}  // namespace

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count());
}

void Watch::forget() {
  seen_.assign(seen_.size(), {});
  ways_.assign(ways_.size(), {});
}

std::string Watch::why_gone(const Qpair& qpair) const {
  const Seen& seen = seen_[qpair.number()];
  // connected-flag and always-wait do not take a removal for the end of a connection: it is one.
  if (seen.device_removed) return "the RDMA device of this machine was removed (" + seen.why_gone + ")";
  if (qpair.life() == Life::connected) return "";
  return "the server has gone" + (seen.why_gone.empty() ? "" : " (" + seen.why_gone + ")");
}

bool Watch::device_removed() const { return std::ranges::any_of(seen_, &Seen::device_removed); }

bool Watch::take_progress() {
  const bool progressed = progressed_;
  progressed_ = false;
  return progressed;
}

std::uint64_t Watch::idle_us() const {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - last_progress_).count());
}

void Watch::note_progress() {
  progressed_ = true;
  last_progress_ = Clock::now();
}

void Watch::wait_begins(const Qpair& qpair, EventMask, std::uint64_t, const char*) {
  Seen& seen = seen_[qpair.number()];
  seen.waits = qpair.life() == Life::disconnecting;
  seen.wait_began = Clock::now();
}

void Watch::wait_ends(const Qpair& qpair, WaitEnd how) {
  Seen& seen = seen_[qpair.number()];
  if (!seen.waits) {
    if (how == WaitEnd::timed_out)
      seen.why_failed = std::string("no answer in time while ") + name(qpair.life());
    return;
  }
  seen.waits = false;
  WayDown& way = ways_[qpair.number()];
  way.waited_ms = ms_since(seen.wait_began);
  way.waited_out = how == WaitEnd::timed_out;
  // Which event it was is said in a moment, once it is handled.
  seen.ended_by_event = !way.waited_out;
  way.ended_by = way.waited_out ? "its deadline" : "an event";
}

// The call that failed is the reason of what an event began; else the event itself is.
void Watch::event_handled(const Qpair& qpair, const rdma_cm_event& event) {
  note_progress();
  Seen& seen = seen_[qpair.number()];
  const std::string words = event_words(event.event, event.status);
  if (seen.ended_by_event) ways_[qpair.number()].ended_by = words;
  seen.ended_by_event = false;
  if (qpair.life() == Life::failed && seen.why_failed.empty()) seen.why_failed = words;
  if (event.event == RDMA_CM_EVENT_DEVICE_REMOVAL) {
    if (!seen.device_removed) seen.why_gone = words;
    seen.device_removed = true;
  } else if (qpair.life() == Life::lost && seen.why_gone.empty()) {
    seen.why_gone = words;
  }
}

void Watch::life_changed(const Qpair& qpair, Life, Life to) {
  note_progress();
  // What an earlier attempt met is not why this one fails.
  if (to == Life::resolving_address) seen_[qpair.number()].why_failed.clear();
}

void Watch::teardown_requested(const Qpair& qpair) {
  Seen& seen = seen_[qpair.number()];
  seen.goes_down = true;
  seen.asked_at = Clock::now();
  ways_[qpair.number()] = {};
}

void Watch::linger_begins(const Qpair& qpair, std::uint64_t) { seen_[qpair.number()].linger_began = Clock::now(); }

void Watch::linger_timed_out(const Qpair& qpair) { ways_[qpair.number()].lingered_out = true; }

void Watch::teardown_finished(const Qpair& qpair) {
  Seen& seen = seen_[qpair.number()];
  seen.goes_down = false;
  ways_[qpair.number()].lingered_ms = ms_since(seen.linger_began);
  ways_[qpair.number()].took_ms = ms_since(seen.asked_at);
}

void Watch::call_failed(const Qpair& qpair, const char* call, int error) {
  Seen& seen = seen_[qpair.number()];
  const std::string words = call_words(call, error);
  if (seen.goes_down) ways_[qpair.number()].failed_call = words;
  else seen.why_failed = words;
}

}  // namespace qpair::ping
