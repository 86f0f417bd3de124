#include "scenario/recorded.hpp"

#include <cstring>

namespace qpcheck::scenario {
namespace {

using model::Observation;
using model::Seen;
using trace::Observed;
namespace seen = trace::seen;

std::vector<std::string> event_names_in(model::EventSet events) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (events.has(static_cast<model::Event>(i))) names.emplace_back(model::event_names[i]);
  return names;
}

std::string who(const Observation& of) {
  if (of.qpair != model::nobody) return "qp" + std::to_string(of.qpair);
  if (of.slot != model::nobody) return "id" + std::to_string(of.slot);
  return "";
}

std::string errno_name(int error) {
  if (error == 0) return "";
  const char* const name = strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

seen::Milliseconds limit(std::uint64_t in_ms) { return in_ms == model::no_limit_ms ? seen::Milliseconds() : in_ms; }

std::string side_name(model::Side side) { return side == model::Side::host ? "host" : "target"; }

void end_changes(std::vector<Observed>& changes, const std::string& who, model::Side side, const model::Connection& was,
                 const model::Connection& is) {
  const auto place = static_cast<std::size_t>(side);
  const model::End &from = was.ends[place], &to = is.ends[place];
  if (from.ib != to.ib || from.iw != to.iw)
    changes.push_back(
        seen::CmMoved{who, side_name(side), std::string(state_name(was, side)), std::string(state_name(is, side))});
  if (side == model::Side::host && from.cma != to.cma)
    changes.push_back(seen::IdMoved{who, std::string(name(from.cma)), std::string(name(to.cma))});
  for (std::size_t i = was.to[place].count; i < is.to[place].count; ++i)
    changes.push_back(seen::Sent{who, std::string(name(is.to[place].datagrams[i])), side_name(side)});
}

int queued_in(const sim::Shared& shared, std::uint8_t slot) {
  int count = 0;
  for (std::size_t i = 0; i < shared.queued; ++i) count += shared.queue[i].slot == slot;
  return count;
}

std::string last_queued(const sim::Shared& shared, std::uint8_t slot) {
  for (std::size_t i = shared.queued; i > 0; --i)
    if (shared.queue[i - 1].slot == slot) return std::string(name(shared.queue[i - 1].event));
  return "";
}

void slot_changes(std::vector<Observed>& changes, std::uint8_t index, const sim::Shared& before,
                  const sim::Shared& now) {
  const sim::Slot &was = before.slots[index], &is = now.slots[index];
  if (is.in_use == 0) return;
  const std::string who = sim::slot_name(index, is.qpair);
  for (const model::Side side : {model::Side::host, model::Side::target})
    end_changes(changes, who, side, was.connection, is.connection);
  if (was.qp != is.qp && is.qp == sim::QpState::error) changes.push_back(seen::QpError{who});
  if (queued_in(now, index) > queued_in(before, index)) changes.push_back(seen::Queued{who, last_queued(now, index)});
}

}  // namespace

std::optional<Observed> recorded(const Observation& of) {
  const std::string event(name(of.event));
  switch (of.kind) {
    case Seen::call: return seen::Call{who(of), of.text, errno_name(of.error)};
    case Seen::event_fetched: return seen::Fetched{who(of), event, of.status};
    case Seen::event_handled: return seen::Handled{who(of), event};
    case Seen::wait_begins: return seen::WaitBegins{who(of), of.text, event_names_in(of.events), limit(of.in_ms)};
    case Seen::wait_ends: return seen::WaitEnds{who(of), of.text};
    case Seen::flag: return seen::Flag{who(of), of.status != 0};
    case Seen::life: return seen::Life{who(of), of.text};
    case Seen::teardown_requested: return seen::TeardownRequested{who(of)};
    case Seen::linger_begins: return seen::LingerBegins{who(of), of.in_ms};
    case Seen::linger_timed_out: return seen::LingerTimedOut{who(of)};
    case Seen::teardown_finished: return seen::TeardownFinished{who(of)};
    case Seen::completion: return seen::Completion{who(of), of.text, of.status};
    case Seen::request_refused: return seen::RequestRefused{who(of)};
    case Seen::request_accepted: return seen::RequestAccepted{who(of), of.status};
    case Seen::request_completed: return seen::RequestCompleted{who(of), of.status};
    case Seen::message_stopped:
      return seen::MessageStopped{who(of), std::string(model::info(static_cast<model::Stopped>(of.status)).name)};
    case Seen::answer_told: return seen::AnswerTold{who(of), of.status};
    case Seen::told_up: return seen::Told{who(of), "up"};
    case Seen::told_gone: return seen::Told{who(of), "gone"};
    case Seen::return_ended: return seen::ReturnEnded{of.text, of.status != 0};
    case Seen::misuse: return seen::Misuse{of.text};
    case Seen::event_acknowledged:
    case Seen::all_connected:
    case Seen::time_passes:
    case Seen::return_requested:
    case Seen::step_ends: return std::nullopt;
  }
  return std::nullopt;
}

std::vector<Observed> Changes::until_now(const sim::Kernel& kernel) {
  std::vector<Observed> changes;
  for (std::uint8_t slot = 0; slot < sim::max_slots; ++slot) slot_changes(changes, slot, before_, kernel.shared);
  before_ = kernel.shared;
  return changes;
}

}  // namespace qpcheck::scenario
