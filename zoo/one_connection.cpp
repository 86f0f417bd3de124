#include "zoo/one_connection.hpp"

#include <algorithm>
#include <array>

namespace qpcheck::zoo {
namespace {

using namespace sim;

enum : std::size_t { poll_entry, request_entry };
constexpr std::array<Entry, 2> entry_points = {{{"poll", EntryKind::poll}, {"request disconnect", EntryKind::request}}};

}  // namespace

bool ends_connection(const rdma_cm_event& event) {
  return std::find(end_events.begin(), end_events.end(), event.event) != end_events.end();
}

std::span<const Entry> OneConnection::entries() const { return entry_points; }

bool OneConnection::offers(std::size_t entry) const {
  if (entry == poll_entry) return !finished_;
  return !requested_ && !finished_ && link_.state != Link::State::connecting;
}

void OneConnection::start(std::uint64_t) {
  device_.open();
  if (link_.open(device_, context()) != 0) link_.state = Link::State::failed;
}

void OneConnection::enter(std::size_t entry, std::uint64_t now_ms) {
  if (entry == poll_entry) {
    poll(now_ms);
  } else {
    requested_ = true;
    report::teardown_requested(0, link_.id);
    if (link_.state == Link::State::up) disconnect(now_ms);
    else finish();  // nothing was ever connected
  }
  if (!closing_ || finished_) return;
  link_.close();
  closed();
  finished();
}

void OneConnection::poll(std::uint64_t now_ms) {
  rdma_cm_event* event = nullptr;
  while (!finished_ && rdma_get_cm_event(device_.channel, &event) == 0) take(event, now_ms);
  if (!finished_) poll_work(now_ms);
  if (!finished_ && deadline_ms_ != 0 && now_ms >= deadline_ms_) give_up(now_ms);
}

void OneConnection::take(rdma_cm_event* event, std::uint64_t now_ms) {
  const bool connecting = link_.state == Link::State::connecting;
  if (connecting) link_.advance(device_, *event);
  else handle(*event, now_ms);
  report::handled(0, *event);
  rdma_ack_cm_event(event);
  if (connecting && connected()) established();
}

void OneConnection::handle(const rdma_cm_event& event, std::uint64_t) {
  if (!ends_connection(event)) return;
  gone_ = true;
  if (!waiting()) return;
  end_wait(report::Ends::satisfied);
  finish();
}

void OneConnection::give_up(std::uint64_t) {
  if (waiting()) end_wait(report::Ends::timed_out);
  else if (lingers_) report::linger_timed_out(0, link_.id);
  finish();
}

void OneConnection::linger(std::uint64_t now_ms, std::uint64_t for_ms) {
  lingers_ = true;
  deadline_ms_ = now_ms + for_ms;
  report::linger_begins(0, link_.id, for_ms);
}

void OneConnection::wait_for(std::initializer_list<rdma_cm_event_type> events, std::uint64_t now_ms,
                             std::uint64_t for_ms, const char* place) {
  waiting_ = true;
  deadline_ms_ = now_ms + for_ms;
  report::wait_begins(0, link_.id, report::events(events), for_ms, place);
}

void OneConnection::end_wait(report::Ends how) {
  waiting_ = false;
  deadline_ms_ = 0;
  report::wait_ends(0, link_.id, how);
}

void OneConnection::finished() {
  finished_ = true;
  report::teardown_finished(0);
}

}  // namespace qpcheck::zoo
