// What nobody saw: the hidden state behind the lines of one connection number.
//
// Purpose: the two kernels' ends and the wire between them (model::Connection, moved
// by its tables alone), and above each end what ucma and librdmacm keep for an id:
// whether it is alive, the events that wait to be fetched, the queue pair's error.
// One number of a log may stand for several ids over time, and the target may have
// two at once; each attempt is a Pair.
// Ownership: plain values. Threads: no shared state.
// Invariants: key() is the identity; a Pair of which nothing can be seen any more is
// dropped; times are the earliest possible ones, so an equal state with an earlier
// time allows more.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "conform/evidence.hpp"
#include "model/connection.hpp"

namespace qpcheck::conform {

// A time by which every limit has passed already.
inline constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min() / 4;

struct Queued {
  model::Event event = model::Event::none;
  std::int16_t status = 0;
};

struct Id {
  static constexpr std::size_t capacity = 8;

  bool alive = false;          // created or requested, and not destroyed
  bool known = false;          // the kernel delivers its events: on the target, from rdma_accept on
  bool requested = false;      // target: CONNECT_REQUEST was fetched
  bool address_known = false;  // host: ADDR_RESOLVED was fetched, so the id has a device
  bool connect_error = false;  // librdmacm swallows REJECTED and DISCONNECTED from now on
  bool has_qp = false;         // rdma_create_qp made one, as far as the log shows
  bool qp_error = false;       // the queue pair was moved to ERR
  bool qp_gone = false;        // and destroyed
  std::uint8_t count = 0;
  std::array<Queued, capacity> queue{};  // raised, not fetched

  void push(model::Raised raised);
  void pop();
};

struct Pair {
  model::Connection connection;
  std::array<Id, 2> ids;
  std::array<std::int64_t, 2> timewait_since{}, repeats_since{};  // 0 unless the end is in such a state

  Id& id(model::Side side) { return ids[static_cast<std::size_t>(side)]; }
  const Id& id(model::Side side) const { return ids[static_cast<std::size_t>(side)]; }
};

struct Moment;

struct State {
  std::vector<Pair> pairs;
  std::array<bool, 2> removed{};  // that side's device
  std::int64_t not_before = long_ago;  // the step that was taken last cannot have come earlier

  std::string key() const;
  Pair* of_host();  // whose id the host holds; null: it holds none
  void forget_dead();
  void forget_times(const Moment& moment);  // those that forbid nothing any more
};

// When a step is taken, and what is known besides: where the search stands in the log.
struct Moment {
  const Log* log = nullptr;
  const Evidence* evidence = nullptr;
  std::array<std::int64_t, 2> earliest{};  // by each side's clock
  std::array<std::int64_t, 2> latest{};    // the side's next line, or the log's end
  std::array<bool, 2> last{};              // the side has no further line about this connection
  bool first = false;                      // nothing of the host's was seen yet
  bool sends_posted = false;               // a send was posted on this connection before

  std::int64_t earliest_at_all() const { return earliest[0] < earliest[1] ? earliest[0] : earliest[1]; }
  bool passed(model::Side side, std::int64_t since, std::int64_t at_least) const {
    return !log->timed || latest[static_cast<std::size_t>(side)] - since >= at_least;
  }
};

// One input reaches one end; what it raises is queued; times are noted. False: the call
// blocks, or the wire has no room, and nothing was changed.
bool step(Pair& pair, model::Side side, model::Input input, std::uint8_t reason, const Moment& moment,
          int* error = nullptr);
// The wire has room for what one input may post.
bool has_room(const model::Connection& connection);
// rdma_destroy_id, or the end of the process: what was not fetched is purged.
bool destroy(Pair& pair, model::Side side, const Moment& moment);
// After anything that changed `connection` beside step(): its times.
void note_times(const Pair& before, Pair& after, const Moment& moment);
void raise(Pair& pair, model::Side side, model::Raised raised, const Moment& moment);

// Measured on Linux 6.1 and 6.12: answers are given up after 70 to 102 s, timewait lasts
// 0.5 to 2.3 s, and a kernel repeats after 4 s. Half of the least, or a little less.
inline constexpr std::int64_t least_give_up_us = 30'000'000, least_timewait_us = 400'000, least_repeat_us = 2'000'000;
inline constexpr std::int64_t least_iwarp_give_up_us = 5'000'000;  // siw waits 10 s for an MPA reply

// `created`: the log shows how the connection's id came to be.
State initial_state(const Log& log, bool created);

}  // namespace qpcheck::conform
