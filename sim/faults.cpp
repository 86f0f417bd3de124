// Faults: where each may be spent now, and what it does to the machine. What it does
// to a connection is the model's (model/fault.hpp).
#include <cassert>
#include <cerrno>

#include "sim/machine.hpp"

namespace qpcheck::sim {
namespace {

using model::Side;

constexpr model::Event unknown_event{64};  // rdma-core 65 ends at 19

bool allows(const Kernel& kernel, Fault fault) {
  const bool here = kernel.shared.transport == model::Transport::ib || model::info(fault).on == model::On::both;
  return here && kernel.shared.faults_left.allows(fault);
}

constexpr bool of_target(Fault fault) {
  return fault == Fault::kill || fault == Fault::hang || fault == Fault::power || fault == Fault::reboot;
}

bool target_may(const Kernel& kernel, Fault fault, std::uint8_t target) {
  const TargetState state = kernel.shared.targets[target];
  switch (fault) {
    case Fault::kill: return state == TargetState::runs || state == TargetState::hung;
    case Fault::hang: return state == TargetState::runs;
    default: return state != TargetState::off;
  }
}

// Room for an event that a fault adds, beside all that may come by itself: unfetched,
// an id has three at the most, such as ESTABLISHED, DISCONNECTED and DEVICE_REMOVAL.
bool has_room(const Kernel& kernel) {
  std::size_t to_come = 0;
  for (const Slot& slot : kernel.shared.slots) to_come += slot.id_alive != 0 ? 3u : 0u;
  return kernel.shared.queued + to_come < max_queued;
}

bool neighbour_may(const model::Connection& connection, std::uint8_t variant) {
  if (variant == bond_fails_over) return may_change_address(connection);
  return variant == way_back_lost ? may_lose_way_back(connection) : may_hit(connection, Fault::neighbour);
}

model::Raised hit_neighbour(model::Connection& connection, std::uint8_t variant) {
  if (variant == bond_fails_over) return change_address(connection);
  return variant == way_back_lost ? lose_way_back(connection) : hit(connection, Fault::neighbour);
}

// iWARP: rdma_connect itself waits for the peer.
bool about_to_connect(const Slot& slot) {
  return slot.connection.transport == model::Transport::iw && slot.connection.host().cma == model::Cma::route_resolved;
}

bool slot_may(const Kernel& kernel, Fault fault, std::uint8_t index, std::uint8_t variant) {
  const Slot& slot = kernel.shared.slots[index];
  const Queued queued = queued_of(kernel, index);
  switch (fault) {
    case Fault::delay: return slot.delayed == 0 && (kernel.something_pending(index) || about_to_connect(slot));
    case Fault::enomem:
    case Fault::lose_event: return queued.count > 0;
    case Fault::duplicate_event: return queued.count > 0 && has_room(kernel);
    case Fault::reorder_in_id: return queued.count > 1;
    case Fault::unknown_event: return slot.id_alive != 0 && has_room(kernel);
    case Fault::neighbour: return slot.id_alive != 0 && has_room(kernel) && neighbour_may(slot.connection, variant);
    case Fault::drop: return slot.answer != Answer::lost && may_hit(slot.connection, fault, static_cast<Side>(variant));
    case Fault::refuse: return variant == 0 ? may_hit(slot.connection, fault) : may_mangle_reply(slot.connection);
    default: return may_hit(slot.connection, fault, static_cast<Side>(variant));
  }
}

// The answer to a resolution is lost, not a datagram of the CM.
bool loses_answer(const Slot& slot, const EnvChoice& choice) {
  return choice.fault == Fault::drop && choice.variant == 0 && slot.connection.to_side(Side::host).count == 0;
}

// What a connection survives is no excuse.
constexpr bool is_survived(const EnvChoice& choice) {
  return choice.fault == Fault::neighbour && choice.variant != way_back_lost;
}

constexpr std::uint8_t variants_of(Fault fault) {
  if (fault == Fault::neighbour) return 3;
  return fault == Fault::drop || fault == Fault::reorder || fault == Fault::refuse ? 2 : 1;
}

void list_of_slots(const Kernel& kernel, Fault fault, EnvChoices& choices) {
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    if (kernel.shared.slots[i].in_use == 0) continue;
    for (std::uint8_t variant = 0; variant < variants_of(fault); ++variant)
      if (slot_may(kernel, fault, i, variant)) choices.add({EnvKind::fault, i, fault, variant});
  }
}

// ucma.c: ucma_event_handler has no memory for an event's record, and the event is lost. That
// happens when it is raised: then it is the last of its id. Variant 1; failing a call is 0.
void list_lost_for_memory(const Kernel& kernel, EnvChoices& choices) {
  for (std::uint8_t i = 0; i < max_slots; ++i)
    if (kernel.shared.slots[i].in_use != 0 && slot_may(kernel, Fault::enomem, i, 1))
      choices.add({EnvKind::fault, i, Fault::enomem, 1});
}

void hit_target(Kernel& kernel, Fault fault, std::uint8_t target) {
  kernel.shared.targets[target] = fault == Fault::kill    ? TargetState::killed
                                  : fault == Fault::hang  ? TargetState::hung
                                  : fault == Fault::power ? TargetState::off : TargetState::runs;
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    Slot& slot = kernel.shared.slots[i];
    if (slot.in_use == 0 || slot.target != target) continue;
    if (may_hit(slot.connection, fault)) hit(slot.connection, fault);
    kernel.excuse(i, fault);
    kernel.set_timer(i);
    kernel.forget_if_over(i);
  }
}

void remove_device(Kernel& kernel, std::uint8_t device) {
  kernel.shared.devices_gone = static_cast<std::uint8_t>(kernel.shared.devices_gone | 1u << device);
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    Slot& slot = kernel.shared.slots[i];
    if (slot.in_use == 0 || kernel.device_of(slot) != device) continue;
    kernel.excuse(i, Fault::remove);
    if (slot.id_alive == 0 || !may_hit(slot.connection, Fault::remove)) continue;
    kernel.queue_event(i, hit(slot.connection, Fault::remove));
    kernel.set_timer(i);
  }
}

void lose_queued(Shared& shared, std::size_t place) {
  for (std::size_t i = place + 1; i < shared.queued; ++i) shared.queue[i - 1] = shared.queue[i];
  shared.queue[--shared.queued] = {};
}

void hit_queue(Kernel& kernel, Fault fault, std::uint8_t index) {
  Shared& shared = kernel.shared;
  const Queued queued = queued_of(kernel, index);
  switch (fault) {
    case Fault::enomem: return lose_queued(shared, queued.last);
    case Fault::lose_event: return lose_queued(shared, queued.first);
    case Fault::duplicate_event:
      kernel.queue_anything(index, {shared.queue[queued.first].event, shared.queue[queued.first].status});
      return;
    case Fault::reorder_in_id: std::swap(shared.queue[queued.first], shared.queue[queued.second]); return;
    default: kernel.queue_anything(index, {unknown_event, 0});
  }
}

void hit_connection(Kernel& kernel, const EnvChoice& choice) {
  Slot& slot = kernel.shared.slots[choice.subject];
  const bool mangles = choice.fault == Fault::refuse && choice.variant == 1;
  const model::Raised raised = choice.fault == Fault::neighbour ? hit_neighbour(slot.connection, choice.variant)
                               : mangles                        ? mangle_reply(slot.connection)
                                         : hit(slot.connection, choice.fault, static_cast<Side>(choice.variant));
  kernel.queue_event(choice.subject, raised);
  follow_stream(slot);
  kernel.set_timer(choice.subject);
  kernel.forget_if_over(choice.subject);
}

}  // namespace

Queued queued_of(const Kernel& kernel, std::uint8_t slot) {
  Queued found;
  for (std::size_t i = 0; i < kernel.shared.queued; ++i) {
    if (kernel.shared.queue[i].slot != slot) continue;
    if (found.count == 0) found.first = i;
    if (found.count == 1) found.second = i;
    found.last = i;
    ++found.count;
  }
  return found;
}

void list_faults(const Kernel& kernel, EnvChoices& choices) {
  for (const model::FaultInfo& info : model::fault_infos) {
    const Fault fault = info.fault;
    if (!allows(kernel, fault)) continue;
    if (of_target(fault)) {
      for (std::uint8_t target = 0; target < max_targets; ++target)
        if (target_may(kernel, fault, target)) choices.add({EnvKind::fault, target, fault, 0});
    } else if (fault == Fault::remove) {
      for (std::uint8_t device = 0; device < kernel.shared.devices; ++device)
        if (kernel.device_there(device)) choices.add({EnvKind::fault, device, fault, 0});
    } else if (fault == Fault::enomem || fault == Fault::eio) {
      if (kernel.shared.fail_next == 0) choices.add({EnvKind::fault, 0, fault, 0});
      if (fault == Fault::enomem) list_lost_for_memory(kernel, choices);
    } else {
      list_of_slots(kernel, fault, choices);
    }
  }
}

void take_fault(Kernel& kernel, EnvChoice choice) {
  kernel.shared.faults_left.spend(choice.fault);
  const std::uint8_t index = choice.subject;
  switch (choice.fault) {
    case Fault::kill:
    case Fault::hang:
    case Fault::power:
    case Fault::reboot: return hit_target(kernel, choice.fault, index);
    case Fault::remove: return remove_device(kernel, index);
    case Fault::eio: kernel.shared.fail_next = EIO; return;
    case Fault::delay: kernel.shared.slots[index].delayed = 1; break;
    case Fault::enomem:
      if (choice.variant == 0) {
        kernel.shared.fail_next = ENOMEM;
        return;
      }
      [[fallthrough]];
    case Fault::lose_event:
    case Fault::duplicate_event:
    case Fault::reorder_in_id:
    case Fault::unknown_event: hit_queue(kernel, choice.fault, index); break;
    case Fault::drop:
      if (loses_answer(kernel.shared.slots[index], choice)) {
        kernel.shared.slots[index].answer = Answer::lost;
        break;
      }
      [[fallthrough]];
    default: hit_connection(kernel, choice);
  }
  if (!is_survived(choice)) kernel.excuse(index, choice.fault);
  // What the program was not told, its linger may wait for as well.
  if (choice.fault == Fault::enomem) kernel.shared.slots[index].linger_excused = 1;
}

}  // namespace qpcheck::sim
