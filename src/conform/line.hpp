// The lines of a log: what was seen of connections while something else ran them.
//
// Purpose: one form for the two kinds of log that can be judged, the JSON lines that
// are recorded over a real kernel and qpcheck's own trace files.
// Ownership: plain values. Threads: no shared state.
// Invariants: lines stand in the order of the file; `number` is the line's own (of a
// trace file: of the step); the window [begin_us, end_us] holds the moment at which
// what the line tells took effect, by the clock of its side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/connection.hpp"

namespace qpcheck::conform {

enum class Kind : std::uint8_t {
  call,        // a call of the application returned
  event,       // rdma_get_cm_event returned it
  completion,  // a work completion was polled
  posted,      // work requests were posted
  qp_state,    // the queue pair was asked for its state
  signal,      // the side's process got a signal; `status` is its number
  trouble,     // the link, the network or the device was touched; `status`: a Trouble
  other,       // read, and not judged
};

// What a line of trouble tells.
enum class Trouble : std::uint8_t { any, link_down, device_removed };

struct Line {
  std::size_t number = 0;
  Kind kind = Kind::other;
  model::Side side = model::Side::host;
  int connection = -1;    // -1: all, or none
  std::int64_t begin_us = 0, end_us = 0;
  std::string name;       // the call; the event, without RDMA_CM_EVENT_; "send" or "recv"
  std::int64_t status = 0;  // of an event or completion; a call: what it returned; posted: how many
  int error = 0;          // errno of a call that failed
  bool told = true;       // false: what the call returned is not known
  std::int64_t request = -1;  // of a completion: the number of its work request; -1: not told
  std::string qp;         // the queue pair's state, if the line tells it
};

struct Log {
  std::string name;  // for messages
  model::Transport transport = model::Transport::ib;
  std::vector<Line> lines;
  bool timed = true;             // false: the windows tell the order and nothing else
  bool target_events = true;     // false: what the target's application fetches is not in the log
  bool target_calls = true;      // false: nor is what it calls
  bool reorders = false;         // datagrams of one direction changed places
  bool calls_fail = false;       // a call was made to fail for want of memory, or by the device
  bool events_lost = false;      // the kernel was made to have no memory for an event
  bool begins_established = false;  // connections were up before the first line
  bool begins_resolving = false;    // rdma_resolve_addr was called before the first line
};

// As a person reads it: "conn 0, host: DISCONNECTED (status 0)".
std::string words(const Line& line);

}  // namespace qpcheck::conform
