// One queue pair of a Controller: its connection, its messages, its teardown.
//
// Purpose: connect, exchange messages, disconnect without hanging.
// Ownership: made and owned by a Controller; owns its rdma_cm_id, its QP, the
// event parked in its slot, and its message buffers.
// Threads: one thread for a controller and all its qpairs. Nothing here waits for an
// event, but a call into the kernel may take its time: see Controller.
// Invariants: (1) an event fetched for this qpair is acknowledged exactly once,
// after it was handled; (2) the QP is in the error state before lingering
// begins; (3) nothing waits for DISCONNECTED before ESTABLISHED was handled;
// (4) entry points take the time, in ms of one steady clock; how long their own calls take
// is measured, on the way up and down only (stopwatch.hpp);
// (5) a linger ends when every request is flushed, and where the device owes no flush,
// with the next poll: what was not flushed by then is reported as flushed once its QP
// is destroyed; (6) on iWARP no QP is destroyed while the kernel is still connecting it: a
// qpair that goes down lingers until that attempt is over, 11 s at the most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "qpair/observer.hpp"
#include "qpair/options.hpp"

namespace qpair {

class Controller;
class Description;

class Qpair {
 public:
  Qpair(Controller& controller, std::uint32_t number);
  ~Qpair();
  Qpair(const Qpair&) = delete;
  Qpair& operator=(const Qpair&) = delete;

  std::uint32_t number() const { return number_; }
  Life life() const { return life_; }
  // ESTABLISHED was handled and the end of the connection was not.
  bool connected() const { return connected_; }
  bool finished() const { return life_ == Life::idle || life_ == Life::closed; }
  rdma_cm_id* id() const { return id_; }
  // The time at which poll() has something to give up on; 0: never.
  std::uint64_t deadline_ms() const { return deadline_ms_; }

  // Start to connect along a path (0 or 1). REQUIRES finished(). 0 or -errno.
  int connect(std::size_t path, std::uint64_t now_ms);
  // Send one message of at most message_bytes. 0, -ENOTCONN, -EMSGSIZE, -EBUSY
  // (queue_depth messages are under way), or the errno with which ibv_post_send failed, or
  // ibv_post_recv: no message is sent whose answer would find no receive.
  int send(std::span<const std::byte> message, std::uint64_t tag);
  // Start to go down. REQUIRES not finished() and no disconnect under way.
  void disconnect(std::uint64_t now_ms);
  // Handle completions and the parked event, give up where a deadline has come.
  void poll(std::uint64_t now_ms);

  // Of the wr_id of a qpair's work requests, the bits that say which qpair it is: for a checker.
  static constexpr std::uint64_t number_in_wr_id = 0x7fff'ffff'ffff'0000;

 private:
  friend class Controller;  // parks events, hands over completions

  void describe(Description& to, std::uint64_t now_ms) const;
  bool slot_free() const { return parked_ == nullptr; }
  void park(rdma_cm_event* event) { parked_ = event; }
  void complete(const ibv_wc& completion);

  // connecting (connect.cpp)
  void address_resolved(std::uint64_t now_ms);
  void route_resolved(std::uint64_t now_ms);
  void established(std::uint64_t now_ms);
  void connect_failed();
  void refused_as_stale(std::uint64_t now_ms);
  void time_to_try_again(std::uint64_t now_ms);
  void connect_again(std::uint64_t now_ms);
  int begin_connecting(std::uint64_t now_ms);
  bool connecting() const;
  bool attempting() const { return connecting() || life_ == Life::stale; }
  int create_queue_pair();

  // messages (messages.cpp)
  int post_receive(std::uint32_t slot);
  int post_missing_receives();
  std::uint64_t request_id(std::uint32_t slot) const;
  static std::uint32_t number_of(const ibv_wc& completion);
  void give_up_requests();
  std::byte* buffer(std::uint32_t slot) const;
  bool quiet() const { return sends_posted_ == 0 && receives_posted_ == 0; }
  bool flush_will_come() const;

  // events (events.cpp)
  void handle_parked_event(std::uint64_t now_ms);
  void handle(const rdma_cm_event& event, std::uint64_t now_ms);
  void connection_gone(rdma_cm_event_type proof, std::uint64_t now_ms);
  void set_connected(bool connected);
  void tell_news();
  void tell_gone();
  void move_to(Life life);
  int checked(const char* call, int result);
  void wait_for(EventMask events, std::uint64_t deadline_ms, const char* place);
  void end_wait(WaitEnd how);

  // going down (teardown.cpp)
  void disconnect_always_wait(std::uint64_t now_ms);
  void disconnect_connected_flag(std::uint64_t now_ms);
  void disconnect_settled(std::uint64_t now_ms);
  void arm_disconnect_wait(std::uint64_t now_ms);
  void move_queue_pair_to_error();
  void linger(std::uint64_t now_ms);
  void release();
  void close();
  bool due(std::uint64_t now_ms) const { return deadline_ms_ != 0 && now_ms >= deadline_ms_; }
  void look_once_more(std::uint64_t now_ms);
  void give_up_at_deadline(std::uint64_t now_ms);

  Controller& controller_;
  rdma_cm_id* id_ = nullptr;
  rdma_cm_event* parked_ = nullptr;  // the one-event slot: fetched, not handled
  std::uint64_t deadline_ms_ = 0;
  EventMask waiting_for_ = 0;
  std::uint32_t number_;
  std::uint32_t sends_posted_ = 0;     // bit per message under way
  std::uint32_t receives_posted_ = 0;  // bit per receive posted
  std::uint32_t receives_missing_ = 0; // bit per receive that could not be posted again
  Life life_ = Life::idle;
  bool connected_ = false;
  bool was_established_ = false;  // this id handled ESTABLISHED
  bool gone_ = false;             // this id handled a proof that the connection is gone
  bool told_up_ = false;          // the application was told up(), and not yet gone()
  bool in_error_ = false;         // the QP was moved to the error state
  bool flush_overdue_ = false;    // stale: the time to try again has come, the QP is not flushed
  bool device_removed_ = false;   // this id was told that its device goes
  bool attempt_open_ = false;     // iWARP: rdma_connect was called, and how that ended is not known
  std::uint8_t stale_retries_left_ = 0;
  std::uint8_t path_ = 0;         // of the attempt under way
  std::vector<std::uint64_t> tags_;
};

}  // namespace qpair
