// Every state that one connection can reach: a small exhaustive closure.
//
// Purpose: sentences of the contract ("at most one DISCONNECTED per id") are tested over
// all states and steps, not over chosen stories. The host calls whatever it likes whenever
// it likes; the environment takes every step it may, and spends the faults of a budget.
// The library's part is small: what rdma_get_cm_event and rdma_disconnect do to an id
// that has a queue pair (rdma-core, librdmacm/cma.c). The target is either its
// application as the simulator has it, or free: then it calls whatever it likes, too.
// Ownership: a Walk owns its moments; edges point into it. Threads: none.
// Invariants: a Walk is a function of its Setting; moments stand in the order in which
// they were found, breadth first.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/fault.hpp"

namespace qpcheck::model::test {

enum class Target : std::uint8_t { application, free };
// Fixed: there is one that takes every request, or none, for the whole run. Moves: its
// backlog may be full, and it may be destroyed.
enum class Listener : std::uint8_t { fixed, moves };

struct Setting {
  Transport transport = Transport::ib;
  Budget budget;
  Target target = Target::application;
  Listener listener = Listener::fixed;
};
// One fault of any kind within the contract.
Setting any_single_fault(Transport transport, Target target = Target::application);
Setting with(Transport transport, std::initializer_list<Fault> faults, Target target = Target::application);
Setting with_moving_listener(Transport transport, Target target = Target::application);

struct Told {
  Event event = Event::none;
  std::int8_t status = 0;
};

// What one id was told so far.
struct History {
  std::array<std::uint8_t, event_count> times{};  // 2: more than once
  bool has(Event event) const { return times[static_cast<std::size_t>(event)] > 0; }
  void add(Event event);
};

struct Moment {
  static constexpr std::size_t queue_capacity = 6;

  Connection connection;
  Budget left;
  History told;         // the host's id, by what its application fetched
  History lost;         // what was raised for the host's id, and lost for want of memory
  History target_told;  // the target's id, by what it may fetch: only where the target is free
  std::array<Told, queue_capacity> queue{};  // of the host's id, not fetched yet
  std::uint8_t queued = 0;
  bool destroyed = false;      // rdma_destroy_id of the host returned
  bool qp_error = false;       // librdmacm has moved the host's queue pair to ERR
  bool connect_error = false;  // librdmacm told CONNECT_ERROR, and swallows what follows
  bool accepted = false;       // the target's rdma_accept returned 0: its kernel knows the id's uid
  bool gave_up = false;        // a retransmission was given up
  bool disconnected = false;   // rdma_disconnect of the host returned 0
};

enum class Act : std::uint8_t {
  resolve_addr,
  resolve_route,
  connect,
  disconnect,
  notify,
  reject,
  destroy,  // calls of the host
  fetch,
  target_accept,
  target_reject,
  target_disconnect,
  target_notify,
  target_destroy,  // of a free target
  environment,
  fault,
  change_address,
  no_memory,   // no_memory: rdma_disconnect cannot post
  event_lost,  // nor has the kernel any for the event that it raised last
  stale_at_host,
  stale_detected,
  target_stale_detected,  // an older connection holds the peer's QPN
  qp_fails,
  target_qp_fails,  // iWARP: the provider ends it
  deliver_to_target,
  target_gives_up,
  target_timewait_over,
  target_established,
  target_closes,  // of a free target's kernel
  backlog_drains,
  destroy_listener,  // of a listener that moves
};

struct Move {
  Act act{};
  EnvStep step{};  // of the environment
  Fault fault{};
  Side towards{};
};
std::string name_of(const Move& move);

struct Edge {
  const Moment& from;
  const Moment& to;
  Move move;
  Told queued;    // what the step queued for the host's id
  Told fetched;   // what a fetch handed to the host's application
  Told at_target;  // what a free target's id was told
  int error;      // of a call
  bool blocks;    // the call cannot return
};

class Walk {
 public:
  explicit Walk(const Setting& setting);
  std::size_t size() const { return moments_.size(); }
  void each(const std::function<void(const Edge&)>& see) const;
  // The shortest run in which an edge for each of `wanted` comes, in this order; its steps,
  // a line each. Empty: there is none.
  using Wanted = std::function<bool(const Edge&)>;
  std::string run_through(const std::vector<Wanted>& wanted) const;

 private:
  struct Step {
    std::uint32_t from, to;
    Move move;
    Told queued, fetched, at_target;
    int error;
    bool blocks;
  };
  Edge edge(const Step& step) const;
  std::string line_of(const Step& step) const;

  std::vector<Moment> moments_;
  std::vector<Step> steps_;                // by the moment that they lead from
  std::vector<std::uint32_t> first_step_;  // of each moment, and one behind the last
};

// The walk of a setting; made once in a process.
const Walk& walk(const Setting& setting);

// Sentences that an edge may break, with the first edge that breaks each.
class Sentences {
 public:
  void require(const char* sentence, bool holds, const Edge& edge);
  std::string broken() const;

 private:
  std::map<std::string, std::string> broken_;
};

// Fair choices only, until none is left: what happens by itself. What the host is told on the way.
std::vector<Event> settle(Connection& connection);

}  // namespace qpcheck::model::test
