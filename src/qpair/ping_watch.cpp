// What the client hears from the library, and what it prints of it.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "qpair/ping_client.hpp"

namespace qpair::ping {
namespace {

bool is_resolved(rdma_cm_event_type type) {
  return type == RDMA_CM_EVENT_ADDR_RESOLVED || type == RDMA_CM_EVENT_ROUTE_RESOLVED;
}

// Why the qpair failed while it handled this event.
std::string why(const rdma_cm_event& event, int error) {
  const std::string name = rdma_event_str(event.event);
  if (is_resolved(event.event)) return "a call after " + name + " failed: " + std::strerror(error);
  return name + ", status " + std::to_string(event.status) +
         (event.event == RDMA_CM_EVENT_REJECTED ? " (does qpair-ping server run there, at this port?)" : "");
}

bool is_echo(std::span<const std::byte> bytes, std::size_t size, std::uint32_t qpair, std::uint32_t sequence) {
  if (bytes.size() != size) return false;
  for (std::size_t place = 0; place < size; ++place)
    if (bytes[place] != pattern(qpair, sequence, place)) return false;
  return true;
}

}  // namespace

void Client::wait_begins(const Qpair& qpair, EventMask, std::uint64_t, const char*) {
  track(qpair).waits = qpair.life() == Life::disconnecting;
  track(qpair).wait_began = Clock::now();
}

void Client::wait_ends(const Qpair& qpair, WaitEnd how) {
  Track& seen = track(qpair);
  seen.error = errno;
  if (!seen.waits) {
    if (how == WaitEnd::timed_out) seen.why_failed = "no answer in time";
    return;
  }
  seen.waits = false;
  seen.waited = Clock::now() - seen.wait_began;
  // Which event it was is said in a moment, once it is handled.
  seen.ended_by = how == WaitEnd::timed_out ? "its deadline" : "an event";
}

void Client::event_handled(const Qpair& qpair, const rdma_cm_event& event) {
  Track& seen = track(qpair);
  if (qpair.life() == Life::failed && seen.why_failed.empty()) seen.why_failed = why(event, seen.error);
  if (qpair.life() == Life::lingering && seen.ended_by == "an event") seen.ended_by = rdma_event_str(event.event);
}

void Client::life_changed(const Qpair& qpair, Life from, Life to) {
  Track& seen = track(qpair);
  if (to == Life::failed && from == Life::idle) seen.why_failed = std::string("a call failed: ") + std::strerror(errno);
}

void Client::linger_begins(const Qpair& qpair, std::uint64_t) { track(qpair).linger_began = Clock::now(); }

void Client::linger_timed_out(const Qpair& qpair) { track(qpair).lingered_out = true; }

void Client::teardown_finished(const Qpair& qpair) {
  track(qpair).lingered = Clock::now() - track(qpair).linger_began;
}

void Client::sent(Qpair& qpair, std::uint64_t tag, ibv_wc_status status) {
  if (status == IBV_WC_SUCCESS || qpair.life() != Life::connected) return;
  complain("qp" + std::to_string(qpair.number()) + " message " + std::to_string(tag) + ": " + ibv_wc_status_str(status));
}

void Client::received(Qpair& qpair, std::span<const std::byte> bytes) {
  Track& seen = track(qpair);
  const Microseconds took = Clock::now() - seen.sent_at;
  const std::string who = "qp" + std::to_string(qpair.number()) + " message " + std::to_string(seen.sequence);
  if (seen.answered) return complain(who + " was answered twice");
  seen.answered = true;
  if (!is_echo(bytes, message_.size(), qpair.number(), seen.sequence)) return complain(who + " came back changed");
  round_trips_.push_back(took.count());
  if (!arguments_.each) return;
  std::printf("%zu bytes from %s: %s, %.1f µs\n", bytes.size(), server_.c_str(), who.c_str(), took.count());
  std::fflush(stdout);
}

void Client::print_messages() {
  std::printf("messages: %llu sent, %zu came back", static_cast<unsigned long long>(sent_), round_trips_.size());
  if (!round_trips_.empty()) {
    std::ranges::sort(round_trips_);
    std::printf("; round trip min/median/max %.1f/%.1f/%.1f µs", round_trips_.front(),
                round_trips_[round_trips_.size() / 2], round_trips_.back());
  }
  std::printf("\n");
}

void Client::print_teardown(Microseconds took) const {
  std::printf("teardown took %.3f ms\n", took.count() / 1000);
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    const Track& seen = tracks_[i];
    if (seen.ended_by.empty()) std::printf("  qp%zu: no wait", i);
    else std::printf("  qp%zu: waited %.3f ms, ended by %s", i, seen.waited.count() / 1000, seen.ended_by.c_str());
    std::printf("; lingered %.3f ms%s\n", seen.lingered.count() / 1000, seen.lingered_out ? ", until its deadline" : "");
  }
  std::fflush(stdout);
}

}  // namespace qpair::ping
