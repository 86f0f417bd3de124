#include "sim/conn_param.hpp"

#include <algorithm>
#include <cstring>

#include "sim/arena.hpp"
#include "sim/machine.hpp"

namespace qpcheck::sim {
namespace {

using model::Event;

// A REP and a REJ always carry all the room that they have for private data; an MPA reply
// what its sender put in. The model target accepts with what it was sent.
constexpr std::uint8_t rep_private_data = 196, rej_private_data = 148;

std::uint8_t private_data_size(const QueuedEvent& event) {
  const bool iw = kernel().shared.transport == model::Transport::iw;
  const Sent* const sent = kernel().handles.sent[event.slot];
  if (event.event == Event::established) return !iw ? rep_private_data : sent != nullptr ? sent->size : std::uint8_t{0};
  return event.event == Event::rejected && !iw ? rej_private_data : std::uint8_t{0};
}

void fill_from_answer(rdma_conn_param& parameters, std::uint8_t slot, std::byte* private_data) {
  const Sent* const sent = kernel().handles.sent[slot];
  parameters.qp_num = target_queue_pair_number(slot);
  if (sent == nullptr) return;
  std::memcpy(private_data, sent->private_data, std::min(parameters.private_data_len, sent->size));
  parameters.responder_resources = sent->initiator_depth;
  parameters.initiator_depth = sent->responder_resources;
}

}  // namespace

void remember_sent(std::uint8_t slot, const rdma_conn_param* parameters) {
  Sent*& sent = kernel().handles.sent[slot];
  if (parameters == nullptr) return;
  if (sent == nullptr) sent = static_cast<Sent*>(Arena::get().allocate_zeroed(sizeof(Sent)));
  sent->responder_resources = parameters->responder_resources;
  sent->initiator_depth = parameters->initiator_depth;
  sent->size = parameters->private_data_len;
  if (sent->size > 0) std::memcpy(sent->private_data, parameters->private_data, sent->size);
}

void forget_sent(std::uint8_t slot) {
  if (kernel().handles.sent[slot] != nullptr) Arena::get().free(kernel().handles.sent[slot]);
  kernel().handles.sent[slot] = nullptr;
}

rdma_cm_event* make_event(const QueuedEvent& event) {
  const std::uint8_t size = private_data_size(event);
  auto* const place = static_cast<std::byte*>(Arena::get().allocate_zeroed(sizeof(rdma_cm_event) + size));
  auto* const made = reinterpret_cast<rdma_cm_event*>(place);
  made->event = static_cast<rdma_cm_event_type>(event.event);
  made->status = event.status;
  if (size > 0) made->param.conn.private_data = place + sizeof(rdma_cm_event);
  made->param.conn.private_data_len = size;
  if (event.event == Event::established) fill_from_answer(made->param.conn, event.slot, place + sizeof(rdma_cm_event));
  return made;
}

}  // namespace qpcheck::sim
