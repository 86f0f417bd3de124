// qpair-ping client: an application of the library, as small as one can be.
//
// Purpose: connects all qpairs, sends messages and checks the echoes, takes all
// qpairs down, and says how long each part took.
// Ownership: owns its Controller, which is down again when run() returns.
// Threads: one. Invariant: at most one message is under way on a qpair.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "qpair/controller.hpp"
#include "qpair/ping.hpp"
#include "qpair/ping_watch.hpp"

namespace qpair::ping {

// What is remembered of one qpair: its message under way.
struct Track {
  std::uint32_t sequence = 0;
  bool answered = true;
  Clock::time_point sent_at;
};

// Another byte at each place, in each message, on each qpair.
constexpr std::byte pattern(std::uint32_t qpair, std::uint32_t sequence, std::size_t place) {
  return static_cast<std::byte>(qpair * 101 + sequence * 7 + place);
}

class Client final : public Application {
 public:
  // The paths of arguments.options are filled in.
  explicit Client(const ClientArguments& arguments);
  int run();

  void sent(Qpair&, std::uint64_t tag, ibv_wc_status) override;
  void received(Qpair&, std::span<const std::byte>) override;

 private:
  using Start = void (Controller::*)(std::uint64_t now_ms);

  bool go_through();
  void step(std::uint64_t until_ms = 0);
  void poll_qpairs(std::uint64_t now_ms);
  bool held(const Qpair& qpair) const;
  void rest(std::uint64_t until_ms);
  bool event_ready(int timeout_ms) const;
  bool completion_may_come() const;
  std::uint64_t next_deadline_ms(std::uint64_t until_ms) const;
  bool connect();
  bool go_round(const char* what, Start start);
  bool say_why_not_connected();
  bool exchange();
  bool send_round(std::uint32_t sequence);
  bool await_answers();
  bool rest_until(std::uint64_t when_ms);
  bool all_answered() const;
  std::string no_answer() const;
  std::string why_gone() const;
  bool all_up();
  bool stay();
  void stay_held_back();
  void go_down();
  bool all_finished() const;
  void complain(const std::string& why);
  void print_messages();
  void print_teardown(const char* what, Milliseconds took) const;
  const std::string& server() const { return servers_[path_]; }

  ClientArguments arguments_;
  std::array<std::string, 2> servers_;
  std::size_t path_ = 0;
  std::vector<Track> tracks_;
  std::vector<double> round_trips_;  // µs
  std::vector<std::byte> message_;
  std::uint64_t sent_ = 0;
  bool holding_ = false;  // --polls held-back, and the messages are done
  bool failed_ = false;
  Watch watch_;
  Controller controller_;  // the last member: it reports to the others while it goes
};

}  // namespace qpair::ping
