#include "properties/possible_wait.hpp"

#include <array>
#include <vector>

namespace qpcheck::properties {
namespace {

using model::Connection;
using model::EnvStep;
using model::Event;
using model::EventSet;

// What the program would see: a queued CONNECT_RESPONSE is fetched as ESTABLISHED or CONNECT_ERROR.
bool satisfies(EventSet events, Event raised) {
  if (raised == Event::connect_response) return events.has(Event::established) || events.has(Event::connect_error);
  return events.has(raised);
}

bool any_satisfies(EventSet events, EventSet present) {
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (present.has(static_cast<Event>(i)) && satisfies(events, static_cast<Event>(i))) return true;
  return false;
}

struct Question {
  Connection connection;
  EventSet events;
  bool may_die = false;
  bool may_disconnect = false;
  bool operator==(const Question&) const = default;
};

constexpr std::array steps = {EnvStep::resolve, EnvStep::deliver_to_host, EnvStep::deliver_to_target, EnvStep::accept,
                              EnvStep::close, EnvStep::target_disconnects, EnvStep::timewait_over,
                              EnvStep::retries_exhausted};

// All states of the connection that the environment alone can reach: a few dozen.
class Forward {
 public:
  explicit Forward(const Question& question) : question_(question) { reach(question.connection); }

  bool finds_event() {
    for (std::size_t next = 0; next < reached_.size(); ++next)
      if (expand(reached_[next])) return true;
    return false;
  }

 private:
  bool expand(const Connection from) {
    for (const EnvStep step : steps) {
      if (!enabled(from, step) || (step == EnvStep::target_disconnects && !question_.may_disconnect)) continue;
      // A minute and more: what is on its way arrives first.
      if (step == EnvStep::retries_exhausted && from.to_side(model::Side::host).count > 0) continue;
      Connection to = from;
      if (satisfies(question_.events, take(to, step).event)) return true;
      reach(to);
    }
    // The program fetches CONNECT_RESPONSE while it waits, and the fetch sends the RTU.
    if (from.host().ib == model::Ib::rep_rcvd || from.host().ib == model::Ib::mra_rep_sent) {
      Connection to = from;
      apply(to, model::Side::host, model::Input::accept_rtu);
      reach(to);
    }
    if (question_.may_die && from.target_listens) {
      Connection to = from;
      kill_target(to);
      reach(to);
    }
    return false;
  }

  void reach(const Connection& connection) {
    for (const Connection& known : reached_)
      if (known == connection) return;
    reached_.push_back(connection);
  }

  Question question_;
  std::vector<Connection> reached_;
};

// Answers are remembered: the same few questions come for every state.
struct Answers {
  struct Entry {
    Question question;
    bool known = false;
    bool answer = false;
  };
  std::array<Entry, 4096> entries{};

  bool to(const Question& question) {
    Entry& entry = entries[place(question)];
    if (entry.known && entry.question == question) return entry.answer;
    entry = {question, true, Forward(question).finds_event()};
    return entry.answer;
  }

  static std::size_t place(const Question& question) {
    std::uint64_t hash = question.events.bits * 4u + question.may_die * 2u + question.may_disconnect;
    const auto mix = [&hash](unsigned value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15u; hash ^= hash >> 29; };
    for (const model::End& end : question.connection.ends) mix(static_cast<unsigned>(end.ib) << 8 | static_cast<unsigned>(end.cma));
    for (const model::Wire& wire : question.connection.to)
      for (std::size_t i = 0; i < wire.count; ++i) mix(static_cast<unsigned>(wire.datagrams[i]) << 8 | wire.count);
    mix(static_cast<unsigned>(question.connection.app) << 1 | unsigned{question.connection.target_listens});
    return hash % 4096;
  }
};

std::string list_of(EventSet events) {
  std::string text;
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (events.has(static_cast<Event>(i))) text += (text.empty() ? "" : ", ") + std::string(model::event_names[i]);
  return text;
}

std::string_view raised_by(Event event) {
  switch (event) {
    case Event::disconnected: return "a DREQ or DREP received, or a DREQ given up";
    case Event::rejected: return "a REJ received";
    case Event::timewait_exit: return "the end of timewait";
    default: return "the connection attempt";
  }
}

}  // namespace

bool can_come(const model::View& view, std::uint8_t slot, EventSet events) {
  static Answers answers;
  const model::SlotView& here = view.slots[slot];
  if (!here.id_alive) return false;
  if (any_satisfies(events, here.queued) || any_satisfies(events, here.held)) return true;
  return answers.to({here.connection, events, view.target_may_die, view.target_may_disconnect});
}

std::string why_impossible(const model::View& view, std::uint8_t slot, EventSet events) {
  const model::SlotView& here = view.slots[slot];
  if (!here.id_alive) return "its rdma_cm_id is destroyed, and a destroyed id gets no event";
  const std::string ib(name(here.connection.host().ib)), cma(name(here.connection.host().cma));
  std::string text = "nothing can satisfy the wait for " + list_of(events) + ": none is parked, queued or in flight";
  for (const model::FilterRow& row : model::cma_filter) {
    if (!events.has(row.raise)) continue;
    text += "; " + std::string(name(row.raise)) + " is raised by " + std::string(raised_by(row.raise));
    if (here.connection.host().cma != row.from)
      text += ", and only while the id is in " + std::string(name(row.from)) + " (" + std::string(row.why) + "), but it is in " + cma +
              (row.raise == Event::disconnected ? ": it has had its one DISCONNECTED" : "");
    else
      text += ", and no row leads there from ib_cm state " + ib;
    break;
  }
  return text;
}

}  // namespace qpcheck::properties
