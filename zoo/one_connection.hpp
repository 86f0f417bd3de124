// A program with one connection and an event loop: what most of the zoo is made of.
//
// Purpose: connect, fetch and dispatch events, keep a deadline; a program of the zoo adds
// what it does about the end of its connection. It has two entry points: "poll", which
// fetches all events and looks at the deadline, and "request disconnect".
// Reports: handling and teardowns; waits and lingering, where the program has any.
// Ownership: see sim/program.hpp. Threads: one.
#pragma once

#include <initializer_list>

#include "sim/program.hpp"
#include "zoo/link.hpp"

namespace qpcheck::zoo {

inline constexpr sim::Reports one_connection_reports{.waits = true, .handling = true, .teardowns = true};

// What tells that a connection that was up has ended.
inline constexpr std::initializer_list<rdma_cm_event_type> end_events = {
    RDMA_CM_EVENT_DISCONNECTED, RDMA_CM_EVENT_REJECTED, RDMA_CM_EVENT_DEVICE_REMOVAL};
bool ends_connection(const rdma_cm_event& event);

class OneConnection : public sim::Program {
 public:
  explicit OneConnection(bool fixed) : fixed_(fixed) {}

  void start(std::uint64_t now_ms) override;
  std::span<const sim::Entry> entries() const override;
  bool offers(std::size_t entry) const override;
  void enter(std::size_t entry, std::uint64_t now_ms) override;
  bool connected() const override { return link_.state == Link::State::up; }
  bool connecting() const override { return link_.state == Link::State::connecting; }
  bool going_down() const override { return requested_ && !finished_; }
  std::uint64_t deadline_ms() const override { return deadline_ms_; }

 protected:
  virtual void* context() { return this; }  // what the id's context points to
  virtual void closed() {}                  // the id is destroyed: no event brings its context any more

  virtual void established() {}             // the connection is up, and ESTABLISHED acknowledged
  // What the program does when the connection is up. Here: notes its end, and finishes if it waits for that.
  virtual void handle(const rdma_cm_event& event, std::uint64_t now_ms);
  virtual void disconnect(std::uint64_t now_ms) = 0;      // the application asks for it, once, of what was up
  virtual void poll_work(std::uint64_t /*now_ms*/) {}     // at the end of every poll
  virtual void give_up(std::uint64_t now_ms);             // the deadline has come; here: finishes

  // Handles and acknowledges; a program whose bug lies there does it differently.
  virtual void take(rdma_cm_event* event, std::uint64_t now_ms);

  // A wait for the end of the connection, known to the properties.
  void wait_for(std::initializer_list<rdma_cm_event_type> events, std::uint64_t now_ms, std::uint64_t for_ms,
                const char* place);
  void end_wait(sim::report::Ends how);
  bool waiting() const { return waiting_; }

  // Waits for the flush of what was posted; the program says when that is over. Known to
  // the properties, as is that the deadline ended it.
  void linger(std::uint64_t now_ms, std::uint64_t for_ms);

  // All is released, and the teardown over, when the entry point returns: not earlier, since
  // a handler holds its event.
  void finish() { closing_ = true; }
  void finished();  // the teardown is over, as far as the program knows

  Device device_;
  Link link_;
  std::uint64_t deadline_ms_ = 0;
  bool fixed_;
  bool gone_ = false;  // the end of the connection was handled
  bool waiting_ = false;
  bool lingers_ = false;
  bool requested_ = false;
  bool closing_ = false;
  bool finished_ = false;

 private:
  void poll(std::uint64_t now_ms);
};

}  // namespace qpcheck::zoo
