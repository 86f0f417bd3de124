// A program under test that is not src/qpair: how code written against rdma-core's
// headers is put into a world.
//
// Purpose: what such code adds to be explored: which functions its event loop calls, and
// whether a teardown of its is under way. What no call of it shows (its waits, what it
// tells its application) it may report (sim/report.hpp); which of that it does decides
// which properties judge it.
// Ownership: made inside a step, so that all its memory is the world's; never deleted:
// the world is put back instead. It must keep all that it remembers in memory from
// `new` (no globals, no static variables).
// Threads: one; nothing is called while another of its functions runs.
// Invariants: only start() and enter() make calls or change anything.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/cm.hpp"
#include "model/fault.hpp"
#include "sim/report.hpp"

namespace qpcheck::sim {

// Where target 0 or 1 listens.
sockaddr_in target_socket(std::uint8_t target);

enum class EntryKind : std::uint8_t {
  poll,     // the event loop calls it sooner or later, again and again
  request,  // the application may ask for it, or never
};

struct Entry {
  const char* name;  // "poll", "poll admin", "request disconnect": begins with the kind
  EntryKind kind;
};

inline constexpr std::size_t max_entries = 4;

class Program {
 public:
  virtual ~Program() = default;

  virtual void start(std::uint64_t now_ms) = 0;  // makes what it needs, and begins to connect
  // Its entry points, the same always, in the order of their names.
  virtual std::span<const Entry> entries() const = 0;
  virtual bool offers(std::size_t entry) const = 0;  // may the event loop call it now?
  virtual void enter(std::size_t entry, std::uint64_t now_ms) = 0;

  // The number of the connection that an rdma_cm_id with this context belongs to.
  virtual report::Connection connection_of(const void* /*context*/) const { return 0; }
  virtual bool connected() const = 0;   // all that it connects at its start is connected
  virtual bool connecting() const { return false; }  // an attempt to connect has begun and not ended
  virtual bool going_down() const = 0;  // a teardown was requested and has not finished
  // The time at which a poll has something to give up on; 0: never.
  virtual std::uint64_t deadline_ms() const { return 0; }
};

// What a program reports, and so can be judged by.
struct Reports {
  bool waits = false;      // wait_begins, wait_ends
  bool handling = false;   // handled
  bool lingers = false;    // linger_begins, linger_timed_out
  bool teardowns = false;  // teardown_requested, teardown_finished
  bool telling = false;    // told_up, told_gone
  bool requests = false;   // accepted, completed
  bool life = false;       // moved
  bool returns = false;    // return_requested, return_ended: it means to come back
  bool messages = false;   // accepted, received: it means to have a receive posted for each answer
  bool answers = false;    // it means to answer a peer that disconnects: by rdma_disconnect, or rdma_destroy_id
  bool stops =
      false;  // it means to move its QP to the error state, or destroy it, as it handles the end of a connection
  bool gives_back = false; // it means to come back, and to hold no more memory then
  bool notices = false;    // it means to notice that its peer is dead, and tell: told_up, told_gone
};

struct ProgramInfo {
  std::string_view name;      // "awaits-twice"
  std::string_view sentence;  // what goes wrong
  std::string_view history;   // where, when, how it was fixed
  std::string_view link;
  Program* (*make)(bool fixed);
  Reports reports{};
  // The configuration that shows the bug.
  model::Transport transport = model::Transport::ib;
  model::Budget faults{};
  std::uint8_t devices = 1;      // of the host; with 2, the second target is reached by the second
  bool from_connecting = false;  // else it starts when all is connected
  std::string_view caught_by{};  // the property that finds the bug
};

}  // namespace qpcheck::sim
