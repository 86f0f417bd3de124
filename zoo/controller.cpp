#include "zoo/controller.hpp"

#include "zoo/one_connection.hpp"

namespace qpcheck::zoo {
namespace {

using namespace sim;

constexpr std::uint64_t event_timeout_ms = 1000;

enum : std::size_t { poll_admin_entry, poll_io_entry, request_entry };
constexpr std::array<Entry, 3> entry_points = {
    {{"poll admin", EntryKind::poll}, {"poll io", EntryKind::poll}, {"request disconnect io", EntryKind::request}}};

}  // namespace

std::span<const Entry> Controller::entries() const { return entry_points; }

bool Controller::offers(std::size_t entry) const {
  if (entry == poll_admin_entry) return true;
  if (entry == poll_io_entry) return !io_.finished;
  return !requested_ && io_.link.state != Link::State::connecting;
}

void Controller::start(std::uint64_t) {
  device_.open();
  for (Qpair* qpair : {&admin_, &io_})
    if (qpair->link.open(device_, qpair) != 0) qpair->link.state = Link::State::failed;
}

void Controller::enter(std::size_t entry, std::uint64_t now_ms) {
  if (entry == poll_admin_entry) {
    poll_admin(now_ms);
  } else if (entry == poll_io_entry) {
    poll_io(now_ms);
  } else {
    requested_ = true;
    report::teardown_requested(io_.number, io_.link.id);
    disconnect_io(now_ms);
  }
  if (closing_ && !io_.finished) release();
}

void Controller::poll_admin(std::uint64_t) {
  fetch();
  handle_parked(admin_);
}

void Controller::poll_io(std::uint64_t now_ms) {
  handle_parked(io_);
  give_up_late(now_ms);
}

void Controller::disconnect_io(std::uint64_t now_ms) {
  handle_parked(io_);
  if (!io_.connected) return finish();
  rdma_disconnect(io_.link.id);
  await_end(now_ms);
}

void Controller::fetch() {
  rdma_cm_event* event = nullptr;
  while (has_place() && rdma_get_cm_event(device_.channel, &event) == 0) park(event);
}

void Controller::park(rdma_cm_event* event) {
  Qpair& qpair = *static_cast<Qpair*>(event->id->context);
  if (qpair.slot == nullptr) qpair.slot = event;
  else pending_list_[pending_++] = event;
}

void Controller::handle_parked(Qpair& qpair) {
  while (qpair.slot != nullptr) {
    rdma_cm_event* const event = qpair.slot;
    take_next(qpair);
    handle(qpair, *event);
    report::handled(qpair.number, *event);
    rdma_ack_cm_event(event);
  }
}

// The oldest event in the pending list that is for this connection.
void Controller::take_next(Qpair& qpair) {
  qpair.slot = nullptr;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pending_; ++i) {
    if (qpair.slot == nullptr && pending_list_[i]->id == qpair.link.id) qpair.slot = pending_list_[i];
    else pending_list_[kept++] = pending_list_[i];
  }
  for (std::size_t i = kept; i < pending_; ++i) pending_list_[i] = nullptr;
  pending_ = kept;
}

void Controller::handle(Qpair& qpair, const rdma_cm_event& event) {
  if (qpair.link.state == Link::State::connecting) {
    qpair.link.advance(device_, event);
    qpair.connected = qpair.link.state == Link::State::up;
    if (qpair.connected) established(qpair);
    return;
  }
  if (!ends_connection(event)) return;
  qpair.connected = false;
  qpair.link.move_to_error();
  gone(qpair);
  if (qpair.waiting) end_wait(report::Ends::satisfied);
}

void Controller::await_end(std::uint64_t now_ms) {
  io_.waiting = true;
  io_.deadline_ms = now_ms + event_timeout_ms;
  const auto ends = report::events(end_events);
  report::wait_begins(io_.number, io_.link.id, ends, event_timeout_ms, "disconnect io: after rdma_disconnect");
}

void Controller::give_up_late(std::uint64_t now_ms) {
  if (io_.waiting && now_ms >= io_.deadline_ms) end_wait(report::Ends::timed_out);
}

void Controller::end_wait(report::Ends how) {
  io_.waiting = false;
  io_.deadline_ms = 0;
  report::wait_ends(io_.number, io_.link.id, how);
  finish();
}

void Controller::release() {
  for (; io_.slot != nullptr; take_next(io_)) rdma_ack_cm_event(io_.slot);
  if (io_.link.id != nullptr && io_.link.id->qp != nullptr) rdma_destroy_qp(io_.link.id);
  qp_destroyed();
  io_.link.close();
  io_.finished = true;
  report::teardown_finished(io_.number);
}

}  // namespace qpcheck::zoo
