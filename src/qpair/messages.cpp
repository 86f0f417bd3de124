// The data path: receives kept posted, sends, and their completions.
#include <cassert>
#include <cerrno>
#include <cstring>

#include "qpair/controller.hpp"

namespace qpair {
namespace {

// wr_id: the message slot, above it the qpair's number, in the top bit whether it was a send.
constexpr std::uint64_t send_bit = std::uint64_t{1} << 63;
constexpr unsigned number_shift = 16;
static_assert(Qpair::number_in_wr_id == (~send_bit >> number_shift << number_shift));

}  // namespace

std::uint64_t Qpair::request_id(std::uint32_t slot) const { return std::uint64_t{number_} << number_shift | slot; }

std::uint32_t Qpair::number_of(const ibv_wc& completion) {
  return static_cast<std::uint32_t>((completion.wr_id & ~send_bit) >> number_shift);
}

// The controller's buffers: for each qpair queue_depth receives, then queue_depth sends.
std::byte* Qpair::buffer(std::uint32_t slot) const {
  const Options& options = controller_.options_;
  const std::size_t index = number_ * std::size_t{2} * options.queue_depth + slot;
  return controller_.buffers_.data() + index * options.message_bytes;
}

int Qpair::post_receive(std::uint32_t slot) {
  ibv_sge piece{reinterpret_cast<std::uint64_t>(buffer(slot)), controller_.options_.message_bytes,
                controller_.mr_->lkey};
  ibv_recv_wr request{};
  request.wr_id = request_id(slot);
  request.sg_list = &piece;
  request.num_sge = 1;
  ibv_recv_wr* rejected = nullptr;
  const int error = checked("ibv_post_recv", ibv_post_recv(id_->qp, &request, &rejected));
  if (error == 0) receives_posted_ |= 1u << slot;
  return error;
}

// Those that could not be posted again: what the peer then sends would find none.
int Qpair::post_missing_receives() {
  for (std::uint32_t slot = 0; receives_missing_ != 0; ++slot) {
    if (((receives_missing_ >> slot) & 1u) == 0) continue;
    if (const int error = post_receive(slot); error != 0) return error;
    receives_missing_ &= ~(1u << slot);
  }
  return 0;
}

int Qpair::send(std::span<const std::byte> message, std::uint64_t tag) {
  const Options& options = controller_.options_;
  if (life_ != Life::connected) return -ENOTCONN;
  if (message.size() > options.message_bytes) return -EMSGSIZE;
  std::uint32_t slot = 0;
  while (slot < options.queue_depth && ((sends_posted_ >> slot) & 1u) != 0) ++slot;
  if (slot == options.queue_depth) return -EBUSY;
  if (const int error = post_missing_receives(); error != 0) return -error;

  std::byte* const place = buffer(options.queue_depth + slot);
  if (!message.empty()) std::memcpy(place, message.data(), message.size());
  ibv_sge piece{reinterpret_cast<std::uint64_t>(place), static_cast<std::uint32_t>(message.size()),
                controller_.mr_->lkey};
  ibv_send_wr request{};
  request.wr_id = send_bit | request_id(slot);
  request.sg_list = &piece;
  request.num_sge = message.empty() ? 0 : 1;  // to some hardware a piece of length 0 is one of 2 GiB
  request.opcode = IBV_WR_SEND;
  request.send_flags = IBV_SEND_SIGNALED;
  ibv_send_wr* rejected = nullptr;
  if (const int error = ibv_post_send(id_->qp, &request, &rejected); error != 0) return -error;
  sends_posted_ |= 1u << slot;
  tags_[slot] = tag;
  return 0;
}

void Qpair::complete(const ibv_wc& completion) {
  const auto slot = static_cast<std::uint32_t>(completion.wr_id & ((1u << number_shift) - 1));
  if ((completion.wr_id & send_bit) != 0) {
    sends_posted_ &= ~(1u << slot);
    controller_.application_.sent(*this, tags_[slot], completion.status);
    return;
  }
  receives_posted_ &= ~(1u << slot);
  if (completion.status != IBV_WC_SUCCESS) return;
  controller_.application_.received(*this, {buffer(slot), completion.byte_len});
  if (life_ == Life::connected && post_receive(slot) != 0) receives_missing_ |= 1u << slot;
}

// InfiniBand and RoCE flush all that lies in a QP in the error state, whenever it was
// posted. An iWARP QP is flushed once, when its state changes: what was posted after that
// may never complete, and whether it was cannot be told from outside. A device that is
// removed may flush, or not.
bool Qpair::flush_will_come() const {
  return id_ != nullptr && !device_removed_ && id_->verbs->device->transport_type == IBV_TRANSPORT_IB;
}

// The QP is destroyed, and what was not flushed in time never will be.
void Qpair::give_up_requests() {
  for (std::uint32_t slot = 0; sends_posted_ != 0; ++slot) {
    if (((sends_posted_ >> slot) & 1u) == 0) continue;
    sends_posted_ &= ~(1u << slot);
    controller_.application_.sent(*this, tags_[slot], IBV_WC_WR_FLUSH_ERR);
  }
  receives_posted_ = receives_missing_ = 0;
}

}  // namespace qpair
