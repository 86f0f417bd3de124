// libibverbs' functions, and the inline calls that go through ibv_context's table.
// A device, and the PD that librdmacm has of it, are constants outside the arena. (PDs and
// memory of the program: memory.cpp.)
#include <algorithm>
#include <cassert>
#include <cstring>

#include "sim/call.hpp"
#include "sim/guard.hpp"

namespace qpcheck::sim {
namespace {

std::uint8_t cq_number(const ibv_cq* cq) {
  for (std::uint8_t i = 0; i < max_cqs; ++i)
    if (cq != nullptr && kernel().handles.cqs[i] == cq) return i;
  return model::nobody;
}

// A full queue is the program's: it asked for no more. One that is full only here is ours.
int full(Call& call, std::uint8_t most) {
  if (most == more_than_kept) call.not_simulated("more work requests on one queue than the simulator keeps (4)");
  return ENOMEM;
}

// The first piece stands for the message.
Request to_request(std::uint64_t wr_id, const ibv_sge* pieces, int count) {
  if (count < 1) return {wr_id, 0, 0, no_key, 0};
  constexpr std::uint32_t longest = (1u << 23) - 1;  // than the arena, by far
  const std::uint8_t key = pieces->lkey <= max_regions ? static_cast<std::uint8_t>(pieces->lkey) : std::uint8_t{0};
  const auto* const memory = reinterpret_cast<const void*>(pieces->addr);
  return {wr_id, std::min(pieces->length, longest) & longest, 0, key, Arena::get().offset_of(memory, pieces->length)};
}

int post(Call& call, const ibv_qp* qp, const Request& request, int pieces, bool send) {
  const std::uint8_t index = call.slot_of(qp);
  Slot& slot = kernel().shared.slots[index];
  if (const int error = call.failure(); error != 0) return error;
  if (!kernel().device_there(slot)) return EIO;
  if (send && slot.qp == QpState::init) return EINVAL;
  if (pieces > (send ? slot.send_pieces : slot.receive_pieces)) return EINVAL;
  std::uint8_t& count = send ? slot.sends : slot.receives;
  const std::uint8_t most = send ? slot.most_sends : slot.most_receives;
  if (count == most || count == max_posted) return full(call, most);
  const bool late = slot.qp == QpState::error && slot.connection.transport == model::Transport::iw;
  if (late) ++(send ? slot.late_sends : slot.late_receives);
  (send ? kernel().handles.sends : kernel().handles.receives)[index][count++] = request;
  return 0;
}

int post_send(ibv_qp* qp, ibv_send_wr* request, ibv_send_wr** rejected) {
  Call call("ibv_post_send", Offer::yes, Fails::may);
  for (; request != nullptr; request = request->next) {
    *rejected = request;
    Slot& slot = kernel().shared.slots[call.slot_of(qp)];
    Request made = to_request(request->wr_id, request->sg_list, request->num_sge);
    made.message = request->opcode == IBV_WR_SEND || request->opcode == IBV_WR_SEND_WITH_IMM ? 1 : 0;
    if ((request->send_flags & IBV_SEND_INLINE) != 0) {
      if (made.bytes > slot.most_inline) return call.verbs_result(EINVAL);
      made.place = 0;  // was read just now; not kept
      made.key = no_key;
    }
    if (const int error = post(call, qp, made, request->num_sge, true); error != 0) return call.verbs_result(error);
    const bool signaled = slot.all_signaled != 0 || (request->send_flags & IBV_SEND_SIGNALED) != 0;
    if (!signaled) slot.unsignaled = static_cast<std::uint8_t>(slot.unsignaled | 1u << (slot.sends - 1));
  }
  return call.verbs_result(0);
}

int post_receive(ibv_qp* qp, ibv_recv_wr* request, ibv_recv_wr** rejected) {
  Call call("ibv_post_recv", Offer::yes, Fails::may);
  for (; request != nullptr; request = request->next) {
    *rejected = request;
    const Request made = to_request(request->wr_id, request->sg_list, request->num_sge);
    if (const int error = post(call, qp, made, request->num_sge, false); error != 0) return call.verbs_result(error);
    // From now on it is the device's.
    if (made.place != 0) std::memset(Arena::get().at(made.place), static_cast<int>(fresh), made.bytes);
  }
  return call.verbs_result(0);
}

void remove_completion(std::size_t place) {
  Shared& shared = kernel().shared;
  for (std::size_t i = place + 1; i < shared.completed; ++i) shared.completions[i - 1] = shared.completions[i];
  shared.completions[--shared.completed] = {};
}

void observe_completion(const Completion& completion) {
  model::Observation seen;
  seen.kind = model::Seen::completion;
  seen.slot = completion.slot;
  seen.qpair = kernel().shared.slots[completion.slot].qpair;
  seen.status = completion.status;
  seen.text = completion.opcode == IBV_WC_SEND ? "send" : "receive";
  seen.error = kernel().shared.slots[completion.slot].qp == QpState::none ? 1 : 0;
  StepRunner::get().observe(seen);
}

ibv_wc to_wc(const Completion& completion) {
  ibv_wc wc{};
  wc.wr_id = reinterpret_cast<std::uint64_t>(guarded(reinterpret_cast<const void*>(completion.wr_id), Kept::wr_id));
  wc.status = static_cast<ibv_wc_status>(completion.status);
  wc.opcode = static_cast<ibv_wc_opcode>(completion.opcode);
  wc.qp_num = queue_pair_number(completion.slot);
  wc.byte_len = completion.bytes;
  return wc;
}

int poll_cq(ibv_cq* cq, int most, ibv_wc* wc) {
  Call call("ibv_poll_cq", Offer::yes);
  const std::uint8_t number = cq_number(cq);
  if (number == model::nobody) call.no_object("ibv_poll_cq on a CQ that is destroyed or was never created");
  int polled = 0;
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < kernel().shared.completed && polled < most;) {
    const Completion completion = kernel().shared.completions[i];
    if (completion.cq != number) {
      ++i;
      continue;
    }
    wc[polled++] = to_wc(completion);
    observe_completion(completion);
    result = (result + Arena::get().hash(completion.place, completion.bytes) + completion.wr_id * 31 +
              completion.slot * 7u + completion.status + 1u) *
             0x9E3779B97F4A7C15u;
    remove_completion(i);
  }
  if (polled == 0) call.found_nothing();
  call.silent(result);
  return polled;
}

constexpr std::uint8_t up_to_255(std::uint32_t count) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(count, 255));
}

ibv_cq* make_cq(Call& call, std::uint8_t device, int entries, void* cq_context) {
  const auto free = std::find(kernel().handles.cqs.begin(), kernel().handles.cqs.end(), nullptr);
  if (free == kernel().handles.cqs.end()) call.not_simulated("more completion queues than the simulator keeps (4)");
  const auto number = static_cast<std::size_t>(free - kernel().handles.cqs.begin());
  auto* const cq = static_cast<ibv_cq*>(Arena::get().allocate_zeroed(sizeof(ibv_cq)));
  cq->context = device_context(device);
  cq->cq_context = cq_context;
  cq->cqe = entries;
  *free = cq;
  kernel().shared.cq_alive[number] = 1;
  kernel().shared.cq_device[number] = device;
  kernel().shared.cq_entries[number] = up_to_255(static_cast<std::uint32_t>(entries));
  return cq;
}

std::uint8_t kept(std::uint32_t requests) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(requests, more_than_kept));
}

// librdmacm makes those that the program leaves out, and keeps them in the id (ucma_create_cqs);
// their completion channels are not simulated.
void make_missing_cqs(Call& call, rdma_cm_id& id, ibv_qp_init_attr& attributes, Slot& slot) {
  if (attributes.recv_cq == nullptr) {
    attributes.recv_cq = id.recv_cq =
        make_cq(call, kernel().device_of(slot), static_cast<int>(attributes.cap.max_recv_wr), &id);
    slot.own_cqs |= 2u;
  }
  if (attributes.send_cq == nullptr) {
    attributes.send_cq = id.send_cq =
        make_cq(call, kernel().device_of(slot), static_cast<int>(attributes.cap.max_send_wr), &id);
    slot.own_cqs |= 1u;
  }
}

void release_own_cqs(rdma_cm_id& id, Slot& slot) {
  for (ibv_cq** const cq : {&id.recv_cq, &id.send_cq}) {
    if (*cq == nullptr) continue;
    kernel().release_cq(cq_number(*cq));
    Arena::get().free(*cq);
    *cq = nullptr;
  }
  slot.own_cqs = 0;
}

struct Device {
  ibv_device device{};
  verbs_context verbs{};
  ibv_pd pd{};

  explicit Device(std::uint8_t number) {
    std::strcpy(device.name, number == 0 ? "sim0" : "sim1");
    verbs.sz = sizeof(verbs);
    ibv_context& context = verbs.context;
    context.device = &device;
    context.ops.poll_cq = poll_cq;
    context.ops.post_send = post_send;
    context.ops.post_recv = post_receive;
    context.num_comp_vectors = 1;
    context.async_fd = async_fd + number;
    context.abi_compat = __VERBS_ABI_IS_EXTENDED;
    pd.context = &context;
  }
};

Device& device(std::uint8_t number) {
  static std::array<Device, max_devices> made{Device(0), Device(1)};
  return made[number];
}

}  // namespace

void set_device_transport(model::Transport transport) {
  const bool iw = transport == model::Transport::iw;
  for (std::uint8_t number = 0; number < max_devices; ++number) {
    device(number).device.node_type = iw ? IBV_NODE_RNIC : IBV_NODE_CA;
    device(number).device.transport_type = iw ? IBV_TRANSPORT_IWARP : IBV_TRANSPORT_IB;
  }
}

ibv_context* device_context(std::uint8_t number) { return &device(number).verbs.context; }
ibv_pd* device_pd(std::uint8_t number) { return &device(number).pd; }

std::uint8_t device_number(const ibv_context* context) {
  for (std::uint8_t number = 0; number < kernel().shared.devices; ++number)
    if (context == device_context(number)) return number;
  return model::nobody;
}

std::uint8_t Call::device_of(const ibv_context* context, const char* why) {
  const std::uint8_t number = device_number(context);
  if (number == model::nobody) no_object(why);
  return number;
}

std::uint32_t queue_pair_number(std::uint8_t slot) { return 0x10u + slot; }
std::uint32_t target_queue_pair_number(std::uint8_t slot) { return 0x80u + slot; }

std::uint8_t Call::slot_of(const ibv_qp* qp) {
  for (std::uint8_t i = 0; i < max_slots; ++i)
    if (qp != nullptr && kernel().handles.qps[i] == qp) return slot_ = i;
  no_object_at(qp, "a call on a QP that is destroyed or was never created");
  return 0;
}

}  // namespace qpcheck::sim

using namespace qpcheck::sim;

extern "C" {

ibv_cq* ibv_create_cq(ibv_context* context, int entries, void* cq_context, ibv_comp_channel* channel, int) {
  Call call("ibv_create_cq", Offer::no, Fails::may);
  const std::uint8_t number = call.device_of(context, "ibv_create_cq on a device that is not open");
  if (call.fails(number)) return nullptr;
  if (entries < 1) {
    call.result(EINVAL);
    return nullptr;
  }
  ibv_cq* const cq = make_cq(call, number, entries, cq_context);
  ++kernel().handles.program_holds;
  cq->channel = channel;
  call.result(0);
  return cq;
}

int ibv_destroy_cq(ibv_cq* cq) {
  Call call("ibv_destroy_cq", Offer::no);
  const std::uint8_t number = cq_number(cq);
  if (number == qpcheck::model::nobody) call.no_object("ibv_destroy_cq of a CQ that is destroyed or was never created");
  for (const Slot& slot : kernel().shared.slots)
    if (slot.qp != QpState::none && (slot.send_cq == number || slot.receive_cq == number))
      return call.verbs_result(EBUSY);
  kernel().release_cq(number);
  --kernel().handles.program_holds;
  Arena::get().free(cq);
  return call.verbs_result(0);
}

int rdma_create_qp(rdma_cm_id* id, ibv_pd* pd, ibv_qp_init_attr* attributes) {
  Call call("rdma_create_qp", Offer::no, Fails::may);
  const std::uint8_t index = call.slot_of(id);
  Slot& slot = kernel().shared.slots[index];
  if (call.fails(kernel().device_of(slot))) return -1;
  const bool no_cq = (attributes->recv_cq == nullptr && attributes->cap.max_recv_wr == 0) ||
                     (attributes->send_cq == nullptr && attributes->cap.max_send_wr == 0);
  if (id->verbs == nullptr || slot.qp != QpState::none || no_cq) return call.result(EINVAL);
  if (pd == nullptr) pd = id->pd;  // librdmacm's own
  call.device_of(pd, "rdma_create_qp with a PD that is gone or was never allocated");
  if (pd->context != id->verbs) return call.result(EINVAL);
  // librdmacm moves the QP to INIT as one that is connected, which is refused of any other type.
  if (attributes->qp_type == IBV_QPT_UC) call.not_simulated("queue pairs that are not RC");
  // librdmacm prepares a queue pair by its id's port space, and of another type it cannot be.
  if (attributes->qp_type != IBV_QPT_RC || id->qp_type != IBV_QPT_RC) return call.result(EINVAL);
  make_missing_cqs(call, *id, *attributes, slot);
  const std::uint8_t send_cq = cq_number(attributes->send_cq), receive_cq = cq_number(attributes->recv_cq);
  if (send_cq == qpcheck::model::nobody || receive_cq == qpcheck::model::nobody)
    call.no_object("rdma_create_qp with a CQ that is destroyed or was never created");
  // The kernel looks a CQ up among those of the QP's device.
  for (const std::uint8_t cq : {send_cq, receive_cq})
    if (kernel().shared.cq_device[cq] != kernel().device_of(slot)) return call.result(EINVAL);
  auto* const qp = static_cast<ibv_qp*>(Arena::get().allocate_zeroed(sizeof(ibv_qp)));
  qp->context = id->verbs;
  qp->pd = pd;
  qp->qp_context = attributes->qp_context;
  qp->send_cq = attributes->send_cq;
  qp->recv_cq = attributes->recv_cq;
  qp->qp_num = queue_pair_number(index);
  qp->qp_type = attributes->qp_type;
  qp->state = IBV_QPS_INIT;
  id->qp = qp;
  id->pd = pd;
  slot.qp = QpState::init;
  slot.most_sends = kept(attributes->cap.max_send_wr);
  slot.most_receives = kept(attributes->cap.max_recv_wr);
  slot.send_pieces = up_to_255(attributes->cap.max_send_sge);
  slot.receive_pieces = up_to_255(attributes->cap.max_recv_sge);
  slot.most_inline = up_to_255(attributes->cap.max_inline_data);
  slot.all_signaled = attributes->sq_sig_all != 0 ? 1 : 0;
  slot.send_cq = send_cq;
  slot.receive_cq = receive_cq;
  kernel().handles.qps[index] = qp;
  return call.result(0);
}

// Its completions leave the CQ with it, or stay: a choice of its own (purge completions).
void rdma_destroy_qp(rdma_cm_id* id) {
  Call call("rdma_destroy_qp", Offer::yes);
  const std::uint8_t index = call.slot_of(id);
  Slot& slot = kernel().shared.slots[index];
  if (id->qp == nullptr) call.misuse("rdma_destroy_qp on an id without a QP");
  // The provider's QP is held by its attempt to connect (siw_verbs.c: siw_destroy_qp; cxgb4/qp.c: c4iw_destroy_qp).
  while (slot.connection.host().iw == qpcheck::model::Iw::conn_sent)
    call.blocked("rdma_destroy_qp waits until the connection attempt ends, and it cannot");
  kernel().purge_async(index);
  // Only this thread could acknowledge, and it is here.
  if (kernel().shared.async_held[index] != 0)
    StepRunner::get().abandon(
        StepEnd::blocked,
        "rdma_destroy_qp waits for an asynchronous event of its QP that this thread has fetched and not acknowledged");
  Arena::get().free(id->qp);
  id->qp = nullptr;
  kernel().handles.qps[index] = nullptr;
  kernel().handles.sends[index] = kernel().handles.receives[index] = {};
  slot.qp = QpState::none;
  slot.sends = slot.receives = slot.late_sends = slot.late_receives = slot.unsignaled = 0;
  release_own_cqs(*id, slot);
  slot.send_cq = slot.receive_cq = slot.most_sends = slot.most_receives = slot.all_signaled = 0;
  slot.send_pieces = slot.receive_pieces = slot.most_inline = 0;
  call.result(0);
}

int ibv_modify_qp(ibv_qp* qp, ibv_qp_attr* attributes, int mask) {
  Call call("ibv_modify_qp", Offer::yes, Fails::may);
  Slot& slot = kernel().shared.slots[call.slot_of(qp)];
  if (const int error = call.failure(); error != 0) return call.verbs_result(error);
  if (!kernel().device_there(slot)) return call.verbs_result(EIO);
  if ((mask & IBV_QP_STATE) == 0 || attributes->qp_state != IBV_QPS_ERR) return call.verbs_result(EINVAL);
  slot.qp = QpState::error;
  qp->state = IBV_QPS_ERR;
  return call.verbs_result(0);
}

const char* ibv_wc_status_str(ibv_wc_status status) {
  return status == IBV_WC_SUCCESS ? "success" : status == IBV_WC_WR_FLUSH_ERR ? "Work Request Flushed Error"
         : status == IBV_WC_RETRY_EXC_ERR ? "transport retry counter exceeded" : "error";
}

}  // extern "C"
