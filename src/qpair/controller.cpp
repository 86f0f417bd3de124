#include "qpair/controller.hpp"

#include <fcntl.h>

#include <cassert>
#include <cerrno>
#include <system_error>

#include "qpair/description.hpp"

namespace qpair {
namespace {

Observer nobody_watches;
Application nobody_listens;

}  // namespace

Controller::Controller(const Options& options, Observer* observer, Application* application)
    : options_(options),
      observer_(observer != nullptr ? *observer : nobody_watches),
      application_(application != nullptr ? *application : nobody_listens),
      channel_(rdma_create_event_channel()) {
  if (channel_ == nullptr) throw std::system_error(errno, std::generic_category(), "rdma_create_event_channel");
  const int flags = fcntl(channel_->fd, F_GETFL);
  if (flags < 0 || fcntl(channel_->fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    const int error = errno;
    rdma_destroy_event_channel(channel_);
    throw std::system_error(error, std::generic_category(), "fcntl of the event channel");
  }
  assert(options_.qpairs >= 1 && options_.qpairs <= 255 && options_.queue_depth >= 1 && options_.queue_depth <= 16);
  assert(options_.message_bytes >= 1 && options_.pending_events >= 1 && options_.pending_events <= 255);
  buffers_.resize(std::size_t{2} * options_.qpairs * options_.queue_depth * options_.message_bytes);
  cqs_.resize(options_.completion_queues == CompletionQueues::shared ? 1 : options_.qpairs);
  pending_.reserve(options_.pending_events);
  for (std::uint32_t number = 0; number < options_.qpairs; ++number)
    qpairs_.push_back(std::make_unique<Qpair>(*this, number));
}

Controller::~Controller() {
  qpairs_.clear();
  assert(pending_.empty());
  release_device();
  rdma_destroy_event_channel(channel_);
}

// An error number: a QP is still on a CQ. What was released by then is made again when it is needed.
int Controller::release_device() {
  for (ibv_cq*& cq : cqs_) {
    if (cq == nullptr) continue;
    if (const int error = ibv_destroy_cq(cq); error != 0) return error;
    cq = nullptr;
  }
  if (mr_ != nullptr) ibv_dereg_mr(mr_);
  mr_ = nullptr;
  if (pd_ != nullptr) ibv_dealloc_pd(pd_);
  pd_ = nullptr;
  return 0;
}

// PD, MR and the CQs belong to a device, which is known once a qpair's address is resolved.
// A failover may lead to another one.
int Controller::prepare_device(Qpair& qpair) {
  ibv_context* const context = qpair.id_->verbs;
  if (pd_ != nullptr && pd_->context != context && qpair.checked("ibv_destroy_cq", release_device()) != 0) return -1;
  if (pd_ == nullptr) pd_ = ibv_alloc_pd(context);
  if (pd_ == nullptr) return qpair.checked("ibv_alloc_pd", -1);
  if (mr_ == nullptr) mr_ = ibv_reg_mr(pd_, buffers_.data(), buffers_.size(), IBV_ACCESS_LOCAL_WRITE);
  return mr_ != nullptr ? create_cqs(qpair) : qpair.checked("ibv_reg_mr", -1);
}

int Controller::create_cqs(Qpair& qpair) {
  const auto qpairs_on_each = options_.qpairs / static_cast<std::uint32_t>(cqs_.size());
  const int entries = static_cast<int>(2 * qpairs_on_each * options_.queue_depth);
  for (ibv_cq*& cq : cqs_) {
    if (cq == nullptr) cq = ibv_create_cq(qpair.id_->verbs, entries, nullptr, nullptr, 0);
    if (cq == nullptr) return qpair.checked("ibv_create_cq", -1);
  }
  return 0;
}

void Controller::poll(std::uint64_t now_ms) {
  fetch_events();
  carry_on(now_ms);
}

void Controller::fetch_events() {
  unpark_pending();
  rdma_cm_event* event = nullptr;
  while (pending_.size() < options_.pending_events && rdma_get_cm_event(channel_, &event) == 0) park(event);
}

void Controller::park(rdma_cm_event* event) {
  auto* const qpair = static_cast<Qpair*>(event->id->context);
  if (qpair->slot_free()) qpair->park(event);
  else pending_.push_back(event);
}

// In order: the first of a qpair's events takes its slot, the later ones stay.
void Controller::unpark_pending() {
  std::size_t kept = 0;
  for (rdma_cm_event* const event : pending_) {
    auto* const qpair = static_cast<Qpair*>(event->id->context);
    if (qpair->slot_free()) qpair->park(event);
    else pending_[kept++] = event;
  }
  pending_.resize(kept);
}

rdma_cm_event* Controller::take_pending(const Qpair& qpair) {
  for (auto event = pending_.begin(); event != pending_.end(); ++event) {
    if ((*event)->id->context != &qpair) continue;
    rdma_cm_event* const found = *event;
    pending_.erase(event);
    return found;
  }
  return nullptr;
}

// A completion of a QP that is destroyed by now belongs to nobody. When the CQ
// cannot be polled (its device is gone), the qpairs linger until their deadline.
void Controller::poll_completions(std::uint32_t number) {
  ibv_cq* const cq = cq_of(number);
  ibv_wc completion;
  while (cq != nullptr && ibv_poll_cq(cq, 1, &completion) == 1) {
    Qpair& qpair = at(Qpair::number_of(completion));
    if (qpair.id_ != nullptr && qpair.id_->qp != nullptr && qpair.id_->qp->qp_num == completion.qp_num)
      qpair.complete(completion);
  }
}

std::size_t Controller::describe_qpair(std::span<std::uint8_t> out, std::uint32_t number, std::uint64_t now_ms) const {
  Description to(out);
  at(number).describe(to, now_ms);
  return to.size();
}

std::size_t Controller::describe_controller(std::span<std::uint8_t> out, std::span<const std::uint8_t> numbers) const {
  Description to(out);
  to.put(static_cast<unsigned>(procedure_));
  to.put(unsigned{going_up_} | unsigned{failing_} << 1 | unsigned{succeeded_} << 2 | unsigned{path_} << 3 |
         unsigned{attempted_} << 4 | unsigned{pd_ != nullptr} << 5 | unsigned{mr_ != nullptr} << 6);
  to.put(next_);
  for (const ibv_cq* cq : cqs_) to.put(cq != nullptr);
  to.put(pending_.size());
  for (const rdma_cm_event* event : pending_) {
    to.put(numbers[static_cast<const Qpair*>(event->id->context)->number()]);
    to.put(static_cast<unsigned>(event->event));
    to.put<4>(static_cast<std::uint32_t>(event->status));
  }
  return to.size();
}

}  // namespace qpair
