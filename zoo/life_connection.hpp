// One connection that keeps, and reports, the state of its life cycle.
//
// Purpose: for programs whose bug is a move that the life cycle of a qpair
// (model/qpair_life.hpp) does not know. Makes all the usual moves; a program of the zoo
// changes what becomes of an attempt that fails, or of one that succeeds.
// Reports: waits, handling, teardowns and its life. Ownership: see sim/program.hpp.
// Threads: one.
#pragma once

#include "zoo/one_connection.hpp"

namespace qpcheck::zoo {

inline constexpr sim::Reports life_connection_reports{.waits = true, .handling = true, .teardowns = true, .life = true};

class LifeConnection : public OneConnection {
 public:
  using OneConnection::OneConnection;

  void start(std::uint64_t now_ms) override;
  void enter(std::size_t entry, std::uint64_t now_ms) override;

 protected:
  using Life = model::Life;

  virtual void attempt_fails(const rdma_cm_event& /*event*/) { move_to(Life::failed); }
  virtual void attempt_succeeds() { move_to(Life::connected); }

  void connect();
  void move_to(Life life);
  Life life() const { return life_; }

  void take(rdma_cm_event* event, std::uint64_t now_ms) override;
  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override;
  void disconnect(std::uint64_t now_ms) override;

 private:
  void progress(const rdma_cm_event& event);

  Life life_ = Life::idle;
};

}  // namespace qpcheck::zoo
