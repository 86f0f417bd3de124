// What the client of qpair-ping sees of each qpair: why it failed, how it went down.
//
// Purpose: an observer of the library that keeps the true reason of what happened (the
// call that failed, the event that came), for qpair-ping to tell.
// Ownership: none of the library's. Threads: those of the controller.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "qpair/observer.hpp"
#include "qpair/ping_words.hpp"

namespace qpair::ping {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::uint64_t now_ms();  // of the clock that the library is told

class Watch : public Observer {
 public:
  explicit Watch(std::size_t qpairs) : seen_(qpairs), ways_(qpairs) {}

  // Before a procedure: what the last one left is of no interest any more.
  void forget();
  // Why the qpair is not connected; empty: nothing is known against it.
  const std::string& why_failed(std::size_t number) const { return seen_[number].why_failed; }
  // Why a connection that was up is of no use any more; empty: it is.
  std::string why_gone(const Qpair& qpair) const;
  bool device_removed() const;  // that of any qpair
  std::span<const WayDown> ways_down() const { return ways_; }
  // Whether anything was handled since the last time this was asked.
  bool take_progress();
  std::uint64_t idle_us() const;

  void note_progress();

  void wait_begins(const Qpair&, EventMask, std::uint64_t deadline_ms, const char* place) override;
  void wait_ends(const Qpair&, WaitEnd) override;
  void event_handled(const Qpair&, const rdma_cm_event&) override;
  void life_changed(const Qpair&, Life from, Life to) override;
  void teardown_requested(const Qpair&) override;
  void linger_begins(const Qpair&, std::uint64_t deadline_ms) override;
  void linger_timed_out(const Qpair&) override;
  void teardown_finished(const Qpair&) override;
  void call_failed(const Qpair&, const char* call, int error) override;

 private:
  struct Seen {
    Clock::time_point asked_at, wait_began, linger_began;
    bool goes_down = false;         // its disconnect was asked for
    bool waits = false;             // for the end of the connection
    bool ended_by_event = false;    // that wait, by the event that is being handled
    bool device_removed = false;
    std::string why_failed, why_gone;
  };

  std::vector<Seen> seen_;
  std::vector<WayDown> ways_;
  bool progressed_ = false;
  Clock::time_point last_progress_ = Clock::now();
};

}  // namespace qpair::ping
