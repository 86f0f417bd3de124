// Taking all qpairs up or down: connect, shutdown, reset, failover.
#include <cassert>

#include "qpair/controller.hpp"

namespace qpair {

void Controller::start(Procedure procedure) {
  assert(!busy());
  procedure_ = procedure;
  going_up_ = procedure == Procedure::connect;
  failing_ = false;
  next_ = going_up_ ? 0 : static_cast<std::uint8_t>(size());
}

void Controller::connect(std::uint64_t now_ms) {
  start(Procedure::connect);
  carry_on(now_ms);
}

void Controller::shutdown(std::uint64_t now_ms) {
  start(Procedure::shutdown);
  carry_on(now_ms);
}

void Controller::reset(std::uint64_t now_ms) {
  start(Procedure::reset);
  carry_on(now_ms);
}

void Controller::failover(std::uint64_t now_ms) {
  start(Procedure::failover);
  path_ ^= 1;
  carry_on(now_ms);
}

void Controller::carry_on(std::uint64_t now_ms) {
  if (busy() && !going_up_) carry_on_down(now_ms);
  if (busy() && going_up_) carry_on_up(now_ms);
}

// …, 1, 0: qpair next_-1 is the one that is going down.
void Controller::carry_on_down(std::uint64_t now_ms) {
  for (; next_ > 0; --next_) {
    Qpair& qpair = at(next_ - 1u);
    if (qpair.finished()) continue;
    if (qpair.life() != Life::disconnecting && qpair.life() != Life::lingering) qpair.disconnect(now_ms);
    return;
  }
  if (procedure_ == Procedure::shutdown || failing_) return finish(!failing_);
  going_up_ = true;
}

// 0, 1, …: qpair next_ is the one that is connecting.
void Controller::carry_on_up(std::uint64_t now_ms) {
  for (; next_ < size(); ++next_) {
    Qpair& qpair = at(next_);
    if (!attempted_) qpair.connect(path_, now_ms);
    attempted_ = qpair.attempting();
    if (attempted_) return;
    if (qpair.life() != Life::connected) break;  // failed, lost, or taken down by the application
  }
  if (next_ == size() && all_connected()) return finish(true);
  if (procedure_ == Procedure::connect) return finish(false);
  failing_ = true;
  going_up_ = false;
  next_ = static_cast<std::uint8_t>(size());
  carry_on_down(now_ms);
}

bool Controller::all_connected() const {
  for (const auto& qpair : qpairs_)
    if (qpair->life() != Life::connected) return false;
  return true;
}

void Controller::finish(bool succeeded) {
  procedure_ = Procedure::none;
  succeeded_ = succeeded;
}

}  // namespace qpair
