// The simulated machine as a whole: booting it, and what its environment may do.
//
// Purpose: one list of everything that can happen outside the program, by name.
// Ownership: the machine's Kernel is the arena's first object; boot() makes it anew.
// Threads: none.
// Invariants: choices are listed in one fixed order; a fair choice happens sooner
// or later, an unfair one may never happen.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string>

#include "model/choice.hpp"
#include "sim/kernel.hpp"

namespace qpcheck::sim {

// What may happen at a slot, besides faults.
enum class EnvKind : std::uint8_t {
  deliver_to_host, deliver_to_target, flush_send, flush_receive, lose_send, resolve, retries_exhausted, serve,
  target_accepts, target_closes, repeat_to_target, provider_closes,  // fair choices up to here
  timewait_over, repeat_to_host,
  provider_aborts,    // what providers do differently: an abort's status,
  deliver_and_close,  // whether a QP whose peer closed can still be moved,
  deliver_as_refused, // what an MPA reject is called,
  purge_completions,  // whether a destroyed QP's completions leave the CQ,
  raise_device_fatal, // when a driver says that its device fails,
  put_off_answer,     // an address that is resolved only when the kernel's time for it is over (addr.c)
  fault,
};

// The variants of the fault `neighbour`: its link address changes, and the connection
// survives or loses its way back; or the host's own bond fails over.
inline constexpr std::uint8_t neighbour_changes = 0, bond_fails_over = 1, way_back_lost = 2;

struct EnvChoice {
  EnvKind kind{};
  std::uint8_t subject = 0;  // a slot; for faults of a target or a device, that one
  Fault fault{};
  // Drop and reorder: towards which side; enomem: 0 a call, 1 an event; refuse: 1 a reply
  // that is not understood; neighbour: as above.
  std::uint8_t variant = 0;
  bool operator==(const EnvChoice&) const = default;
};

struct EnvChoices {
  std::array<EnvChoice, 160> items{};
  std::size_t count = 0;
  void add(EnvKind kind, std::uint8_t subject) { add(EnvChoice{kind, subject, {}, 0}); }
  void add(const EnvChoice& choice) {
    assert(count < items.size());
    items[count++] = choice;
  }
  const EnvChoice* begin() const { return items.data(); }
  const EnvChoice* end() const { return items.data() + count; }
};

struct MachineSettings {
  model::Budget faults{};
  model::Transport transport = model::Transport::ib;
  std::uint8_t devices = 1;
};

// Which qpair an rdma_cm_id's context belongs to: names in choices, and slots that
// do not depend on history. Null: ids are numbered as they come.
using QpairOfContext = std::uint8_t (*)(const void* context);

// Clears the arena. `number_bits`: of a work request's wr_id, those that say which qpair's it is,
// where the program has such. The QP says it too, so they are no part of a state's identity.
Kernel& boot(const MachineSettings& settings, QpairOfContext qpair_of, std::uint64_t number_bits = 0);
Kernel& kernel();
QpairOfContext qpair_of_context();
std::uint64_t without_qpair(std::uint64_t wr_id);

// The event channel's descriptor: a number that the system never gives out.
inline constexpr int channel_fd = 0x40000000;
inline constexpr int async_fd = channel_fd + 1;  // of the first context's asynchronous events
ibv_context* device_context(std::uint8_t device);
ibv_pd* device_pd(std::uint8_t device);  // librdmacm's own
std::uint8_t device_number(const ibv_context* context);  // model::nobody: it is no device's
void set_device_transport(model::Transport transport);  // what the devices say of themselves
std::uint32_t queue_pair_number(std::uint8_t slot);
std::uint32_t target_queue_pair_number(std::uint8_t slot);  // of the QP at the other end

// The address of target 0 or 1, in network byte order.
std::uint32_t target_address(std::uint8_t target);
std::uint32_t host_address(std::uint8_t device);

// 1 … 54 for fair choices, 0 for unfair ones. Kinds that exclude each other share a label.
std::uint8_t fair_label(const Kernel& kernel, const EnvChoice& choice);

void list(const Kernel& kernel, EnvChoices& choices);
void take(Kernel& kernel, EnvChoice choice);
model::Verb verb_of(const EnvChoice& choice);
// What a choice's name calls the connection that it is about: as in stories, or
using NameOf = std::string (*)(std::uint8_t slot, std::uint8_t qpair);
// "qpair" whichever it is, for a picture that holds for each of them.
std::string any_qpair(std::uint8_t slot, std::uint8_t qpair);
std::string name(const Kernel& kernel, const EnvChoice& choice, NameOf name_of = slot_name);

// iWARP: the provider moves the QP when the stream begins and when it ends. After a step
// of the slot's connection.
void follow_stream(Slot& slot);

// How many events of the slot wait in the channel; `first`, `second` and `last`: their places.
struct Queued {
  std::size_t count = 0, first = 0, second = 0, last = 0;
};
Queued queued_of(const Kernel& kernel, std::uint8_t slot);

// The part of these that is about faults (faults.cpp).
void list_faults(const Kernel& kernel, EnvChoices& choices);
void take_fault(Kernel& kernel, EnvChoice choice);

}  // namespace qpcheck::sim
