// The simulated machine: the host's kernel, the fabric, the targets, the clock.
//
// Purpose: all that the environment of the program remembers. `Shared` is what
// decides the future, in numbers only; `Handles` says where the program's own
// structs are. The transitions of a connection are model's tables.
// Ownership: one Kernel, in the arena. Threads: none.
// Invariants: a slot stands for one rdma_cm_id from rdma_create_id until neither
// end, no datagram and no event remembers it; unused slots are zero.
#pragma once

#include <rdma/rdma_cma.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "model/connection.hpp"
#include "model/fault.hpp"
#include "model/observation.hpp"
#include "model/order.hpp"

namespace qpcheck::model {
class Description;
}

namespace qpcheck::sim {

using model::max_slots;

using model::Fault;

enum class QpState : std::uint8_t { none, init, rts, error };
inline constexpr std::size_t max_posted = 4;       // work requests per queue of a QP
inline constexpr std::uint8_t more_than_kept = max_posted + 1;
inline constexpr std::size_t max_queued = 24;      // events in the channel
inline constexpr std::size_t max_completions =
    2 * max_posted * max_slots;                     // in all CQs: of every request that can be posted
inline constexpr std::size_t max_held = 12;         // events fetched and not acknowledged
inline constexpr std::size_t max_cqs = 4;
inline constexpr std::size_t max_pds = 4;
inline constexpr std::size_t max_regions = 8;      // of registered memory
inline constexpr std::size_t max_async = 4;         // asynchronous events of verbs
inline constexpr std::size_t max_targets = 2;
inline constexpr std::size_t max_devices = 2;      // of the host
inline constexpr std::uint32_t no_timer = 0xffffffff;

// What has become of a target's process and host.
enum class TargetState : std::uint8_t { runs, killed, hung, off };

// When the kernel answers a resolution.
enum class Answer : std::uint8_t {
  soon,
  late,  // with success, when the time that it was given is over
  lost,  // then too, and it has found nothing
};

struct Slot {
  model::Connection connection;
  // Until the kernel gives up REQ, DREQ or MPA request, or the address is to be resolved;
  // no_timer: none runs.
  std::uint32_t timer_left_ms;
  std::uint8_t id_alive, target;
  std::uint8_t connect_error;  // librdmacm's flag: later REJECTED and DISCONNECTED are swallowed
  std::uint8_t established;    // the program acknowledged ESTABLISHED
  std::uint8_t excused;        // a spent fault excuses a timeout,
  std::uint8_t linger_excused; // and one of its linger
  std::uint8_t delayed;        // what is under way for it waits until the clock has moved
  std::uint8_t repeated;       // its REQ or DREQ was repeated at this very moment: not again before the clock moves
  Answer answer;               // to rdma_resolve_addr or rdma_resolve_route
  std::uint8_t refuses_close;  // iWARP: the provider's QP is closed already and cannot be moved (cxgb4)
  QpState qp;
  std::uint8_t send_cq, receive_cq;  // where its QP's requests complete
  std::uint8_t own_cqs;              // that librdmacm made, the program gave none: 1 send, 2 receive
  std::uint8_t most_sends, most_receives;  // that its QP takes; more_than_kept: more than the simulator keeps
  std::uint8_t send_pieces, receive_pieces;  // of memory, that each of these may have; 255: as many and more
  std::uint8_t most_inline;                  // bytes of an inline send; 255: as many and more
  std::uint8_t all_signaled;               // sq_sig_all
  std::uint8_t unsignaled;  // of the sends posted, a bit each, the oldest lowest: no completion when it succeeds
  std::uint8_t sends, receives;            // posted, not completed
  std::uint8_t late_sends, late_receives;  // of these, posted after an iWARP QP was flushed: may never complete
  std::uint8_t held;           // events fetched and not acknowledged

  // All before this is the state's identity, byte for byte; what follows is no part of it.
  std::uint8_t in_use, qpair;
  // What its id was told so far: held against the contract (model/never.hpp).
  model::EventSet told;
};

struct QueuedEvent {
  std::uint8_t slot;
  model::Event event;
  std::int16_t status;
};

struct Completion {
  std::uint8_t slot, cq, status, opcode;  // of ibv_wc
  std::uint32_t bytes, place;             // of a message that was received: where in the arena it lies; 0: outside
  std::uint64_t wr_id;
};

struct AsyncEvent {
  std::uint8_t slot;  // nobody: the device's; of CQ_ERR the CQ
  std::uint8_t type;  // of ibv_event_type
};

struct Shared {
  std::array<Slot, max_slots> slots;
  std::array<QueuedEvent, max_queued> queue;
  std::array<Completion, max_completions> completions;
  model::Budget faults_left, faults_given;
  std::array<TargetState, max_targets> targets;
  std::array<std::uint8_t, max_cqs> cq_alive;
  std::array<std::uint8_t, max_cqs> cq_device;
  std::array<std::uint8_t, max_cqs> cq_entries;  // that it has room for, 255 and more: as many as can come
  std::array<std::uint8_t, max_cqs>
      cq_overrun;  // it was full when a completion came: that one, and all later ones, are lost
  std::uint8_t queued, completed, channel_open, nonblocking;
  std::uint8_t devices;      // the host's: one for all targets, or one for each
  std::uint8_t devices_gone; // an RDMA device was removed, a bit each
  std::uint8_t fail_next;    // the errno with which the next call that can fail does
  model::Transport transport;
  std::array<AsyncEvent, max_async> async;
  std::array<std::uint8_t, max_slots> async_held;  // of a slot's QP: fetched and not acknowledged
  std::uint8_t async_queued, async_used, async_nonblocking;
  std::uint8_t device_fatal;  // DEVICE_FATAL was raised, of the first device
};

struct HeldEvent {
  rdma_cm_event* event;
  std::uint8_t slot;
};

// What rdma_connect was given: the model target answers with it.
struct Sent {
  std::uint8_t responder_resources, initiator_depth, size;
  std::byte private_data[56];  // RDMA_PS_TCP: as much as it takes
};

// A work request: its first piece of memory is the message, as far as it lies in the arena.
struct Request {
  std::uint64_t wr_id;
  std::uint32_t bytes : 23;    // as of a Completion
  std::uint32_t message : 1;   // a send that the target answers
  std::uint32_t key : 8;       // its lkey: 1 and the region's number; 0: of no region; no_key: none is needed
  std::uint32_t place;         // as of a Completion
};
inline constexpr std::uint8_t no_key = 255;

// Memory that the program has registered: what ibv_reg_mr returned (null: a free place), and for what.
struct Region {
  ibv_mr* mr;
  std::uint8_t writable;
};

struct Handles {
  std::array<rdma_cm_id*, max_slots> ids;
  std::array<ibv_qp*, max_slots> qps;
  std::array<std::array<Request, max_posted>, max_slots> sends, receives;  // those posted, the oldest first
  std::array<Sent*, max_slots> sent;  // null: nothing
  std::array<ibv_cq*, max_cqs> cqs;
  std::array<ibv_pd*, max_pds> pds;  // that the program has allocated
  std::array<Region, max_regions> regions;
  std::array<HeldEvent, max_held> held;
  rdma_event_channel* channel;
  std::uint64_t now_ms;
  std::uint64_t wake_ms;  // when the program, which sleeps in a call, goes on; 0: it does not sleep
  std::uint32_t program_holds;  // blocks of memory, rdma_cm_ids, PDs, MRs and CQs
};

struct Kernel {
  Shared shared;
  Handles handles;

  // A REQ or DREQ is given up after 16 transmissions: measured 78 s on Linux 6.12 and
  // 102 s on 6.1 over RoCE. Which kernel it is, is a choice: from the first moment on
  // giving up is possible, at the second it must come.
  static constexpr std::uint32_t retries_ms = 102000, retries_may_end_ms = 24000;
  static constexpr std::uint32_t repeat_ms = 4608;      // between two transmissions
  static constexpr std::uint32_t mpa_reply_ms = 10000;  // siw_cm.c: MPAREP_TIMEOUT
  // iWARP's rdma_connect over siw: the longest that was seen, and the shortest under loss that succeeded.
  static constexpr std::uint32_t tcp_gives_up_ms = 129000, tcp_connects_late_ms = 67000;

  // What the connection raises; a simulator that breaks the contract ends the process.
  void queue_event(std::uint8_t slot, model::Raised raised);
  // Whatever a fault beyond the contract puts there.
  void queue_anything(std::uint8_t slot, model::Raised raised);
  void push_completion(std::uint8_t slot, const Request& request, int status, int opcode);
  void release_cq(std::uint8_t cq);  // with what it holds
  // Those that `goes` says so of leave their queues.
  template <class Goes>
  void drop_completions(Goes goes) {
    const auto begin = shared.completions.begin(), end = begin + shared.completed,
               kept = std::remove_if(begin, end, goes);
    std::fill(kept, end, Completion{});
    shared.completed = static_cast<std::uint8_t>(kept - begin);
  }
  // The device may read the request's memory, or write it: a region of the QP's PD holds all of it.
  // Of memory outside the arena only the key is looked at.
  bool covers(std::uint8_t slot, const Request& request, bool writes) const;
  void queue_async(std::uint8_t slot, std::uint8_t type);
  void drop_async(std::size_t place);
  void purge_async(std::uint8_t slot);
  bool may_raise_device_fatal() const;
  void raise_device_fatal();
  void set_timer(std::uint8_t slot);      // after a step of its connection
  void forget_if_over(std::uint8_t slot);
  void excuse(std::uint8_t slot, Fault fault);  // by what the fault's row says
  // What is under way for the slot, beyond the program's own doing.
  bool something_pending(std::uint8_t slot) const;
  bool device_there(std::uint8_t device) const { return ((shared.devices_gone >> device) & 1u) == 0; }
  std::uint8_t device_of(const Slot& slot) const { return shared.devices == 2 ? slot.target : std::uint8_t{0}; }
  bool device_there(const Slot& slot) const { return device_there(device_of(slot)); }
  model::EventSet queued_for(std::uint8_t slot) const;
  model::EventSet held_for(std::uint8_t slot) const;
  model::View view() const;
  // Milliseconds to the kernel's next timer; no_timer: none runs.
  std::uint32_t next_timer_ms() const;
  void advance(std::uint64_t ms);
  // All of Shared that decides the future, without unused places, in parts: what is of one
  // qpair alone,
  void describe_of(model::Description& to, std::uint8_t qpair) const;
  // and the rest, which names connections by their places in the order.
  void describe_rest(model::Description& to, const model::Order& order = {}) const;
  // All parts, in the order of the numbers. Returns the bytes written.
  std::size_t describe(std::span<std::uint8_t> out) const;
  // What the program can read of the machine without a call. Returns the bytes written.
  std::size_t describe_visible(std::span<std::uint8_t> out) const;

 private:
  std::uint8_t hindering() const;
  void describe_memory(model::Description& to) const;
  void describe_requests(model::Description& to, std::size_t index) const;
  void describe_slot(model::Description& to, std::size_t index) const;
};

// The kernel looks for the device and the neighbour that an address is reached by, or for the route.
bool resolves(const Slot& slot);
// It answers when its time is over, not before.
bool answered_at_the_end(const Slot& slot);

// REQUIRES that the slot's retransmission timer runs, on IB: a lost REQ or DREQ is repeated just now.
bool repeats_now(const Slot& slot);

// "qp0", or "qp0.2" for a second connection while the first is still remembered.
std::string slot_name(std::uint8_t slot, std::uint8_t qpair);

}  // namespace qpcheck::sim
