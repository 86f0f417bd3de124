#include "qpair/qpair.hpp"

#include <cassert>

#include "qpair/controller.hpp"
#include "qpair/description.hpp"

namespace qpair {

const char* name(Life life) {
  switch (life) {
    case Life::idle: return "idle";
    case Life::resolving_address: return "resolving-address";
    case Life::resolving_route: return "resolving-route";
    case Life::connecting: return "connecting";
    case Life::connected: return "connected";
    case Life::lost: return "lost";
    case Life::failed: return "failed";
    case Life::stale: return "stale";
    case Life::disconnecting: return "disconnecting";
    case Life::lingering: return "lingering";
    case Life::closed: return "closed";
  }
  return "?";
}

Qpair::Qpair(Controller& controller, std::uint32_t number)
    : controller_(controller), number_(number), tags_(controller.options().queue_depth) {}

Qpair::~Qpair() { assert(finished()); }

void Qpair::poll(std::uint64_t now_ms) {
  const bool lingered = life_ == Life::lingering;  // and what was flushed meanwhile is polled now
  controller_.poll_completions(number_);
  handle_parked_event(now_ms);
  if (due(now_ms)) look_once_more(now_ms);
  if (life_ == Life::connected) post_missing_receives();
  tell_news();
  const bool flushed = quiet() || (lingered && !flush_will_come());
  if (life_ == Life::lingering && flushed && !attempt_open_) return close();
  if (life_ == Life::stale && flush_overdue_ && quiet()) return connect_again(now_ms);
  give_up_at_deadline(now_ms);
}

void Qpair::describe(Description& to, std::uint64_t now_ms) const {
  const unsigned flags = unsigned{connected_} | unsigned{was_established_} << 1 | unsigned{gone_} << 2 |
                         unsigned{in_error_} << 3 | unsigned{id_ != nullptr} << 4 | unsigned{flush_overdue_} << 5 |
                         unsigned{told_up_} << 6 | unsigned{device_removed_} << 7;
  to.put(static_cast<unsigned>(life_));
  to.put(flags);
  to.put(attempt_open_);
  to.put(stale_retries_left_);
  to.put(parked_ == nullptr ? 255u : static_cast<unsigned>(parked_->event));
  if (parked_ != nullptr)
    to.put<4>(static_cast<std::uint32_t>(parked_->status));  // a REJ's reason decides: stale or not
  to.put<2>(waiting_for_);
  to.put<2>(sends_posted_);
  to.put<2>(receives_posted_);
  to.put<2>(receives_missing_);
  for (std::uint32_t slot = 0; slot < tags_.size(); ++slot)
    if (((sends_posted_ >> slot) & 1u) != 0) to.put<8>(tags_[slot]);
  to.put<8>(deadline_ms_ == 0 ? ~std::uint64_t{0} : deadline_ms_ > now_ms ? deadline_ms_ - now_ms : 0);
}

}  // namespace qpair
