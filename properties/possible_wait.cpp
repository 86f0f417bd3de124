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

// Faults that may still be spent and that can make an event, not only take one.
constexpr std::array makers = {model::Fault::kill, model::Fault::reboot, model::Fault::remove, model::Fault::neighbour,
                               model::Fault::refuse, model::Fault::stale, model::Fault::peer_disconnect};

struct Question {
  Connection connection;
  EventSet events;
  std::uint8_t faults = 0;   // bit i: makers[i] may be spent
  bool qp_fails = false;     // the QP is in error: an iWARP provider closes the stream
  bool operator==(const Question&) const = default;
};

std::uint8_t faults_of(const model::Budget& left) {
  std::uint8_t bits = 0;
  for (std::size_t i = 0; i < makers.size(); ++i)
    if (left.allows(makers[i])) bits = static_cast<std::uint8_t>(bits | 1u << i);
  return bits;
}

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
    for (std::size_t i = 0; i < model::env_step_count; ++i) {
      const auto step = static_cast<EnvStep>(i);
      if (!enabled(from, step) || step == EnvStep::target_disconnects) continue;  // that one is a fault's
      // A minute and more: what is on its way arrives first.
      if (step == EnvStep::retries_exhausted && from.to_side(model::Side::host).count > 0) continue;
      Connection to = from;
      if (raises(take(to, step))) return true;
      reach(to);
    }
    return expand_calls(from) || expand_faults(from);
  }

  // What the program's own waiting does, and its QP's failure.
  bool expand_calls(const Connection& from) {
    const bool response = from.transport == model::Transport::ib &&
                          (from.host().ib == model::Ib::rep_rcvd || from.host().ib == model::Ib::mra_rep_sent);
    // The program fetches CONNECT_RESPONSE while it waits, and the fetch sends the RTU.
    if (response) reach_by(from, model::Input::accept_rtu);
    const bool stream = from.transport == model::Transport::iw && up(from, model::Side::host);
    return stream && question_.qp_fails && reach_by(from, model::Input::provider_close);
  }

  bool reach_by(const Connection& from, model::Input input) {
    Connection to = from;
    if (raises(apply(to, model::Side::host, input).raised)) return true;
    reach(to);
    return false;
  }

  bool expand_faults(const Connection& from) {
    for (std::size_t i = 0; i < makers.size(); ++i) {
      // Counts do not matter here, so what is under way to the host arrives before more is
      // made: else reboots without end would fill the wire.
      if (((question_.faults >> i) & 1u) == 0 || !may_hit(from, makers[i]) || from.to_side(model::Side::host).count > 2)
        continue;
      Connection to = from;
      if (raises(hit(to, makers[i]))) return true;
      reach(to);
    }
    return false;
  }

  bool raises(const model::Raised& raised) const { return satisfies(question_.events, raised.event); }

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
    const Connection& connection = question.connection;
    std::uint64_t hash = question.events.bits * 512u + question.faults * 2u + question.qp_fails;
    const auto mix = [&hash](unsigned value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15u; hash ^= hash >> 29; };
    for (const model::End& end : connection.ends)
      mix(static_cast<unsigned>(end.ib) << 16 | static_cast<unsigned>(end.iw) << 8 | static_cast<unsigned>(end.cma));
    for (const model::Wire& wire : connection.to)
      for (std::size_t i = 0; i < wire.count; ++i) mix(static_cast<unsigned>(wire.datagrams[i]) << 8 | wire.count);
    mix(static_cast<unsigned>(connection.app) << 4 | unsigned{connection.target_listens} << 3 |
        unsigned{connection.target_hung} << 2 | unsigned{connection.target_off} << 1 | unsigned{connection.lost[1]});
    return hash % 4096;
  }
};

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
  return answers.to({here.connection, events, faults_of(view.faults_left), here.qp_error});
}

std::string why_impossible(const model::View& view, std::uint8_t slot, EventSet events) {
  const model::SlotView& here = view.slots[slot];
  if (!here.id_alive) return "its rdma_cm_id is destroyed, and a destroyed id gets no event";
  const std::string state(state_name(here.connection, model::Side::host)), cma(name(here.connection.host().cma));
  std::string text = "nothing can satisfy the wait for " + names_of(events) + ": none is parked, queued or in flight";
  if (here.connection.transport == model::Transport::iw)
    return text + "; no row of iw_cm leads there from its state " + state +
           (here.connection.host().iw == model::Iw::ended ? ": it has had its one end" : "");
  for (const model::FilterRow& row : model::cma_filter) {
    if (!events.has(row.raise)) continue;
    text += "; " + std::string(name(row.raise)) + " is raised by " + std::string(raised_by(row.raise));
    if (here.connection.host().cma != row.from)
      text += ", and only while the id is in " + std::string(name(row.from)) + " (" + std::string(row.why) +
              "), but it is in " + cma +
              (row.raise == Event::disconnected && here.connection.host().cma == model::Cma::disconnect
                   ? ": it has had its one DISCONNECTED"
                   : "");
    else
      text += ", and no row leads there from ib_cm state " + state;
    break;
  }
  return text;
}

}  // namespace qpcheck::properties
