// librdmacm's functions, as far as a single-threaded connecting application uses
// them: the same names, the same structs, the same side effects in user space.
// Facts: rdma-core, librdmacm/cma.c; the function of that name unless said otherwise.
#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <iterator>

#include "sim/call.hpp"
#include "sim/conn_param.hpp"
#include "sim/guard.hpp"

namespace qpcheck::sim {
namespace {

using model::Event;
using model::Input;

static_assert(static_cast<int>(Event::established) == RDMA_CM_EVENT_ESTABLISHED);
static_assert(static_cast<int>(Event::disconnected) == RDMA_CM_EVENT_DISCONNECTED);
static_assert(static_cast<int>(Event::timewait_exit) == RDMA_CM_EVENT_TIMEWAIT_EXIT);

Slot& slot_at(std::uint8_t index) { return kernel().shared.slots[index]; }

// A second connection of a qpair takes the odd slot while the first is still remembered.
std::uint8_t free_slot(std::uint8_t qpair) {
  if (qpair != model::nobody) {
    const auto first = static_cast<std::uint8_t>(2 * qpair);
    if (slot_at(first).in_use == 0) return first;
    if (slot_at(first + 1u).in_use == 0) return static_cast<std::uint8_t>(first + 1);
    return model::nobody;
  }
  for (std::uint8_t i = 0; i < max_slots; ++i)
    if (slot_at(i).in_use == 0) return i;
  return model::nobody;
}

// iWARP: a call waits for as long as the state does not let it return.
model::CallResult kernel_call(std::uint8_t index, Input input, Call* waits = nullptr) {
  model::CallResult result = apply(slot_at(index).connection, model::Side::host, input);
  for (; result.blocks && waits != nullptr; result = apply(slot_at(index).connection, model::Side::host, input))
    waits->blocked("the call waits until the connection attempt ends, and it cannot");
  kernel().queue_event(index, result.raised);
  kernel().set_timer(index);
  return result;
}

void set_queue_pair_error(std::uint8_t index) {
  if (slot_at(index).qp == QpState::none) return;
  slot_at(index).qp = QpState::error;
  kernel().handles.qps[index]->state = IBV_QPS_ERR;
}

// ucma_process_conn_resp: the QP goes to RTS and the kernel is told, which sends the
// RTU; else the QP goes to error and the application learns of a CONNECT_ERROR.
QueuedEvent process_response(QueuedEvent event) {
  Slot& slot = slot_at(event.slot);
  if (slot.qp == QpState::none) return event;
  const bool accepted = slot.qp == QpState::init && kernel_call(event.slot, Input::accept_rtu).error == 0;
  if (accepted) {
    slot.qp = QpState::rts;
    kernel().handles.qps[event.slot]->state = IBV_QPS_RTS;
    return {event.slot, Event::established, 0};
  }
  set_queue_pair_error(event.slot);
  slot.connect_error = 1;
  return {event.slot, Event::connect_error, -1};
}

// Whether librdmacm shows the event, after what it does at its fetch.
bool process(QueuedEvent& event) {
  const Slot& slot = slot_at(event.slot);
  if (event.event == Event::connect_response) event = process_response(event);
  if (event.event == Event::rejected) set_queue_pair_error(event.slot);
  const bool swallowed = event.event == Event::rejected || event.event == Event::disconnected;
  return !(swallowed && slot.connect_error != 0 && event.event != Event::connect_error);
}

// The oldest event that is not held up by a delay; max_queued: there is none.
std::size_t next_event() {
  const Shared& shared = kernel().shared;
  for (std::size_t i = 0; i < shared.queued; ++i)
    if (shared.slots[shared.queue[i].slot].delayed == 0) return i;
  return max_queued;
}

QueuedEvent pop_event(std::size_t place) {
  Shared& shared = kernel().shared;
  const QueuedEvent first = shared.queue[place];
  for (std::size_t i = place + 1; i < shared.queued; ++i) shared.queue[i - 1] = shared.queue[i];
  shared.queue[--shared.queued] = {};
  return first;
}

void purge_events(std::uint8_t index) {
  Shared& shared = kernel().shared;
  std::uint8_t kept = 0;
  for (std::size_t i = 0; i < shared.queued; ++i)
    if (shared.queue[i].slot != index) shared.queue[kept++] = shared.queue[i];
  for (std::size_t i = kept; i < shared.queued; ++i) shared.queue[i] = {};
  shared.queued = kept;
}

rdma_cm_event* hand_over(const QueuedEvent& event) {
  rdma_cm_event* const made = make_event(event);
  made->id = kernel().handles.ids[event.slot];
  for (HeldEvent& held : kernel().handles.held) {
    if (held.event != nullptr) continue;
    held = {made, event.slot};
    ++slot_at(event.slot).held;
    return made;
  }
  StepRunner::get().abandon(StepEnd::beyond, "more events are held unacknowledged than the simulator keeps");
}

// ucma_get_device, and ucma_query_route for the address that the kernel chose.
void set_device(rdma_cm_id& id, std::uint8_t slot) {
  const std::uint8_t device = kernel().device_of(slot_at(slot));
  id.verbs = device_context(device);
  id.pd = device_pd(device);
  id.port_num = 1;
  id.route.addr.src_sin.sin_family = AF_INET;
  id.route.addr.src_sin.sin_addr.s_addr = host_address(device);
  id.route.addr.src_sin.sin_port = htons(static_cast<std::uint16_t>(0x8000u + slot));
}

void observe_event(model::Seen kind, std::uint8_t index, Event event, int status) {
  model::Observation seen;
  seen.kind = kind;
  seen.slot = index;
  seen.qpair = slot_at(index).qpair;
  seen.event = event;
  seen.status = status;
  StepRunner::get().observe(seen);
}

}  // namespace

}  // namespace qpcheck::sim

using namespace qpcheck::sim;
using qpcheck::model::CmaInput;
using qpcheck::model::Input;

namespace {

// The kernel gives up when its time is over.
int begin_resolving(Slot& slot, CmaInput input, int timeout_ms) {
  const int error = apply(slot.connection, input).error;
  if (error == 0) slot.timer_left_ms = static_cast<std::uint32_t>(std::max(timeout_ms, 0));
  return error;
}

// rdma_destroy_id returns when every event of the id is acknowledged. Only this thread could
// do that, and it is here.
[[noreturn]] void blocked_by_held_events(std::uint8_t index) {
  static std::string why;  // the step that ends here keeps a pointer to it
  const std::string known = names_of(kernel().held_for(index));
  why = "rdma_destroy_id waits for " + (known.empty() ? std::string("an event of its id") : known) +
        ", which this thread has fetched and not acknowledged";
  StepRunner::get().abandon(StepEnd::blocked, why.c_str());
}

// iWARP: rdma_connect returns when TCP has connected, or has given up (siw_cm.c: siw_connect).
void connect_stream(Call& call, std::uint8_t index) {
  Slot& slot = kernel().shared.slots[index];
  const bool connects = slot.connection.transport == qpcheck::model::Transport::iw &&
                        slot.connection.host().cma == qpcheck::model::Cma::route_resolved;
  if (!connects) return;
  if (slot.connection.target_off) call.takes(Kernel::tcp_gives_up_ms, "rdma_connect waits for TCP");
  else if (slot.delayed != 0) call.takes(Kernel::tcp_connects_late_ms, "rdma_connect waits for TCP");
}

}  // namespace

extern "C" {

rdma_event_channel* rdma_create_event_channel(void) {
  Call call("rdma_create_event_channel", Offer::no);
  if (kernel().shared.channel_open != 0) call.not_simulated("a second event channel is not simulated");
  auto* const channel = static_cast<rdma_event_channel*>(Arena::get().allocate_zeroed(sizeof(rdma_event_channel)));
  channel->fd = channel_fd;
  kernel().handles.channel = channel;
  kernel().shared.channel_open = 1;
  call.result(0);
  return channel;
}

void rdma_destroy_event_channel(rdma_event_channel* channel) {
  Call call("rdma_destroy_event_channel", Offer::no);
  if (channel == nullptr || channel != kernel().handles.channel)
    call.no_object("an event channel that is destroyed or was never created");
  for (const Slot& slot : kernel().shared.slots)
    if (slot.id_alive != 0) call.misuse("rdma_destroy_event_channel while an rdma_cm_id is on it");
  Arena::get().free(channel);
  kernel().handles.channel = nullptr;
  kernel().shared.channel_open = kernel().shared.nonblocking = 0;
  call.result(0);
}

int rdma_create_id(rdma_event_channel* channel, rdma_cm_id** id, void* context, rdma_port_space ps) {
  Call call("rdma_create_id", Offer::no, Fails::may);
  if (channel == nullptr)
    call.not_simulated("rdma_create_id without an event channel: synchronous ids are not simulated");
  if (channel != kernel().handles.channel)
    call.no_object("rdma_create_id on an event channel that is destroyed or was never created");
  if (const int error = call.failure(); error != 0) return call.result(error);
  const std::uint8_t qpair = qpair_of_context() != nullptr ? qpair_of_context()(context) : qpcheck::model::nobody;
  const std::uint8_t index = free_slot(qpair);
  if (index == qpcheck::model::nobody)
    StepRunner::get().abandon(StepEnd::beyond, "more rdma_cm_ids than the simulator keeps");
  auto* const made = static_cast<rdma_cm_id*>(Arena::get().allocate_zeroed(sizeof(rdma_cm_id)));
  made->channel = channel;
  made->context = context;
  made->ps = ps;
  made->qp_type = ps == RDMA_PS_UDP || ps == RDMA_PS_IPOIB ? IBV_QPT_UD : IBV_QPT_RC;
  Slot& slot = kernel().shared.slots[index];
  slot = Slot{};
  slot.in_use = slot.id_alive = 1;
  slot.qpair = qpair;
  slot.timer_left_ms = no_timer;
  slot.connection.transport = kernel().shared.transport;
  kernel().handles.ids[index] = made;
  ++kernel().handles.program_holds;
  *id = made;
  call.about(index);
  return call.result(0);
}

int rdma_destroy_id(rdma_cm_id* id) {
  Call call("rdma_destroy_id", Offer::yes);
  const std::uint8_t index = call.slot_of(id);
  Slot& slot = kernel().shared.slots[index];
  if (slot.qp != QpState::none) call.misuse("rdma_destroy_id before rdma_destroy_qp");
  kernel_call(index, Input::destroy, &call);
  purge_events(index);
  if (slot.held != 0) blocked_by_held_events(index);
  kernel().handles.ids[index] = nullptr;
  --kernel().handles.program_holds;
  forget_sent(index);
  Arena::get().free(id);
  slot.id_alive = 0;
  const int result = call.result(0);
  kernel().forget_if_over(index);
  return result;
}

int rdma_resolve_addr(rdma_cm_id* id, sockaddr*, sockaddr* destination, int timeout_ms) {
  Call call("rdma_resolve_addr", Offer::yes, Fails::may);
  const std::uint8_t index = call.slot_of(id);
  if (destination == nullptr) return call.result(EINVAL);
  if (const int error = call.failure(); error != 0) return call.result(error);
  const auto* const address = reinterpret_cast<const sockaddr_in*>(destination);
  Slot& slot = kernel().shared.slots[index];
  slot.target = address->sin_addr.s_addr == target_address(1) ? 1 : 0;
  if (!kernel().device_there(slot)) return call.result(ENODEV);
  const TargetState target = kernel().shared.targets[slot.target];
  slot.connection.target_listens = target == TargetState::runs || target == TargetState::hung;
  slot.connection.target_hung = target == TargetState::hung;
  slot.connection.target_off = target == TargetState::off;
  slot.excused |= slot.connection.target_hung || slot.connection.target_off ? 1 : 0;
  id->route.addr.dst_sin = *address;
  return call.result(begin_resolving(slot, CmaInput::resolve_addr, timeout_ms));
}

int rdma_resolve_route(rdma_cm_id* id, int timeout_ms) {
  Call call("rdma_resolve_route", Offer::yes, Fails::may);
  const std::uint8_t index = call.slot_of(id);
  if (id->verbs == nullptr) call.misuse("rdma_resolve_route before ADDR_RESOLVED was fetched");
  if (const int error = call.failure(); error != 0) return call.result(error);
  return call.result(begin_resolving(kernel().shared.slots[index], CmaInput::resolve_route, timeout_ms));
}

int rdma_connect(rdma_cm_id* id, rdma_conn_param* parameters) {
  Call call("rdma_connect", Offer::yes, Fails::may);
  const std::uint8_t index = call.slot_of(id);
  if (const int error = call.failure(); error != 0) return call.result(error);
  if (parameters != nullptr && parameters->private_data_len > sizeof(Sent::private_data)) return call.result(EINVAL);
  connect_stream(call, index);
  const int error = apply(kernel().shared.slots[index].connection, CmaInput::connect).error;
  if (error == 0) remember_sent(index, parameters);
  kernel().set_timer(index);
  return call.result(error);
}

// The QP is moved before the kernel is told (ucma_shutdown); if that fails, the kernel
// is not told. What it then sends, or does not, never shows in the result.
int rdma_disconnect(rdma_cm_id* id) {
  Call call("rdma_disconnect", Offer::yes, Fails::may);
  const std::uint8_t index = call.slot_of(id);
  if (id->verbs == nullptr) return call.result(EINVAL);
  Slot& slot = slot_at(index);
  const bool iw = slot.connection.transport == qpcheck::model::Transport::iw;
  // Out of memory: the QP is in error, but the DREQ or DREP is silently not sent.
  const qpcheck::model::Ib ib = slot.connection.host().ib;
  const bool sends = ib == qpcheck::model::Ib::established || ib == qpcheck::model::Ib::dreq_rcvd;
  slot.connection.cannot_post = !iw && sends && kernel().shared.fail_next == ENOMEM;
  const int failed = call.failure();
  if (failed != 0 && !slot.connection.cannot_post) return call.result(failed);
  if (slot.connection.cannot_post) kernel().excuse(index, Fault::enomem);
  const bool has_qp = slot.qp != QpState::none;
  if (has_qp && !kernel().device_there(slot)) return call.result(EIO);
  if (has_qp && iw && slot.refuses_close != 0) return call.result(EINVAL);
  if (!iw) set_queue_pair_error(index);
  else if (has_qp) kernel().handles.qps[index]->state = IBV_QPS_SQD;
  const int error = kernel_call(index, Input::disconnect, &call).error;
  slot.connection.cannot_post = false;
  if (iw && error == 0 && slot.qp == QpState::rts) slot.qp = QpState::error;  // the stream is closed, the QP with it
  return call.result(error);
}

int rdma_get_cm_event(rdma_event_channel* channel, rdma_cm_event** event) {
  Call call("rdma_get_cm_event", Offer::yes, Fails::may);
  if (channel == nullptr || channel != kernel().handles.channel)
    call.no_object("rdma_get_cm_event on a channel that is destroyed or was never created");
  if (event == nullptr) return call.result(EINVAL);
  if (const int error = call.failure(); error != 0) return call.result(error);
  for (;;) {
    std::size_t place = next_event();
    for (; place == max_queued; place = next_event()) {
      if (kernel().shared.nonblocking != 0) {
        call.found_nothing();
        if (next_event() != max_queued) continue;  // time has moved
        call.silent(EAGAIN);
        errno = EAGAIN;
        return -1;
      }
      call.blocked("rdma_get_cm_event waits for an event, and none can come");
    }
    QueuedEvent first = pop_event(place);
    if (!process(first)) continue;
    rdma_cm_id* const id = kernel().handles.ids[first.slot];
    id->context = const_cast<void*>(guarded(id->context, Kept::context));
    *event = hand_over(first);
    if (first.event == qpcheck::model::Event::addr_resolved) set_device(*id, first.slot);
    call.silent(std::uint64_t{1} << 32 | static_cast<std::uint64_t>(first.slot) << 24 |
                static_cast<std::uint64_t>(first.event) << 16 | static_cast<std::uint16_t>(first.status));
    observe_event(qpcheck::model::Seen::event_fetched, first.slot, first.event, first.status);
    return 0;
  }
}

int rdma_ack_cm_event(rdma_cm_event* event) {
  Call call("rdma_ack_cm_event", Offer::no);
  if (event == nullptr) return call.result(EINVAL);
  for (HeldEvent& held : kernel().handles.held) {
    if (held.event != event) continue;
    Slot& slot = kernel().shared.slots[held.slot];
    --slot.held;
    if (event->event == RDMA_CM_EVENT_ESTABLISHED) slot.established = 1;
    if (event->event == RDMA_CM_EVENT_DEVICE_REMOVAL) slot.linger_excused = 0;  // it knows that no flush need come
    observe_event(qpcheck::model::Seen::event_acknowledged, held.slot, static_cast<qpcheck::model::Event>(event->event),
                  event->status);
    held = {};
    Arena::get().free(event);
    call.silent(0);
    return 0;
  }
  call.misuse("rdma_ack_cm_event of an event that is acknowledged already or was never fetched");
  return -1;
}

__be16 rdma_get_src_port(rdma_cm_id* id) { return id->route.addr.src_sin.sin_port; }
__be16 rdma_get_dst_port(rdma_cm_id* id) { return id->route.addr.dst_sin.sin_port; }

const char* rdma_event_str(rdma_cm_event_type type) {
  static constexpr const char* texts[] = {
      "RDMA_CM_EVENT_ADDR_RESOLVED",  "RDMA_CM_EVENT_ADDR_ERROR",      "RDMA_CM_EVENT_ROUTE_RESOLVED",
      "RDMA_CM_EVENT_ROUTE_ERROR",    "RDMA_CM_EVENT_CONNECT_REQUEST", "RDMA_CM_EVENT_CONNECT_RESPONSE",
      "RDMA_CM_EVENT_CONNECT_ERROR",  "RDMA_CM_EVENT_UNREACHABLE",     "RDMA_CM_EVENT_REJECTED",
      "RDMA_CM_EVENT_ESTABLISHED",    "RDMA_CM_EVENT_DISCONNECTED",    "RDMA_CM_EVENT_DEVICE_REMOVAL",
      "RDMA_CM_EVENT_MULTICAST_JOIN", "RDMA_CM_EVENT_MULTICAST_ERROR", "RDMA_CM_EVENT_ADDR_CHANGE",
      "RDMA_CM_EVENT_TIMEWAIT_EXIT"};
  return static_cast<unsigned>(type) < std::size(texts) ? texts[type] : "UNKNOWN EVENT";
}

}  // extern "C"
