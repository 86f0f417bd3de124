#include "sim/kernel.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

#include "model/description.hpp"
#include "model/never.hpp"
#include "sim/arena.hpp"
#include "sim/machine.hpp"

namespace qpcheck::sim {

using model::bits;
using model::Event;

namespace {

// Until the slot's retransmission timer changes what may happen: something lost is
// repeated, giving up becomes possible, giving up must come. Each 0 when it is now.
std::uint32_t next_moment_ms(const Slot& slot) {
  const std::uint32_t left = slot.timer_left_ms;
  if (resolves(slot)) return answered_at_the_end(slot) && left > 0 ? left : no_timer;
  if (left == no_timer || slot.connection.transport == model::Transport::iw) return left;
  std::uint32_t next = left > Kernel::retries_may_end_ms ? left - Kernel::retries_may_end_ms : left;
  const std::uint32_t passed = Kernel::retries_ms - left;
  if (enabled(slot.connection, model::EnvStep::repeat_to_target))
    next = std::min(next, repeats_now(slot) ? 0 : Kernel::repeat_ms - passed % Kernel::repeat_ms);
  return next;
}

}  // namespace

bool resolves(const Slot& slot) {
  const model::Cma cma = slot.connection.host().cma;
  return cma == model::Cma::addr_query || cma == model::Cma::route_query;
}

// Nobody answers for the address of a host that is off.
bool answered_at_the_end(const Slot& slot) {
  return slot.answer != Answer::soon ||
         (slot.connection.target_off && slot.connection.host().cma == model::Cma::addr_query);
}

bool repeats_now(const Slot& slot) {
  const std::uint32_t passed = Kernel::retries_ms - slot.timer_left_ms;
  return slot.repeated == 0 && passed > 0 && passed % Kernel::repeat_ms == 0;
}

void Kernel::queue_event(std::uint8_t slot, model::Raised raised) {
  if (raised.event == Event::none || shared.slots[slot].id_alive == 0) return;
  Slot& told = shared.slots[slot];
  if (const auto broken = model::forbidden(shared.transport, told.told, raised.event); !broken.empty()) {
    std::fprintf(stderr, "qpcheck: the simulator breaks the contract: %.*s\n", static_cast<int>(broken.size()),
                 broken.data());
    std::abort();
  }
  told.told.bits |= model::EventSet::of(raised.event).bits;
  queue_anything(slot, raised);
}

void Kernel::queue_anything(std::uint8_t slot, model::Raised raised) {
  assert(shared.queued < max_queued);
  shared.queue[shared.queued++] = {slot, raised.event, static_cast<std::int16_t>(raised.status)};
}

// A CQ that overflows is in error (ibv_get_async_event(3): IBV_EVENT_CQ_ERR, "CQ overrun"),
// and the QP whose completion found no room is taken to fail with it.
void Kernel::push_completion(std::uint8_t slot, const Request& request, int status, int opcode) {
  Slot& here = shared.slots[slot];
  const std::uint8_t cq = opcode == IBV_WC_SEND ? here.send_cq : here.receive_cq;
  const auto held = std::count_if(shared.completions.begin(), shared.completions.begin() + shared.completed,
                                  [cq](const Completion& completion) { return completion.cq == cq; });
  if (held >= shared.cq_entries[cq]) {
    if (shared.cq_overrun[cq] == 0) queue_async(cq, IBV_EVENT_CQ_ERR);
    shared.cq_overrun[cq] = 1;
    here.qp = QpState::error;
  }
  if (shared.cq_overrun[cq] != 0) return;
  assert(shared.completed < max_completions);
  const bool received = opcode == IBV_WC_RECV && status == IBV_WC_SUCCESS;
  shared.completions[shared.completed++] = {slot,
                                            cq,
                                            static_cast<std::uint8_t>(status),
                                            static_cast<std::uint8_t>(opcode),
                                            received ? request.bytes : 0,
                                            received ? request.place : 0,
                                            request.wr_id};
}

bool Kernel::covers(std::uint8_t slot, const Request& request, bool writes) const {
  if (request.bytes == 0 || request.key == no_key) return true;
  if (request.key == 0 || request.key > max_regions) return false;
  const Region& region = handles.regions[request.key - 1u];
  if (region.mr == nullptr || region.mr->pd != handles.qps[slot]->pd || (writes && region.writable == 0)) return false;
  if (request.place == 0) return true;
  const std::byte* const begin = Arena::get().at(request.place);
  const auto* const registered = static_cast<const std::byte*>(region.mr->addr);
  return begin >= registered && begin + request.bytes <= registered + region.mr->length;
}

void Kernel::release_cq(std::uint8_t cq) {
  drop_completions([cq](const Completion& completion) { return completion.cq == cq; });
  for (std::size_t i = shared.async_queued; i-- > 0;)
    if (shared.async[i].type == IBV_EVENT_CQ_ERR && shared.async[i].slot == cq) drop_async(i);
  handles.cqs[cq] = nullptr;
  shared.cq_alive[cq] = shared.cq_device[cq] = shared.cq_entries[cq] = shared.cq_overrun[cq] = 0;
  for (std::uint8_t slot = 0; slot < max_slots; ++slot) forget_if_over(slot);
}

void Kernel::set_timer(std::uint8_t index) {
  Slot& slot = shared.slots[index];
  if (resolves(slot)) return;
  slot.answer = Answer::soon;
  if (!enabled(slot.connection, model::EnvStep::retries_exhausted)) {
    slot.timer_left_ms = no_timer;
    slot.repeated = 0;
  } else if (slot.timer_left_ms == no_timer) {
    slot.timer_left_ms = slot.connection.transport == model::Transport::iw ? mpa_reply_ms : retries_ms;
  }
}

void Kernel::excuse(std::uint8_t index, Fault fault) {
  const auto excuse = [fault](Slot& slot) {
    slot.excused = 1;
    if (model::info(fault).flush == model::Flush::held_up) slot.linger_excused = 1;
  };
  for (Slot& slot : shared.slots) {
    const bool same_target = slot.in_use != 0 && slot.target == shared.slots[index].target;
    switch (model::info(fault).excuses) {
      case model::Excuses::nothing:
      case model::Excuses::linger: break;  // of the call that fails: Call::failure()
      case model::Excuses::connection: excuse(shared.slots[index]); break;
      case model::Excuses::target:
        if (same_target) excuse(slot);
        break;
      case model::Excuses::device:
        if (slot.in_use != 0 && device_of(slot) == device_of(shared.slots[index])) excuse(slot);
        break;
    }
  }
}

bool Kernel::something_pending(std::uint8_t index) const {
  using model::EnvStep;
  const Slot& slot = shared.slots[index];
  for (const EnvStep step : {EnvStep::resolve, EnvStep::deliver_to_host, EnvStep::deliver_to_target, EnvStep::accept,
                             EnvStep::close, EnvStep::provider_closes})
    if (enabled(slot.connection, step)) return true;
  return (slot.qp == QpState::error && slot.sends + slot.receives > 0) || (slot.qp == QpState::rts && slot.sends > 0) ||
         !queued_for(index).empty();
}

void Kernel::forget_if_over(std::uint8_t index) {
  Slot& slot = shared.slots[index];
  if (slot.in_use == 0 || slot.id_alive != 0 || !forgotten(slot.connection)) return;
  for (std::size_t i = 0; i < shared.completed; ++i)
    if (shared.completions[i].slot == index) return;  // its queue pair number is still in a CQ
  slot = Slot{};
}

model::EventSet Kernel::queued_for(std::uint8_t slot) const {
  model::EventSet events;
  for (std::size_t i = 0; i < shared.queued; ++i)
    if (shared.queue[i].slot == slot) events.bits |= model::EventSet::of(shared.queue[i].event).bits;
  return events;
}

model::EventSet Kernel::held_for(std::uint8_t slot) const {
  model::EventSet events;
  for (const HeldEvent& held : handles.held)
    if (held.event != nullptr && held.slot == slot)
      events.bits |= model::EventSet::of(static_cast<Event>(held.event->event)).bits;
  return events;
}

// Faults that were spent and may keep a connection from coming back. (Of those that were given
// for any of the contract each is taken for one.)
std::uint8_t Kernel::hindering() const {
  unsigned spent = shared.faults_given.total() - shared.faults_left.total();
  for (const model::FaultInfo& row : model::fault_infos) {
    const auto fault = static_cast<std::size_t>(row.fault);
    if (row.hinders == model::Hinders::one_attempt)
      spent -= shared.faults_given.of[fault] - shared.faults_left.of[fault];
  }
  return static_cast<std::uint8_t>(spent);
}

model::View Kernel::view() const {
  model::View view;
  for (std::uint8_t i = 0; i < max_slots; ++i) {
    const Slot& slot = shared.slots[i];
    if (slot.in_use == 0) continue;
    view.slots[i] = {slot.connection, slot.id_alive != 0, slot.qp != QpState::none, slot.qp == QpState::error,
                     slot.established != 0, slot.excused != 0, slot.linger_excused != 0, queued_for(i),
                     slot.held != 0 ? held_for(i) : model::EventSet{},
                     shared.targets[slot.target] == TargetState::runs, device_there(slot), slot.target,
                     slot.delayed != 0, slot.qpair};
  }
  view.faults_left = shared.faults_left;
  view.calls_well = shared.fail_next == 0;
  view.hindering = hindering();
  return view;
}

std::uint32_t Kernel::next_timer_ms() const {
  const bool sleeps = handles.wake_ms > handles.now_ms;
  std::uint32_t next = sleeps ? static_cast<std::uint32_t>(handles.wake_ms - handles.now_ms) : no_timer;
  bool delayed = false;
  for (const Slot& slot : shared.slots) {
    if (slot.in_use == 0) continue;
    delayed = delayed || slot.delayed != 0;
    next = std::min(next, next_moment_ms(slot));
  }
  return next == no_timer && delayed ? 1 : next;
}

void Kernel::advance(std::uint64_t ms) {
  handles.now_ms += ms;
  for (Slot& slot : shared.slots) {
    if (slot.in_use == 0) continue;
    slot.delayed = slot.repeated = 0;
    if (slot.timer_left_ms == no_timer) continue;
    slot.timer_left_ms = slot.timer_left_ms > ms ? slot.timer_left_ms - static_cast<std::uint32_t>(ms) : 0;
  }
}

std::size_t Kernel::describe(std::span<std::uint8_t> out) const {
  model::Description to(out);
  for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair) describe_of(to, qpair);
  describe_rest(to);
  return to.size();
}

// Its two slots. That they are in use goes before what they are, so that no two states share a description.
void Kernel::describe_of(model::Description& to, std::uint8_t qpair) const {
  static_assert(max_slots == 2 * model::max_qpairs);
  const std::size_t first = 2u * qpair;
  to.pack(bits<1>(shared.slots[first].in_use), bits<1>(shared.slots[first + 1].in_use));
  for (std::size_t i = first; i < first + 2; ++i)
    if (shared.slots[i].in_use != 0) describe_slot(to, i);
}

// Counts go before what they count.
void Kernel::describe_rest(model::Description& to, const model::Order& order) const {
  static_assert(max_slots <= 8 && max_cqs <= 4);
  unsigned cqs = 0;
  for (std::size_t i = 0; i < max_cqs; ++i)
    cqs |= (unsigned{shared.cq_alive[i]} | unsigned{shared.cq_overrun[i]} << 4) << i;
  to.put(shared.queued);
  to.put(shared.completed);
  for (std::size_t i = 0; i < shared.queued; ++i) {
    to.put(order.place_of_slot(shared.queue[i].slot));
    to.put(static_cast<std::uint8_t>(shared.queue[i].event));
    to.put(shared.queue[i].status);
  }
  for (std::size_t i = 0; i < shared.completed; ++i) {
    const Completion& completion = shared.completions[i];
    to.pack(bits<4>(order.place_of_slot(completion.slot)), bits<4>(completion.cq));
    to.put(completion.status);
    to.put(without_qpair(completion.wr_id));
    if (completion.bytes > 0) to.put(completion.bytes), to.put(Arena::get().hash(completion.place, completion.bytes));
  }
  to.put(shared.faults_left);
  to.put(shared.targets);
  const std::uint64_t sleep_ms = handles.wake_ms > handles.now_ms ? handles.wake_ms - handles.now_ms : 0;
  to.pack(bits<1>(shared.nonblocking), bits<1>(sleep_ms != 0), bits<1>(shared.async_used != 0),
          bits<2>(shared.devices_gone));
  if (sleep_ms != 0) to.put(sleep_ms);
  if (shared.async_used != 0) {
    to.put(shared.async);
    to.put(shared.async_held);
    to.pack(bits<6>(shared.async_queued), bits<1>(shared.async_nonblocking), bits<1>(shared.device_fatal));
  }
  to.pack(bits<8>(cqs));
  for (std::size_t i = 0; i < max_cqs; ++i)
    if (shared.cq_alive[i] != 0) to.put(shared.cq_entries[i]), to.put(shared.cq_device[i]);
  to.put(shared.fail_next);
  describe_memory(to);
}

std::size_t Kernel::describe_visible(std::span<std::uint8_t> out) const {
  model::Description to(out);
  for (std::size_t i = 0; i < max_slots; ++i) {
    if (shared.slots[i].in_use == 0 || handles.ids[i] == nullptr) continue;
    to.put(static_cast<std::uint8_t>(i));
    to.put(handles.ids[i]->verbs == nullptr ? model::nobody : device_number(handles.ids[i]->verbs));
    to.put(handles.qps[i] == nullptr ? model::nobody : static_cast<std::uint8_t>(handles.qps[i]->state));
  }
  return to.size();
}

// Each PD and region that there is: its place, which is its key, and what it is good for.
void Kernel::describe_memory(model::Description& to) const {
  static_assert(max_pds <= 8 && max_regions <= 8);
  unsigned pds = 0, regions = 0;
  for (std::size_t i = 0; i < max_pds; ++i) pds |= unsigned{handles.pds[i] != nullptr} << i;
  for (std::size_t i = 0; i < max_regions; ++i) regions |= unsigned{handles.regions[i].mr != nullptr} << i;
  to.pack(bits<8>(pds));
  to.pack(bits<8>(regions));
  for (const ibv_pd* pd : handles.pds)
    if (pd != nullptr) to.put(device_number(pd->context));
  for (const Region& region : handles.regions)
    if (region.mr != nullptr) to.pack(bits<7>(device_number(region.mr->context)), bits<1>(region.writable));
}

// That it is on iWARP is the same in the whole run.
void Kernel::describe_slot(model::Description& to, std::size_t index) const {
  constexpr std::size_t identity_bytes = offsetof(Slot, in_use);
  static_assert(identity_bytes == sizeof(model::Connection) + sizeof(Slot::timer_left_ms) + 26,
                "no byte of it is padding");
  static_assert(std::has_unique_object_representations_v<model::Connection>);
  Slot slot = shared.slots[index];
  slot.connection.transport = {};
  to.put_bytes(&slot, identity_bytes);
  describe_requests(to, index);
}

// They complete in this order. Which request a single one is, the program knows.
void Kernel::describe_requests(model::Description& to, std::size_t index) const {
  const Slot& slot = shared.slots[index];
  const std::span<const Request> sends(handles.sends[index].data(), slot.sends);
  const std::span<const Request> receives(handles.receives[index].data(), slot.receives);
  const auto put_order = [&to](std::span<const Request> requests) {
    for (const Request& request : requests)
      if (requests.size() > 1) to.put(without_qpair(request.wr_id));
  };
  put_order(sends);
  put_order(receives);
  for (const Request& send : sends) to.put(Arena::get().hash(send.place, send.bytes) + send.message);
  static_assert(max_posted <= 4);
  unsigned covered = 0;
  const auto add = [&](const Request& request, bool writes) {
    covered = covered << 1 | unsigned{covers(static_cast<std::uint8_t>(index), request, writes)};
  };
  for (const Request& send : sends) add(send, false);
  for (const Request& receive : receives) add(receive, true);
  to.pack(bits<8>(covered));
}

std::string slot_name(std::uint8_t slot, std::uint8_t qpair) {
  if (qpair == model::nobody) return "id" + std::to_string(slot);
  return "qp" + std::to_string(qpair) + (slot % 2 == 0 ? "" : ".2");
}

}  // namespace qpcheck::sim
