#include "sim/call.hpp"

#include <string_view>

namespace qpcheck::sim {

std::uint8_t Call::slot_of(const rdma_cm_id* id) {
  for (std::uint8_t i = 0; i < max_slots; ++i)
    if (id != nullptr && kernel().handles.ids[i] == id) return slot_ = i;
  no_object_at(id, "a call on an rdma_cm_id that is destroyed or was never created");
  return 0;
}

bool Call::failures_left() {
  const model::Budget& left = kernel().shared.faults_left;
  return left.allows(Fault::enomem) || left.allows(Fault::eio) || left.allows(Fault::remove);
}

int Call::failure() {
  const int error = kernel().shared.fail_next;
  if (error == 0) return 0;
  kernel().shared.fail_next = 0;
  // The program is told, so no wait is excused; but a QP that could not be moved is not flushed.
  if (slot_ != model::nobody && std::string_view(name_) == "ibv_modify_qp")
    kernel().shared.slots[slot_].linger_excused = 1;
  return error;
}

bool Call::fails(std::uint8_t device) {
  const int injected = failure();
  const int error = injected != 0 ? injected : !kernel().device_there(device) ? EIO : 0;
  if (error != 0) result(error);
  return error != 0;
}

void Call::takes(std::uint64_t ms, const char* why) {
  Handles& handles = kernel().handles;
  if (!StepRunner::get().attended()) return kernel().advance(ms);
  for (handles.wake_ms = handles.now_ms + ms; handles.now_ms < handles.wake_ms;) blocked(why);
  handles.wake_ms = 0;
}

void Call::seen(int value, int error) {
  model::Observation call;
  call.kind = model::Seen::call;
  call.slot = slot_;
  call.qpair = slot_ == model::nobody ? model::nobody : kernel().shared.slots[slot_].qpair;
  call.status = value;
  call.error = error;
  call.text = name_;
  StepRunner::get().observe(call);
  StepRunner::get().returned(static_cast<std::uint64_t>(error) << 8 | slot_);
}

}  // namespace qpcheck::sim
