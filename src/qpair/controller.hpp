// A controller: one event channel, one completion queue or one per qpair, and the qpairs on them.
//
// Purpose: fetch events for all qpairs, and take all of them up or down in order.
// Ownership: owns its qpairs, its rdma_event_channel, PD, CQs and the buffers.
// Threads: one thread polls a controller and its qpairs, and none of it waits for an event.
// But on iWARP the kernel itself may hold that thread: rdma_connect while TCP looks for the
// peer (18 s to two minutes were seen, under loss). No qpair moves then; time goes on, and
// what is due is done with the next poll, after all that came meanwhile. (rdma_destroy_qp
// would hold it while the kernel is connecting: see Qpair, invariant 6.)
// Invariants: (1) only poll() fetches events; each goes to its qpair's slot, or,
// in order, to a bounded list while the slot is taken; when the list is full
// nothing is fetched, and nothing is ever dropped; (2) qpairs are connected in
// the order 0, 1, … and taken down in the order …, 1, 0, one at a time: a shutdown
// takes one disconnect_timeout_ms for each qpair whose peer does not answer; (3) a wait
// lasts as long as it says, counted from when it begins: after the calls that lead to it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "qpair/qpair.hpp"

namespace qpair {

// What the controller as a whole is doing.
enum class Procedure : std::uint8_t { none, connect, shutdown, reset, failover };

class Controller {
 public:
  // Throws std::system_error if no event channel can be made.
  explicit Controller(const Options& options, Observer* observer = nullptr, Application* application = nullptr);
  // REQUIRES every qpair finished().
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  std::uint32_t size() const { return static_cast<std::uint32_t>(qpairs_.size()); }
  Qpair& at(std::uint32_t number) { return *qpairs_[number]; }
  const Qpair& at(std::uint32_t number) const { return *qpairs_[number]; }
  const Options& options() const { return options_; }
  int event_fd() const { return channel_->fd; }

  // Each starts a procedure that poll() carries on. REQUIRES !busy(), and for
  // connect() that every qpair is finished(). After a failed connect() some may be
  // up: shutdown() comes before the next attempt.
  void connect(std::uint64_t now_ms);   // all qpairs, along the path of the last time (at first: the first)
  void shutdown(std::uint64_t now_ms);  // all qpairs down
  void reset(std::uint64_t now_ms);     // down, and up again along the same path
  void failover(std::uint64_t now_ms);  // down, and up again along the other path

  bool busy() const { return procedure_ != Procedure::none; }
  Procedure procedure() const { return procedure_; }
  // The last procedure did what was asked (connect, reset, failover: all connected).
  bool succeeded() const { return succeeded_; }

  // Fetch and park events, then carry the procedure on. Poll every unfinished qpair
  // besides: events of one that is never polled fill the list, and then nothing is fetched.
  void poll(std::uint64_t now_ms);

  // All that decides what the controller and its qpairs do next, without addresses, times
  // relative to now: for a checker, or for a log. Each returns the bytes written. What is
  // one qpair's alone, in which its number does not occur,
  std::size_t describe_qpair(std::span<std::uint8_t> out, std::uint32_t number, std::uint64_t now_ms) const;
  // and the rest, in which each qpair is called by another number: numbers[its own].
  std::size_t describe_controller(std::span<std::uint8_t> out, std::span<const std::uint8_t> numbers) const;

 private:
  friend class Qpair;

  void fetch_events();
  void park(rdma_cm_event* event);
  void unpark_pending();
  rdma_cm_event* take_pending(const Qpair& qpair);  // null: none is held for it
  ibv_cq*& cq_of(std::uint32_t number) { return cqs_[cqs_.size() == 1 ? 0 : number]; }
  void poll_completions(std::uint32_t number);
  int prepare_device(Qpair& qpair);
  int create_cqs(Qpair& qpair);
  int release_device();
  void start(Procedure procedure);
  void carry_on(std::uint64_t now_ms);
  void carry_on_down(std::uint64_t now_ms);
  void carry_on_up(std::uint64_t now_ms);
  bool all_connected() const;
  void finish(bool succeeded);

  Options options_;
  Observer& observer_;
  Application& application_;
  rdma_event_channel* channel_ = nullptr;
  ibv_pd* pd_ = nullptr;
  ibv_mr* mr_ = nullptr;
  std::vector<ibv_cq*> cqs_;  // one, or one per qpair; null: not made
  std::vector<std::byte> buffers_;
  std::vector<rdma_cm_event*> pending_;
  std::vector<std::unique_ptr<Qpair>> qpairs_;
  std::uint8_t path_ = 0;
  std::uint8_t next_ = 0;  // qpairs still to be done by the procedure's phase
  Procedure procedure_ = Procedure::none;
  bool going_up_ = false;
  bool attempted_ = false;  // going up: qpair next_ has been told to connect
  bool failing_ = false;  // taking all down after a failed attempt to come back
  bool succeeded_ = false;
};

}  // namespace qpair
