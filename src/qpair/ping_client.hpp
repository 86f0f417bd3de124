// qpair-ping client: an application of the library, as small as one can be.
//
// Purpose: connects all qpairs, sends messages and checks the echoes, takes all
// qpairs down, and says how long each part took.
// Ownership: owns its Controller, which is down again when run() returns.
// Threads: one. Invariant: at most one message is under way on a qpair.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "qpair/controller.hpp"
#include "qpair/ping.hpp"

namespace qpair::ping {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

// What is remembered of one qpair: its message under way, and its way down.
struct Track {
  std::uint32_t sequence = 0;
  bool answered = true;
  Clock::time_point sent_at, wait_began, linger_began;
  bool waits = false;          // for the end of the connection
  bool lingered_out = false;   // lingering ended by its deadline
  Microseconds waited{}, lingered{};
  std::string ended_by;        // what ended that wait; empty: there was none
  std::string why_failed;      // why it did not connect
  int error = 0;               // errno when it failed
};

// Another byte at each place, in each message, on each qpair.
constexpr std::byte pattern(std::uint32_t qpair, std::uint32_t sequence, std::size_t place) {
  return static_cast<std::byte>(qpair * 101 + sequence * 7 + place);
}

class Client final : public Observer, public Application {
 public:
  explicit Client(const ClientArguments& arguments, const sockaddr_in& address);
  int run();

  void wait_begins(const Qpair&, EventMask, std::uint64_t deadline_ms, const char* place) override;
  void wait_ends(const Qpair&, WaitEnd) override;
  void event_handled(const Qpair&, const rdma_cm_event&) override;
  void life_changed(const Qpair&, Life from, Life to) override;
  void linger_begins(const Qpair&, std::uint64_t deadline_ms) override;
  void linger_timed_out(const Qpair&) override;
  void teardown_finished(const Qpair&) override;
  void sent(Qpair&, std::uint64_t tag, ibv_wc_status) override;
  void received(Qpair&, std::span<const std::byte>) override;

 private:
  Track& track(const Qpair& qpair) { return tracks_[qpair.number()]; }
  void poll();
  bool connect();
  bool exchange();
  bool send_round(std::uint32_t sequence);
  bool await_answers();
  bool rest_until(Clock::time_point when);
  bool all_answered() const;
  bool all_up();
  void go_down();
  void complain(const std::string& why);
  void print_messages();
  void print_teardown(Microseconds took) const;

  ClientArguments arguments_;
  std::string server_;
  std::vector<Track> tracks_;
  std::vector<double> round_trips_;  // µs
  std::vector<std::byte> message_;
  std::uint64_t sent_ = 0;
  bool failed_ = false;
  Controller controller_;  // the last member: it reports to the others while it goes
};

}  // namespace qpair::ping
