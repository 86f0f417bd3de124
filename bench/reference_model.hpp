// The reference model: N qpairs being torn down over one event channel.
//
// The same transition system as reference/teardown.pml (spin), teardown.m (rumur) and
// ref.cpp, written as a Model; the exact numbers of its states are in
// reference/README.md. It knows nothing of the simulator: it measures the engine and
// tests it. Every rule below is one atomic step; rules are emitted in the order of
// ref.cpp.
//
// A state is two words on purpose: one for what is shared, one for all qpairs (20 bits
// each). Steps change copies of their parts and put these together again, so all of it
// stays in registers. Event queues are nibbles, the oldest lowest; no event is 0, so a
// queue's length follows from its highest nibble in use.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "search/hash.hpp"
#include "search/model.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"   // every assignment to a bit field narrows

namespace qpcheck::bench {

enum class Teardown {
  legacy,    ///< always waits
  flag,      ///< asks the connected flag; arming the wait handles the parked event
  recheck,   ///< asks the flag once more after that
  fixed,     ///< also ignores an ESTABLISHED that comes after DISCONNECTED
};

/// At most `Faults` drops and as many swaps of neighbours in the channel, and one kill.
template <unsigned Qpairs, unsigned Faults, Teardown Variant, unsigned WorkRequests = 2>
struct ReferenceModel {
  static_assert(Qpairs >= 1 && Qpairs <= 3, "the queues of more qpairs do not fit one word");
  static_assert(Faults <= 15 && WorkRequests <= 3);

  enum Event : std::uint32_t { none, established, disconnected, timewait };
  enum Life : std::uint32_t { init, connecting, running, deciding, arming, waiting_starts, waiting, lingering, exited };
  enum Kernel : std::uint32_t { idle, connect, connection, dreq_sent, disconnect_seen, in_timewait, done };
  static constexpr std::uint8_t awaited_twice = 1;   ///< waits again, or for what it has already seen

  struct Qpair {
    std::uint32_t life : 4;
    std::uint32_t kernel : 3;
    std::uint32_t parked : 2;     ///< event in the one-event slot
    std::uint32_t expected : 2;   ///< event the qpair waits for
    std::uint32_t work : 2;       ///< work requests not yet flushed
    std::uint32_t waits : 2;      ///< how often it waited for DISCONNECTED
    std::uint32_t connected : 1;
    std::uint32_t failed : 1;
    std::uint32_t seen : 1;       ///< handled DISCONNECTED
    std::uint32_t timed_out : 1;
    std::uint32_t : 13;
  };
  struct Shared {
    std::uint64_t channel : 36;   ///< events not yet fetched
    std::uint64_t pending : 12;   ///< events fetched while the slot was taken
    std::uint64_t killed : 1;
    std::uint64_t drops : 4;
    std::uint64_t swaps : 4;
    std::uint64_t : 7;
  };
  struct State {
    Shared shared;
    std::uint64_t qpairs;
  };

  static Qpair qpair(const State& state, unsigned i) {
    return std::bit_cast<Qpair>(static_cast<std::uint32_t>(state.qpairs >> (qpair_bits * i)) & qpair_mask);
  }

  static constexpr bool unit_cost = true;
  static constexpr bool liveness = false;
  static std::size_t stored_bytes(const State&) { return sizeof(State); }
  static std::uint64_t fingerprint(const State& state) { return search::hash_object(state); }

  template <class Emit>
  static void initial(Emit&& emit) {
    emit(std::bit_cast<State>(std::array<std::uint64_t, 2>{}));
  }

  template <class Emit>
  static void successors(const State& state, Emit&& emit) {
    for (unsigned i = 0; i < Qpairs; ++i) {
      qpair_steps(state, i, emit);
      kernel_steps(state, i, emit);
    }
    poller_steps(state, emit);
    fault_steps(state, emit);
  }

private:
  static constexpr unsigned qpair_bits = 20;
  static constexpr std::uint32_t qpair_mask = (1U << qpair_bits) - 1;

  static std::uint64_t with_qpair(std::uint64_t qpairs, unsigned i, Qpair q) {
    const std::uint64_t there = std::uint64_t{qpair_mask} << (qpair_bits * i);
    return (qpairs & ~there) | std::uint64_t{std::bit_cast<std::uint32_t>(q)} << (qpair_bits * i);
  }

  // Events of a queue are named by their qpair and kind.
  static std::uint64_t code(unsigned qpair, Event event) { return qpair * 4 + event; }
  static unsigned qpair_of(std::uint64_t code) { return static_cast<unsigned>(code >> 2); }
  static std::uint32_t event_of(std::uint64_t code) { return static_cast<std::uint32_t>(code & 3); }

  static unsigned length(std::uint64_t queue) { return static_cast<unsigned>(std::bit_width(queue) + 3) / 4; }
  static std::uint64_t at(std::uint64_t queue, unsigned i) { return (queue >> (4 * i)) & 15; }
  static std::uint64_t appended(std::uint64_t queue, std::uint64_t code) { return queue | code << (4 * length(queue)); }
  static std::uint64_t without(std::uint64_t queue, unsigned i) {
    const std::uint64_t before = (std::uint64_t{1} << (4 * i)) - 1;
    return (queue & before) | ((queue >> 4) & ~before);
  }
  static bool contains(std::uint64_t queue, std::uint64_t code) {
    for (; queue != 0; queue >>= 4) {
      if ((queue & 15) == code) return true;
    }
    return false;
  }
  static bool concerns(std::uint64_t queue, unsigned qpair) {
    for (; queue != 0; queue >>= 4) {
      if (qpair_of(queue & 15) == qpair) return true;
    }
    return false;
  }
  static bool on_its_way(const State& s, unsigned qpair, Event event) {
    return contains(s.shared.channel, code(qpair, event)) || contains(s.shared.pending, code(qpair, event));
  }

  /// Emits the state after `change(what is shared, qpair i)`.
  template <class Emit, class Change>
  static void step(const State& state, unsigned i, Emit& emit, Change change) {
    Shared shared = state.shared;
    Qpair q = qpair(state, i);
    const std::uint8_t violation = change(shared, q);
    emit(search::Edge{.violation = violation}, State{shared, with_qpair(state.qpairs, i, q)});
  }

  static void handle_parked(Qpair& q) {
    if (q.parked == established) {
      if (Variant != Teardown::fixed || !q.failed) {
        q.connected = 1;
        if (q.life == connecting) q.life = running, q.expected = none;
      }
    } else if (q.parked == disconnected) {
      q.connected = 0;
      q.failed = 1;
      q.seen = 1;
      if (q.life == waiting) q.life = lingering, q.expected = none;
    }
    q.parked = none;
  }

  /// Decides whether rdma_disconnect is called, and what comes next.
  static void decide(Qpair& q) {
    if (Variant == Teardown::legacy) {
      if (q.kernel == connection) q.kernel = dreq_sent;
      else if (q.kernel == connect) q.kernel = done;
      q.life = arming;
    } else if (!q.connected) {
      q.life = lingering;
    } else {
      if (q.kernel == connection) q.kernel = dreq_sent;
      q.life = arming;
    }
  }

  static std::uint8_t start_waiting(Qpair& q) {
    if (Variant >= Teardown::recheck && !q.connected) {
      q.life = lingering;
      return 0;
    }
    const std::uint8_t violation = q.waits != 0 || q.seen ? awaited_twice : 0;
    ++q.waits;
    q.expected = disconnected;
    q.life = waiting;
    return violation;
  }

  template <class Emit>
  static void qpair_steps(const State& s, unsigned i, Emit& emit) {
    const Qpair q = qpair(s, i);
    switch (q.life) {
      case init:
        step(s, i, emit,
             [](Shared&, Qpair& n) { return n.life = connecting, n.kernel = connect, n.expected = established, 0; });
        step(s, i, emit, [](Shared&, Qpair& n) { return n.life = deciding, 0; });
        break;
      case connecting:
      case running:
        if (q.parked != none) step(s, i, emit, [](Shared&, Qpair& n) { return handle_parked(n), 0; });
        step(s, i, emit, [](Shared&, Qpair& n) { return n.life = deciding, n.expected = none, 0; });
        if (q.life == connecting && q.parked != established && q.kernel != connect && !on_its_way(s, i, established)) {
          step(s, i, emit, [](Shared&, Qpair& n) { return n.life = deciding, n.expected = none, n.timed_out = 1, 0; });
        }
        if (q.life == running && q.work < WorkRequests && q.kernel == connection) {
          step(s, i, emit, [](Shared&, Qpair& n) { return ++n.work, 0; });
        }
        break;
      case deciding:
        step(s, i, emit, [](Shared&, Qpair& n) { return decide(n), 0; });
        break;
      case arming:
        step(s, i, emit, [](Shared&, Qpair& n) { return handle_parked(n), n.life = waiting_starts, 0; });
        break;
      case waiting_starts:
        step(s, i, emit, [](Shared&, Qpair& n) { return start_waiting(n); });
        break;
      case waiting:
        if (q.parked != none) step(s, i, emit, [](Shared&, Qpair& n) { return handle_parked(n), 0; });
        if (q.parked != disconnected && (q.kernel == idle || q.kernel >= disconnect_seen) &&
            !on_its_way(s, i, disconnected)) {
          step(s, i, emit, [](Shared&, Qpair& n) { return n.life = lingering, n.expected = none, n.timed_out = 1, 0; });
        }
        break;
      case lingering:
        if (q.work == 0) {
          step(s, i, emit,
               [](Shared&, Qpair& n) { return n.life = exited, n.parked = none, n.connected = 0, n.kernel = done, 0; });
        }
        break;
      default: break;
    }
  }

  template <class Emit>
  static void kernel_steps(const State& s, unsigned i, Emit& emit) {
    const Qpair q = qpair(s, i);
    const auto report = [&](Kernel after, Event event) {
      step(s, i, emit, [&](Shared& next, Qpair& n) {
        n.kernel = after;
        next.channel = appended(s.shared.channel, code(i, event));
        return 0;
      });
    };
    const auto move = [&](Kernel after) { step(s, i, emit, [&](Shared&, Qpair& n) { return n.kernel = after, 0; }); };
    switch (q.kernel) {
      case connect:
        if (s.shared.killed) move(done);
        else report(connection, established);
        break;
      case connection:
        if (s.shared.killed) report(disconnect_seen, disconnected);
        break;
      case dreq_sent: report(disconnect_seen, disconnected); break;
      case disconnect_seen: move(in_timewait); break;
      case in_timewait:
        report(done, timewait);
        move(done);
        break;
      default: break;
    }
    if (q.work > 0 && q.kernel >= dreq_sent) {   // the queue pair is in error: work is flushed
      step(s, i, emit, [](Shared&, Qpair& n) { return --n.work, 0; });
    }
  }

  /// Fetches the channel's first event; moves the first pending event whose slot is free.
  template <class Emit>
  static void poller_steps(const State& s, Emit& emit) {
    if (s.shared.channel != 0) {
      const std::uint64_t first = at(s.shared.channel, 0);
      const unsigned i = qpair_of(first);
      const bool gone = qpair(s, i).life == exited;
      const bool slot_free = qpair(s, i).parked == none && !concerns(s.shared.pending, i);
      if (gone || slot_free || length(s.shared.pending) < Qpairs) {
        step(s, i, emit, [&](Shared& next, Qpair& n) {
          next.channel = s.shared.channel >> 4;
          if (gone) return 0;
          if (slot_free) n.parked = event_of(first);
          else next.pending = appended(s.shared.pending, first);
          return 0;
        });
      }
    }
    for (unsigned j = 0; j < length(s.shared.pending); ++j) {
      const std::uint64_t event = at(s.shared.pending, j);
      const unsigned i = qpair_of(event);
      const bool gone = qpair(s, i).life == exited;
      if (!gone && qpair(s, i).parked != none) continue;
      step(s, i, emit, [&](Shared& next, Qpair& n) {
        if (!gone) n.parked = event_of(event);
        next.pending = without(s.shared.pending, j);
        return 0;
      });
      break;
    }
  }

  template <class Emit>
  static void fault_steps(const State& s, Emit& emit) {
    if (!s.shared.killed) step(s, 0, emit, [](Shared& next, Qpair&) { return next.killed = 1, 0; });
    if (s.shared.drops < Faults && s.shared.channel != 0) {
      step(s, 0, emit, [&](Shared& next, Qpair&) {
        next.channel = s.shared.channel >> 4;
        ++next.drops;
        return 0;
      });
    }
    if (s.shared.swaps >= Faults) return;
    for (unsigned j = 0; j + 1 < length(s.shared.channel); ++j) {
      step(s, 0, emit, [&](Shared& next, Qpair&) {
        const std::uint64_t differing = at(s.shared.channel, j) ^ at(s.shared.channel, j + 1);
        next.channel = s.shared.channel ^ (differing | differing << 4) << (4 * j);
        ++next.swaps;
        return 0;
      });
    }
  }
};

}  // namespace qpcheck::bench

#pragma GCC diagnostic pop
