#include "zoo/life_connection.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

}  // namespace

void LifeConnection::start(std::uint64_t) {
  device_.open();
  connect();
}

void LifeConnection::connect() {
  const bool begun = link_.open(device_, this) == 0;
  if (!begun) link_.state = Link::State::failed;
  move_to(begun ? Life::resolving_address : Life::failed);
}

void LifeConnection::enter(std::size_t entry, std::uint64_t now_ms) {
  OneConnection::enter(entry, now_ms);
  if (closing_ && life_ != Life::closed && life_ != Life::lingering) move_to(Life::lingering);
  if (finished_ && life_ != Life::closed) move_to(Life::closed);
}

void LifeConnection::move_to(Life life) {
  sim::report::moved(0, link_.id, life_, life);
  life_ = life;
}

void LifeConnection::take(rdma_cm_event* event, std::uint64_t now_ms) {
  const rdma_cm_event copy = *event;
  const bool connecting = link_.state == Link::State::connecting;
  OneConnection::take(event, now_ms);
  if (connecting) progress(copy);
}

void LifeConnection::progress(const rdma_cm_event& event) {
  if (link_.state == Link::State::failed) return attempt_fails(event);
  if (link_.state == Link::State::up) return attempt_succeeds();
  move_to(event.event == RDMA_CM_EVENT_ADDR_RESOLVED ? Life::resolving_route : Life::connecting);
}

void LifeConnection::handle(const rdma_cm_event& event, std::uint64_t now_ms) {
  if (ends_connection(event) && life_ == Life::connected) move_to(Life::lost);
  OneConnection::handle(event, now_ms);
}

void LifeConnection::disconnect(std::uint64_t now_ms) {
  if (life_ != Life::connected) return finish();
  move_to(Life::disconnecting);
  rdma_disconnect(link_.id);
  wait_for(end_events, now_ms, event_timeout_ms, "disconnect: after rdma_disconnect");
}

}  // namespace qpcheck::zoo
