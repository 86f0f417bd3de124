// A program with an admin and an I/O connection on one event channel.
//
// Purpose: what controllers of this kind have in common: whoever fetches an event may
// not be the one it is for, so it is parked until its own connection is polled, in that
// one's slot, or in a pending list while the slot is taken. Entry points: "poll admin",
// "poll io", and "request disconnect io", which tears the I/O connection down.
// Reports: handling and teardowns, and the waits of the I/O connection.
// Ownership: see sim/program.hpp. Threads: one.
#pragma once

#include <array>

#include "sim/program.hpp"
#include "zoo/link.hpp"

namespace qpcheck::zoo {

inline constexpr sim::Reports controller_reports{.waits = true, .handling = true, .teardowns = true};

class Controller : public sim::Program {
 public:
  explicit Controller(bool fixed) : fixed_(fixed) {}

  void start(std::uint64_t now_ms) override;
  std::span<const sim::Entry> entries() const override;
  bool offers(std::size_t entry) const override;
  void enter(std::size_t entry, std::uint64_t now_ms) override;
  sim::report::Connection connection_of(const void* context) const override { return context == &io_ ? 1 : 0; }
  bool connected() const override { return admin_.connected && io_.connected; }
  bool connecting() const override {
    return admin_.link.state == Link::State::connecting || io_.link.state == Link::State::connecting;
  }
  bool going_down() const override { return requested_ && !io_.finished; }
  std::uint64_t deadline_ms() const override { return io_.finished ? 0 : io_.deadline_ms; }

 protected:
  static constexpr std::size_t pending_events = 2;

  struct Qpair {
    sim::report::Connection number;
    Link link{};
    rdma_cm_event* slot = nullptr;  // fetched for it, and not handled yet
    std::uint64_t deadline_ms = 0;
    bool connected = false, waiting = false, finished = false;
  };

  virtual void poll_admin(std::uint64_t now_ms);
  virtual void poll_io(std::uint64_t now_ms);
  virtual void disconnect_io(std::uint64_t now_ms);  // the application asks for it, once

  virtual void established(Qpair&) {}
  virtual void gone(Qpair&) {}     // DISCONNECTED, or what else proves it, is being handled
  virtual void qp_destroyed() {}   // of the I/O connection; its id is about to be

  void fetch();                   // all that the channel holds and there is a place for
  void handle_parked(Qpair&);
  void await_end(std::uint64_t now_ms);  // of the I/O connection, after rdma_disconnect
  void give_up_late(std::uint64_t now_ms);
  void finish() { closing_ = true; }  // the I/O connection is released when the entry point returns

  // The pending list is full only for so long: what is not fetched stays in the channel.
  virtual bool has_place() const { return pending_ < pending_events; }
  virtual void park(rdma_cm_event* event);

  Device device_;
  Qpair admin_{.number = 0}, io_{.number = 1};
  std::array<rdma_cm_event*, pending_events> pending_list_{};
  std::size_t pending_ = 0;
  bool fixed_;
  bool requested_ = false;

 private:
  void handle(Qpair&, const rdma_cm_event&);
  void take_next(Qpair&);
  void end_wait(sim::report::Ends how);
  void release();

  bool closing_ = false;
};

}  // namespace qpcheck::zoo
