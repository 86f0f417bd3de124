// A small pure model of a controller and its qpairs, for state-machine tests.
//
// Purpose: what a user of the library may rely on, in plain values: the life of each
// qpair, its flag and deadline, what send() returns, how a procedure goes on. The
// environment of a qpair acts in one go ("let run"), so that a state here is a few words.
// For the teardown `settled`, on InfiniBand; one target, which may be killed.
// Ownership: plain values. Threads: none.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "qpair/controller.hpp"

namespace qpcheck::test {

using qpair::Life;
using qpair::Procedure;

enum class News : std::uint8_t { address, route, established, rejected, disconnected };
// What the kernels are about for a qpair's id.
enum class Link : std::uint8_t {
  none, address, route, requested,
  answered,   // the target has accepted; whoever fetches that sends the RTU
  confirmed,  // the RTU is under way
  up, over,
};

struct Requests {
  std::uint32_t posted = 0, completed = 0;  // in the queue; in the CQ, not polled
  std::uint32_t succeeded = 0;              // of those completed
  std::uint32_t all() const { return posted + completed; }
};

struct QpairModel {
  Life life = Life::idle;
  bool connected = false, was_established = false, gone = false;
  std::uint64_t deadline_ms = 0;
  std::optional<News> slot;       // parked
  std::deque<News> held, queued;  // fetched behind it; in the channel
  Link link = Link::none;
  bool has_qp = false, in_error = false, asked_to_disconnect = false;
  Requests sends, receives;
  std::uint32_t connects_left = 3;  // the simulator remembers so many ids

  bool finished() const { return life == Life::idle || life == Life::closed; }
  bool attempting() const {
    return life == Life::resolving_address || life == Life::resolving_route || life == Life::connecting;
  }
  bool quiet() const { return sends.all() == 0 && receives.all() == 0; }
  bool can_go_down() const { return !finished() && life != Life::disconnecting && life != Life::lingering; }
};

struct MachineModel {
  explicit MachineModel(const qpair::Options& made) : options(made), qpairs(made.qpairs) {}

  qpair::Options options;
  std::uint64_t now_ms = 0;
  bool killed = false;
  std::vector<QpairModel> qpairs;
  Procedure procedure = Procedure::none;
  bool succeeded = false, going_up = false, attempted = false, failing = false;
  std::uint32_t next = 0;

  bool busy() const { return procedure != Procedure::none; }
  bool all_finished() const;
  std::uint64_t next_deadline_ms() const;  // later than now; 0: none

  void become_connected();  // all qpairs, by the controller; nothing is under way

  // The application's entry points.
  void connect(std::uint32_t number);
  void disconnect(std::uint32_t number);
  int send(std::uint32_t number, std::size_t bytes);
  void poll(std::uint32_t number);
  void poll_controller();
  void start(Procedure wanted);

  // The environment.
  void kill() { killed = true; }
  void let_run(std::uint32_t number);  // all that must happen for this qpair
  void advance_to(std::uint64_t ms) { now_ms = ms; }

 private:
  void set_deadline(QpairModel& qpair, std::uint64_t timeout_ms);
  void fetch();
  void handle_all(QpairModel& qpair);
  News fetched(QpairModel& qpair, News news);
  void handle(QpairModel& qpair, News news);
  void handle_slot(QpairModel& qpair);
  void take_completions(QpairModel& qpair);
  void linger(QpairModel& qpair);
  void close(QpairModel& qpair);
  void carry_on();
  void carry_on_down();
  void carry_on_up();
  void finish(bool well) { procedure = Procedure::none, succeeded = well; }
};

}  // namespace qpcheck::test
