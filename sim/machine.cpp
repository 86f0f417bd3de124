#include "sim/machine.hpp"

#include <arpa/inet.h>
#include <infiniband/verbs.h>

#include <cassert>

#include "sim/arena.hpp"

namespace qpcheck::sim {
namespace {

using model::EnvStep;
using model::Ib;

Kernel* booted = nullptr;
QpairOfContext namer = nullptr;

std::uint8_t& budget(Kernel& kernel, Fault fault) { return kernel.shared.faults_left[static_cast<std::size_t>(fault)]; }
std::uint8_t budget(const Kernel& kernel, Fault fault) { return kernel.shared.faults_left[static_cast<std::size_t>(fault)]; }

// The target answers a message: its QP works and its application minds the connection.
bool target_serves(const model::Connection& connection) {
  const Ib ib = connection.target().ib;
  return connection.app == model::TargetApp::idle &&
         (ib == Ib::established || ib == Ib::rep_sent || ib == Ib::mra_rep_rcvd);
}

void shift_out(std::array<std::uint64_t, max_posted>& ids, std::uint8_t& count) {
  for (std::size_t i = 1; i < count; ++i) ids[i - 1] = ids[i];
  ids[--count] = 0;
}

// The send arrives, is acknowledged, and the target's answer fills a receive if one is posted.
void serve(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  kernel.push_completion(index, kernel.handles.send_ids[index][0], IBV_WC_SUCCESS, IBV_WC_SEND);
  shift_out(kernel.handles.send_ids[index], slot.sends);
  if (slot.receives == 0) return;
  kernel.push_completion(index, kernel.handles.receive_ids[index][0], IBV_WC_SUCCESS, IBV_WC_RECV);
  shift_out(kernel.handles.receive_ids[index], slot.receives);
}

// Nobody acknowledges the send: the transport's retries end, the QP goes to error.
void lose_send(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  kernel.push_completion(index, kernel.handles.send_ids[index][0], IBV_WC_RETRY_EXC_ERR, IBV_WC_SEND);
  shift_out(kernel.handles.send_ids[index], slot.sends);
  slot.qp = QpState::error;
}

void flush(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  for (; slot.sends > 0; shift_out(kernel.handles.send_ids[index], slot.sends))
    kernel.push_completion(index, kernel.handles.send_ids[index][0], IBV_WC_WR_FLUSH_ERR, IBV_WC_SEND);
  for (; slot.receives > 0; shift_out(kernel.handles.receive_ids[index], slot.receives))
    kernel.push_completion(index, kernel.handles.receive_ids[index][0], IBV_WC_WR_FLUSH_ERR, IBV_WC_RECV);
}

void kill(Kernel& kernel, std::uint8_t target) {
  --budget(kernel, Fault::kill);
  kernel.shared.target_alive[target] = 0;
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    Slot& slot = kernel.shared.slots[i];
    if (slot.in_use == 0 || slot.target != target) continue;
    kill_target(slot.connection);
    kernel.forget_if_over(i);
  }
}

EnvStep step_of(EnvKind kind) {
  switch (kind) {
    case EnvKind::deliver_to_host: return EnvStep::deliver_to_host;
    case EnvKind::deliver_to_target: return EnvStep::deliver_to_target;
    case EnvKind::resolve: return EnvStep::resolve;
    case EnvKind::retries_exhausted: return EnvStep::retries_exhausted;
    case EnvKind::target_accepts: return EnvStep::accept;
    case EnvKind::target_closes: return EnvStep::close;
    case EnvKind::target_disconnects: return EnvStep::target_disconnects;
    default: return EnvStep::timewait_over;
  }
}

// Steps that the connection's own tables decide.
constexpr EnvKind of_connection[] = {EnvKind::deliver_to_host, EnvKind::deliver_to_target, EnvKind::resolve,
                                     EnvKind::target_accepts,  EnvKind::target_closes};

bool may_disconnect_unasked(const Kernel& kernel, const Slot& slot) {
  return budget(kernel, Fault::peer_disconnect) > 0 && enabled(slot.connection, EnvStep::target_disconnects);
}

}  // namespace

Kernel& boot(const MachineSettings& settings, QpairOfContext qpair_of) {
  Arena& arena = Arena::get();
  arena.clear();
  booted = static_cast<Kernel*>(arena.allocate_zeroed(sizeof(Kernel)));
  namer = qpair_of;
  booted->shared.faults_left = settings.faults;
  booted->shared.target_alive.fill(1);
  return *booted;
}

Kernel& kernel() {
  assert(booted != nullptr);
  return *booted;
}

QpairOfContext qpair_of_context() { return namer; }

std::uint32_t target_address(std::uint8_t target) { return htonl(0xC0000201u + target); }  // 192.0.2.1, RFC 5737

std::uint8_t obligation_label(EnvChoice choice) {
  if (!is_obligation(choice.kind)) return 0;
  // Nine kinds at up to six slots: 1 … 54. A slot is 2 * qpair + second connection.
  return static_cast<std::uint8_t>(1 + static_cast<unsigned>(choice.kind) * 6 + choice.subject % 6);
}

void list(const Kernel& kernel, EnvChoices& choices) {
  choices.count = 0;
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    const Slot& slot = kernel.shared.slots[i];
    if (slot.in_use == 0) continue;
    for (const EnvKind kind : of_connection)
      if (enabled(slot.connection, step_of(kind))) choices.add(kind, i);
    if (slot.retries_left_ms == 0) choices.add(EnvKind::retries_exhausted, i);
    if (slot.qp == QpState::error && slot.sends + slot.receives > 0) choices.add(EnvKind::flush, i);
    if (slot.qp == QpState::rts && slot.sends > 0)
      choices.add(target_serves(slot.connection) ? EnvKind::serve : EnvKind::lose_send, i);
    if (slot.id_alive != 0 && enabled(slot.connection, EnvStep::timewait_over)) choices.add(EnvKind::timewait_over, i);
    if (may_disconnect_unasked(kernel, slot)) choices.add(EnvKind::target_disconnects, i);
  }
  if (budget(kernel, Fault::kill) == 0) return;
  for (std::uint8_t target = 0; target < max_targets; ++target)
    if (kernel.shared.target_alive[target] != 0) choices.add(EnvKind::kill_target, target);
}

void take(Kernel& kernel, EnvChoice choice) {
  switch (choice.kind) {
    case EnvKind::serve: return serve(kernel, choice.subject);
    case EnvKind::lose_send: return lose_send(kernel, choice.subject);
    case EnvKind::flush: return flush(kernel, choice.subject);
    case EnvKind::kill_target: return kill(kernel, choice.subject);
    case EnvKind::target_disconnects: --budget(kernel, Fault::peer_disconnect); break;
    default: break;
  }
  const std::uint8_t index = choice.subject;
  kernel.queue_event(index, model::take(kernel.shared.slots[index].connection, step_of(choice.kind)));
  kernel.set_timer(index);
  kernel.forget_if_over(index);
}

std::string name(const Kernel& kernel, EnvChoice choice) {
  const std::string target = choice.subject == 0 ? "target" : "target " + std::to_string(choice.subject + 1);
  if (choice.kind == EnvKind::kill_target) return "kill " + target;
  const Slot& slot = kernel.shared.slots[choice.subject];
  const std::string who = slot_name(choice.subject, slot.qpair);
  const auto datagram = [&](model::Side side) {
    return "deliver " + std::string(model::name(slot.connection.to_side(side).datagrams[0])) + " " + who;
  };
  switch (choice.kind) {
    case EnvKind::deliver_to_host: return datagram(model::Side::host);
    case EnvKind::deliver_to_target: return datagram(model::Side::target) + " at target";
    case EnvKind::resolve: return "resolve " + who;
    case EnvKind::retries_exhausted: return "give up retransmission " + who;
    case EnvKind::target_accepts: return "target accepts " + who;
    case EnvKind::target_closes: return "target closes " + who;
    case EnvKind::target_disconnects: return "target disconnects " + who;
    case EnvKind::timewait_over: return "end timewait " + who;
    case EnvKind::flush: return "flush " + who;
    case EnvKind::serve: return "serve " + who;
    case EnvKind::lose_send: return "lose send " + who;
    case EnvKind::kill_target: break;
  }
  return "?";
}

}  // namespace qpcheck::sim
