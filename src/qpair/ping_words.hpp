// What qpair-ping says, and how long it sleeps: values in, words or a number out.
//
// Purpose: all of it can be tested without a device. Ownership, threads: none.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <rdma/rdma_cma.h>

namespace qpair::ping {

// "ETIMEDOUT (Connection timed out)", for an errno of either sign.
std::string errno_words(int error);
// "rdma_connect: EINVAL (Invalid argument)".
std::string call_words(const char* call, int error);
// The event's name, and in words what its status says, if it says something.
std::string event_words(rdma_cm_event_type type, int status);

// How one qpair went down.
struct WayDown {
  double took_ms = 0, waited_ms = 0, lingered_ms = 0;
  std::string ended_by;      // what ended its wait; empty: there was none
  bool waited_out = false;   // it was the deadline
  bool lingered_out = false;
  std::string failed_call;   // a call of this teardown that failed; empty: none

  bool clean() const { return !waited_out && !lingered_out && failed_call.empty(); }
};
// One line for the number'th of them.
std::string way_down_line(std::size_t number, const WayDown& way);
// One line for all of them: how many, how many closed cleanly, what the others did, the slowest.
std::string summary_line(std::span<const WayDown> ways);

// What the client knows when it has polled once round. An event makes the channel's fd
// readable, a completion does not: the library has no completion channel.
struct Rest {
  bool progressed = false;         // something was handled: the next round may find more
  bool completion_may_come = false;
  std::uint64_t idle_us = 0;       // since something was last handled
  std::uint64_t now_ms = 0;
  std::uint64_t deadline_ms = 0;   // the next thing to do by the clock; 0: none
};
inline constexpr std::uint64_t spin_us = 500;  // for a completion, before it is looked for once a ms
inline constexpr int completion_ms = 1, longest_rest_ms = 100;
// The timeout for poll(2) on the channel's fd.
int rest_ms(const Rest& rest);

}  // namespace qpair::ping
