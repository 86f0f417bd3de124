#include "sim/machine.hpp"

#include <arpa/inet.h>
#include <infiniband/verbs.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "sim/arena.hpp"
#include "sim/step.hpp"

namespace qpcheck::sim {
namespace {

using model::EnvStep;
using model::Ib;

Kernel* booted = nullptr;
QpairOfContext namer = nullptr;
std::uint64_t number_bits_of_wr_id = 0;

// The target's QP works, so a message is acknowledged; whether its application minds the
// connection, and answers, is another matter.
bool target_takes(const model::Connection& connection) {
  const model::End& target = connection.target();
  return connection.app == model::TargetApp::idle && !connection.target_off &&
         (up(connection, model::Side::target) || target.ib == Ib::rep_sent || target.ib == Ib::mra_rep_rcvd);
}

Request shift_out(std::array<Request, max_posted>& requests, std::uint8_t& count) {
  const Request first = requests[0];
  for (std::size_t i = 1; i < count; ++i) requests[i - 1] = requests[i];
  requests[--count] = {};
  return first;
}

// A send leaves its queue. One that nobody asked to hear of completes in silence, if it succeeds.
void complete_send(Kernel& kernel, std::uint8_t index, int status) {
  Slot& slot = kernel.shared.slots[index];
  const bool silent = status == IBV_WC_SUCCESS && (slot.unsignaled & 1u) != 0;
  const Request request = shift_out(kernel.handles.sends[index], slot.sends);
  slot.unsignaled = static_cast<std::uint8_t>(slot.unsignaled >> 1);
  if (!silent) kernel.push_completion(index, request, status, IBV_WC_SEND);
}

void observe_stopped(std::uint8_t index, std::uint8_t qpair, model::Stopped by) {
  model::Observation seen;
  seen.kind = model::Seen::message_stopped;
  seen.slot = index;
  seen.qpair = qpair;
  seen.status = static_cast<std::int32_t>(by);
  StepRunner::get().observe(seen);
}

// The bytes of a message, as the device reads and writes them. Memory that was freed since, or
// lies outside of the arena, is left alone.
void copy_message(const Request& from, const Request& to) {
  Arena& arena = Arena::get();
  const auto there = [&arena, &from](const Request& request) {
    return request.place != 0 && arena.offset_of(arena.at(request.place), from.bytes) != 0;
  };
  if (there(from) && there(to)) std::memmove(arena.at(to.place), arena.at(from.place), from.bytes);
}

// The target's answer, the same bytes, fills the oldest receive. Where none is posted it is
// repeated until there is one (RNR NAK), or on iWARP ends the connection: here it is lost.
void answer(Kernel& kernel, std::uint8_t index, const Request& sent) {
  Slot& slot = kernel.shared.slots[index];
  if (slot.receives == 0) return observe_stopped(index, slot.qpair, model::Stopped::no_receive);
  Request into = shift_out(kernel.handles.receives[index], slot.receives);
  const bool fits = sent.bytes <= into.bytes || into.bytes == 0;  // of a receive without memory nothing is known
  const bool covered = kernel.covers(index, into, true);
  if (fits && covered) {
    copy_message(sent, into);
    into.bytes = sent.bytes;
    return kernel.push_completion(index, into, IBV_WC_SUCCESS, IBV_WC_RECV);
  }
  kernel.push_completion(index, into, covered ? IBV_WC_LOC_LEN_ERR : IBV_WC_LOC_PROT_ERR, IBV_WC_RECV);
  observe_stopped(index, slot.qpair,
                  covered ? model::Stopped::receive_too_short : model::Stopped::receive_not_registered);
  slot.qp = QpState::error;
  kernel.queue_async(index, IBV_EVENT_QP_FATAL);
}

// Its memory may not be read, or nobody acknowledges it and the transport's retries end: the QP
// goes to error.
void lose_send(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  const bool readable = kernel.covers(index, kernel.handles.sends[index][0], false);
  complete_send(kernel, index, readable ? IBV_WC_RETRY_EXC_ERR : IBV_WC_LOC_PROT_ERR);
  if (!readable) observe_stopped(index, slot.qpair, model::Stopped::not_registered);
  slot.qp = QpState::error;
  kernel.queue_async(index, IBV_EVENT_QP_FATAL);
}

// What a posted receive is for may be written at any time.
bool lies_in_receive(const Kernel& kernel, const Request& sent) {
  if (sent.place == 0 || sent.bytes == 0) return false;
  for (const auto& receives : kernel.handles.receives)
    for (const Request& receive : receives)
      if (receive.place != 0 && receive.place < sent.place + sent.bytes && sent.place < receive.place + receive.bytes)
        return true;
  return false;
}

// The send arrives, is acknowledged, and is answered.
void serve(Kernel& kernel, std::uint8_t index) {
  const Request sent = kernel.handles.sends[index][0];
  if (!kernel.covers(index, sent, false)) return lose_send(kernel, index);
  if (lies_in_receive(kernel, sent))
    observe_stopped(index, kernel.shared.slots[index].qpair, model::Stopped::lies_in_receive);
  complete_send(kernel, index, IBV_WC_SUCCESS);
  if (sent.message != 0 && !kernel.shared.slots[index].connection.target_hung) answer(kernel, index, sent);
}

// The oldest request of the queue. The two queues of a QP are flushed independently, and
// a program that polls meanwhile sees as much as there is.
void flush_send(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  complete_send(kernel, index, IBV_WC_WR_FLUSH_ERR);
  slot.late_sends = std::min(slot.late_sends, slot.sends);
}

void flush_receive(Kernel& kernel, std::uint8_t index) {
  Slot& slot = kernel.shared.slots[index];
  kernel.push_completion(index, shift_out(kernel.handles.receives[index], slot.receives), IBV_WC_WR_FLUSH_ERR,
                         IBV_WC_RECV);
  slot.late_receives = std::min(slot.late_receives, slot.receives);
}

// A removed device may flush, or not; and an iWARP provider flushes a QP when its state
// changes, so that what was posted later may lie there for ever (siw_qp.c: siw_rq_flush).
bool surely_flushed(const Kernel& kernel, const Slot& slot, EnvKind kind) {
  const bool late = kind == EnvKind::flush_send ? slot.sends == slot.late_sends : slot.receives == slot.late_receives;
  return kernel.device_there(slot) && !late;
}

bool has_completions(const Kernel& kernel, std::uint8_t index) {
  for (std::size_t i = 0; i < kernel.shared.completed; ++i)
    if (kernel.shared.completions[i].slot == index) return true;
  return false;
}

// The QP failed under a connection that is up: an iWARP provider then closes the stream.
bool stream_fails(const Slot& slot) {
  return slot.connection.transport == model::Transport::iw && slot.qp == QpState::error &&
         up(slot.connection, model::Side::host);
}

EnvStep step_of(EnvKind kind) {
  switch (kind) {
    case EnvKind::deliver_to_host: return EnvStep::deliver_to_host;
    case EnvKind::deliver_to_target: return EnvStep::deliver_to_target;
    case EnvKind::resolve: return EnvStep::resolve;
    case EnvKind::retries_exhausted: return EnvStep::retries_exhausted;
    case EnvKind::target_accepts: return EnvStep::accept;
    case EnvKind::target_closes: return EnvStep::close;
    case EnvKind::repeat_to_target: return EnvStep::repeat_to_target;
    case EnvKind::repeat_to_host: return EnvStep::repeat_to_host;
    case EnvKind::provider_closes: return EnvStep::provider_closes;
    case EnvKind::provider_aborts: return EnvStep::provider_aborts;
    case EnvKind::deliver_and_close: return EnvStep::deliver_to_host;
    case EnvKind::deliver_as_refused: return EnvStep::provider_refuses;
    default: return EnvStep::timewait_over;
  }
}

// Steps that the connection's own tables decide.
constexpr EnvKind of_connection[] = {EnvKind::deliver_to_host, EnvKind::deliver_to_target, EnvKind::resolve,
                                     EnvKind::target_accepts,  EnvKind::target_closes,     EnvKind::provider_closes};

bool closes_stream(const Slot& slot) {
  const model::Datagram first = slot.connection.to_side(model::Side::host).datagrams[0];
  return up(slot.connection, model::Side::host) && (first == model::Datagram::fin || first == model::Datagram::rst);
}

// What the kernel's retransmission timer has come to.
void list_timer(const Slot& slot, std::uint8_t index, EnvChoices& choices) {
  if (slot.timer_left_ms == no_timer || resolves(slot)) return;
  const bool iw = slot.connection.transport == model::Transport::iw;
  if (slot.timer_left_ms <= (iw ? 0 : Kernel::retries_may_end_ms)) choices.add(EnvKind::retries_exhausted, index);
  if (enabled(slot.connection, EnvStep::repeat_to_target) && repeats_now(slot))
    choices.add(EnvKind::repeat_to_target, index);
}

bool waits_for_answer(const Slot& slot) {
  return resolves(slot) && slot.timer_left_ms > 0 && slot.timer_left_ms != no_timer;
}

// An answer that comes between the kernel's question and its waiting for one is missed: it
// looks again when its time is over, and then finds the address (addr.c: queue_req).
bool may_answer_late(const Slot& slot) {
  return waits_for_answer(slot) && slot.connection.host().cma == model::Cma::addr_query && !answered_at_the_end(slot);
}

// The answer to a resolution: what the tables say, or that the time is over and none has come.
model::Raised resolve(Slot& slot) {
  if (slot.answer != Answer::lost) return model::take(slot.connection, EnvStep::resolve);
  return hit(slot.connection, Fault::drop, model::Side::host);
}

void list_slot(const Kernel& kernel, std::uint8_t i, EnvChoices& choices) {
  const Slot& slot = kernel.shared.slots[i];
  list_timer(slot, i, choices);
  if (slot.delayed != 0) return;
  if (may_answer_late(slot)) choices.add(EnvKind::put_off_answer, i);
  for (const EnvKind kind : of_connection) {
    if (kind == EnvKind::resolve && answered_at_the_end(slot) && waits_for_answer(slot)) continue;
    if (enabled(slot.connection, step_of(kind)) || (kind == EnvKind::provider_closes && stream_fails(slot)))
      choices.add(kind, i);
  }
  if (slot.qp == QpState::error && slot.sends > 0) choices.add(EnvKind::flush_send, i);
  if (slot.qp == QpState::error && slot.receives > 0) choices.add(EnvKind::flush_receive, i);
  if (slot.qp == QpState::rts && slot.sends > 0 && kernel.device_there(slot))
    choices.add(target_takes(slot.connection) ? EnvKind::serve : EnvKind::lose_send, i);
  if (slot.id_alive != 0 && enabled(slot.connection, EnvStep::timewait_over)) choices.add(EnvKind::timewait_over, i);
  if (enabled(slot.connection, EnvStep::repeat_to_host)) choices.add(EnvKind::repeat_to_host, i);
  if (enabled(slot.connection, EnvStep::provider_aborts)) choices.add(EnvKind::provider_aborts, i);
  if (slot.connection.transport == model::Transport::iw && slot.connection.to_side(model::Side::host).count > 0 &&
      closes_stream(slot))
    choices.add(EnvKind::deliver_and_close, i);
  if (enabled(slot.connection, EnvStep::provider_refuses)) choices.add(EnvKind::deliver_as_refused, i);
  if (slot.qp == QpState::none && has_completions(kernel, i)) choices.add(EnvKind::purge_completions, i);
}

}  // namespace

Kernel& boot(const MachineSettings& settings, QpairOfContext qpair_of, std::uint64_t number_bits) {
  Arena& arena = Arena::get();
  arena.clear();
  booted = static_cast<Kernel*>(arena.allocate_zeroed(sizeof(Kernel)));
  namer = qpair_of;
  number_bits_of_wr_id = number_bits;
  booted->shared.faults_left = booted->shared.faults_given = settings.faults;
  booted->shared.transport = settings.transport;
  booted->shared.devices = settings.devices;
  set_device_transport(settings.transport);
  return *booted;
}

Kernel& kernel() {
  assert(booted != nullptr);
  return *booted;
}

QpairOfContext qpair_of_context() { return namer; }
std::uint64_t without_qpair(std::uint64_t wr_id) { return wr_id & ~number_bits_of_wr_id; }

std::uint32_t target_address(std::uint8_t target) { return htonl(0xC0000201u + target); }  // 192.0.2.1, RFC 5737
std::uint32_t host_address(std::uint8_t device) { return htonl(0x0a000001u + device); }  // 10.0.0.1

std::uint8_t fair_label(const Kernel& kernel, const EnvChoice& choice) {
  const auto label = [&choice](unsigned group) {
    return static_cast<std::uint8_t>(1 + group * max_slots + choice.subject);
  };
  switch (choice.kind) {
    case EnvKind::deliver_to_host: return label(0);
    case EnvKind::deliver_to_target: return label(1);
    case EnvKind::flush_send:
    case EnvKind::flush_receive:
      if (!surely_flushed(kernel, kernel.shared.slots[choice.subject], choice.kind)) return 0;
      return label(choice.kind == EnvKind::flush_send ? 2 : 8);
    case EnvKind::lose_send:
    case EnvKind::serve: return label(3);
    case EnvKind::resolve:
    case EnvKind::provider_closes: return label(4);
    case EnvKind::retries_exhausted: return kernel.shared.slots[choice.subject].timer_left_ms == 0 ? label(5) : 0;
    case EnvKind::repeat_to_target: return label(6);
    case EnvKind::target_accepts:
    case EnvKind::target_closes: return label(7);
    default: return 0;
  }
}

void follow_stream(Slot& slot) {
  if (slot.connection.transport != model::Transport::iw || slot.qp == QpState::none) return;
  const model::Iw iw = slot.connection.host().iw;
  if (iw == model::Iw::established && slot.qp == QpState::init) slot.qp = QpState::rts;
  if (iw > model::Iw::established) slot.qp = QpState::error;
}

void list(const Kernel& kernel, EnvChoices& choices) {
  choices.count = 0;
  for (std::uint8_t i = 0; i < max_slots; ++i)
    if (kernel.shared.slots[i].in_use != 0) list_slot(kernel, i, choices);
  if (kernel.may_raise_device_fatal()) choices.add(EnvKind::raise_device_fatal, 0);
  if (!kernel.shared.faults_left.empty()) list_faults(kernel, choices);
}

void take(Kernel& kernel, EnvChoice choice) {
  const std::uint8_t index = choice.subject;
  Slot& slot = kernel.shared.slots[index];
  switch (choice.kind) {
    case EnvKind::fault: return take_fault(kernel, choice);
    case EnvKind::serve: return serve(kernel, index);
    case EnvKind::lose_send: return lose_send(kernel, index);
    case EnvKind::flush_send: return flush_send(kernel, index);
    case EnvKind::flush_receive: return flush_receive(kernel, index);
    case EnvKind::raise_device_fatal: return kernel.raise_device_fatal();
    case EnvKind::put_off_answer: slot.answer = Answer::late; return;
    case EnvKind::purge_completions:
      kernel.drop_completions([index](const Completion& completion) { return completion.slot == index; });
      break;
    case EnvKind::resolve: kernel.queue_event(index, resolve(slot)); break;
    case EnvKind::provider_closes:
      kernel.queue_event(index, apply(slot.connection, model::Side::host, model::Input::provider_close).raised);
      break;
    default:
      if (choice.kind == EnvKind::deliver_and_close) slot.refuses_close = 1;
      if (choice.kind == EnvKind::repeat_to_target) slot.repeated = 1;
      kernel.queue_event(index, model::take(slot.connection, step_of(choice.kind)));
  }
  follow_stream(slot);
  kernel.set_timer(index);
  kernel.forget_if_over(index);
}

}  // namespace qpcheck::sim
