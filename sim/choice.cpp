// The names of the environment's choices.
#include "sim/machine.hpp"

namespace qpcheck::sim {
namespace {

using model::Ib;
using model::Side;
using model::Verb;

std::string target_name(std::uint8_t target) {
  return target == 0 ? "target" : "target " + std::to_string(target + 1);
}

Verb verb_of_fault(const EnvChoice& choice) {
  switch (choice.fault) {
    case Fault::kill: return Verb::kill;
    case Fault::hang: return Verb::stop;
    case Fault::power: return Verb::power_off;
    case Fault::reboot: return Verb::reboot;
    case Fault::drop: return Verb::drop;
    case Fault::delay: return Verb::delay;
    case Fault::reorder: return Verb::reorder;
    case Fault::remove: return Verb::remove;
    case Fault::neighbour:
      if (choice.variant == bond_fails_over) return Verb::fail_bond;
      return choice.variant == way_back_lost ? Verb::lose_neighbour : Verb::change_neighbour;
    case Fault::refuse: return choice.variant == 0 ? Verb::target_refuses : Verb::mangle_reply;
    case Fault::stale: return Verb::remember_stale;
    case Fault::enomem: return choice.variant == 0 ? Verb::fail_next : Verb::no_memory;
    case Fault::eio: return Verb::fail_next;
    case Fault::peer_disconnect: return Verb::target_disconnects;
    case Fault::lose_event: return Verb::lose_event;
    case Fault::duplicate_event: return Verb::double_event;
    case Fault::reorder_in_id: return Verb::swap_events;
    case Fault::unknown_event: return Verb::unknown_event;
  }
  return Verb::unknown_event;
}

// What a fault is about, as it stands behind the verb's words.
std::string about_fault(const Kernel& kernel, const EnvChoice& choice, NameOf name_of) {
  const Slot& slot = kernel.shared.slots[choice.subject];
  const std::string who = " " + name_of(choice.subject, slot.qpair);
  const model::Wire& wire = slot.connection.to[choice.variant == 1 ? 1 : 0];
  const std::string datagram(wire.count > 0 ? model::name(wire.datagrams[0]) : "answer to resolve");
  const Queued queued = queued_of(kernel, choice.subject);
  const auto event = [&](std::size_t at) {
    return " " + std::string(queued.count > 0 ? model::name(kernel.shared.queue[at].event) : "");
  };
  switch (choice.fault) {
    case Fault::kill:
    case Fault::hang:
    case Fault::power:
    case Fault::reboot: return " " + target_name(choice.subject);
    case Fault::drop:
    case Fault::reorder: return " " + datagram + who + (choice.variant == 1 ? " at target" : "");
    case Fault::remove: return choice.subject == 0 ? " device" : " device 2";
    case Fault::eio: return ": EIO";
    case Fault::enomem: return choice.variant == 0 ? ": ENOMEM" : event(queued.last) + who;
    case Fault::lose_event:
    case Fault::duplicate_event: return event(queued.first) + who;
    default: return who;
  }
}

std::string about(const Kernel& kernel, const EnvChoice& choice, NameOf name_of) {
  if (choice.kind == EnvKind::fault) return about_fault(kernel, choice, name_of);
  const Slot& slot = kernel.shared.slots[choice.subject];
  const std::string who = " " + name_of(choice.subject, slot.qpair);
  const auto delivered = [&](Side side) {
    return " " + std::string(model::name(slot.connection.to_side(side).datagrams[0])) + who;
  };
  const auto repeated = [&](Side side) {
    return std::string(slot.connection.end(side).ib == Ib::dreq_sent ? " DREQ"
                       : side == Side::host                          ? " REQ"
                                                                     : " REP") +
           who;
  };
  switch (choice.kind) {
    case EnvKind::deliver_to_host: return delivered(Side::host);
    case EnvKind::deliver_to_target: return delivered(Side::target) + " at target";
    case EnvKind::deliver_and_close: return delivered(Side::host) + ", its QP is closed for good";
    case EnvKind::deliver_as_refused: return delivered(Side::host) + ", called refused";
    case EnvKind::repeat_to_target: return repeated(Side::host);
    case EnvKind::repeat_to_host: return repeated(Side::target) + " at target";
    case EnvKind::flush_send: return " send" + who;
    case EnvKind::flush_receive: return " receive" + who;
    case EnvKind::raise_device_fatal: return "";
    default: return who;
  }
}

}  // namespace

Verb verb_of(const EnvChoice& choice) {
  switch (choice.kind) {
    case EnvKind::deliver_to_host:
    case EnvKind::deliver_and_close:
    case EnvKind::deliver_as_refused:
    case EnvKind::deliver_to_target: return Verb::deliver;
    case EnvKind::timewait_over: return Verb::end_timewait;
    case EnvKind::flush_send:
    case EnvKind::flush_receive: return Verb::flush;
    case EnvKind::retries_exhausted: return Verb::give_up;
    case EnvKind::lose_send: return Verb::lose_send;
    case EnvKind::resolve: return Verb::resolve;
    case EnvKind::serve: return Verb::serve;
    case EnvKind::target_accepts: return Verb::target_accepts;
    case EnvKind::target_closes: return Verb::target_closes;
    case EnvKind::repeat_to_host:
    case EnvKind::repeat_to_target: return Verb::repeat;
    case EnvKind::provider_closes: return Verb::close_stream;
    case EnvKind::provider_aborts: return Verb::abort_stream;
    case EnvKind::purge_completions: return Verb::purge;
    case EnvKind::put_off_answer: return Verb::put_off;
    case EnvKind::raise_device_fatal: return Verb::raise;
    case EnvKind::fault: return verb_of_fault(choice);
  }
  return Verb::unknown_event;
}

std::string any_qpair(std::uint8_t slot, std::uint8_t qpair) {
  return qpair == model::nobody ? slot_name(slot, qpair) : "qpair";
}

std::string name(const Kernel& kernel, const EnvChoice& choice, NameOf name_of) {
  return std::string(model::words(verb_of(choice))) + about(kernel, choice, name_of);
}

}  // namespace qpcheck::sim
