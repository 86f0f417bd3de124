// libibverbs' asynchronous events: a queue of its own beside the event channel's, in no
// order with it. Kept only for a program that asks for them, from its first question on
// (ibv_get_async_event, or fcntl of the context's async_fd): no other's states grow.
// Facts: rdma-core, libibverbs/{device,cmd_qp}.c; Linux, core/uverbs_std_types_async_fd.c.
#include "sim/call.hpp"

namespace qpcheck::sim {

void Kernel::queue_async(std::uint8_t slot, std::uint8_t type) {
  const bool of_second = type == IBV_EVENT_CQ_ERR ? shared.cq_device[slot] != 0
                                                  : slot != model::nobody && device_of(shared.slots[slot]) != 0;
  if (of_second || shared.async_used == 0 || shared.async_queued == max_async) return;  // a full queue loses the event
  shared.async[shared.async_queued++] = {slot, type};
}

void Kernel::drop_async(std::size_t place) {
  for (std::size_t i = place + 1; i < shared.async_queued; ++i) shared.async[i - 1] = shared.async[i];
  shared.async[--shared.async_queued] = {};
}

// A QP goes: its events that were not fetched go with it.
void Kernel::purge_async(std::uint8_t slot) {
  for (std::size_t i = shared.async_queued; i-- > 0;)
    if (shared.async[i].slot == slot && shared.async[i].type == IBV_EVENT_QP_FATAL) drop_async(i);
}

// The driver says it when it likes: long before the device is removed, or after.
bool Kernel::may_raise_device_fatal() const {
  return shared.async_used != 0 && shared.device_fatal == 0 &&
         (!device_there(0) || shared.faults_left.allows(Fault::remove));
}

void Kernel::raise_device_fatal() {
  shared.device_fatal = 1;
  queue_async(model::nobody, IBV_EVENT_DEVICE_FATAL);
}

}  // namespace qpcheck::sim

using namespace qpcheck::sim;

extern "C" {

int ibv_get_async_event(ibv_context* context, ibv_async_event* event) {
  Call call("ibv_get_async_event", Offer::yes, Fails::may);
  if (context != device_context(0)) call.not_simulated("asynchronous events of a second device are not simulated");
  Shared& shared = kernel().shared;
  shared.async_used = 1;
  if (const int error = call.failure(); error != 0) return call.result(error);
  while (shared.async_queued == 0) {
    if (!kernel().device_there(0) && shared.device_fatal != 0) return call.result(EIO);  // that was the last one
    if (shared.async_nonblocking == 0) {
      if (kernel().may_raise_device_fatal())
        call.blocked("ibv_get_async_event waits for an event, and none need come: DEVICE_FATAL may");
      else call.blocked("ibv_get_async_event waits for an event, and none can come");
      continue;
    }
    call.found_nothing();
    if (shared.async_queued == 0) return call.result(EAGAIN);
  }
  const AsyncEvent first = shared.async[0];
  kernel().drop_async(0);
  *event = {};
  event->event_type = static_cast<ibv_event_type>(first.type);
  if (first.type == IBV_EVENT_CQ_ERR) {
    event->element.cq = kernel().handles.cqs[first.slot];
  } else if (first.slot != qpcheck::model::nobody) {
    event->element.qp = kernel().handles.qps[first.slot];
    ++shared.async_held[first.slot];
    call.about(first.slot);
  }
  call.silent(first.type);
  return call.result(0);
}

void ibv_ack_async_event(ibv_async_event* event) {
  Call call("ibv_ack_async_event", Offer::no);
  if (event->event_type == IBV_EVENT_QP_FATAL) {
    std::uint8_t& held = kernel().shared.async_held[call.slot_of(event->element.qp)];
    if (held == 0) call.misuse("ibv_ack_async_event of an event that is acknowledged already or was never fetched");
    --held;
  }
  call.result(0);
}

const char* ibv_event_type_str(ibv_event_type type) {
  return type == IBV_EVENT_QP_FATAL       ? "local work queue catastrophic error"
         : type == IBV_EVENT_DEVICE_FATAL ? "local catastrophic error"
         : type == IBV_EVENT_CQ_ERR       ? "CQ error"
                                          : "unknown";
}

}  // extern "C"
