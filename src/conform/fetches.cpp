#include <fmt/format.h>

#include <cerrno>

#include "conform/observed.hpp"

namespace qpcheck::conform {
namespace {

using model::Event;
using model::Input;
using model::Side;
using model::Transport;

class Fetch {
 public:
  Fetch(const State& state, std::size_t at, Side side, const Line& line, const Moment& moment,
        std::vector<Fetched>& out)
      : state_(state), at_(at), side_(side), line_(line), moment_(moment), out_(out) {}

  void all() {
    first_queued();
    if (side_ == Side::host) news();
  }

 private:
  const Pair& here() const { return state_.pairs[at_]; }

  template <class Change>
  void gives(Event event, StatusRule rule, int status, Change change) {
    State next = state_;
    if (!change(next.pairs[at_])) return;
    next.forget_dead();
    out_.push_back({event, rule, status, std::move(next)});
  }

  void first_queued() {
    const Id& id = here().id(side_);
    if (id.count == 0) return;
    const Queued first = id.queue[0];
    if (first.event == Event::connect_response) return response(id);
    gives(first.event, rule_of(first.event), first.status, [&](Pair& pair) {
      Id& now = pair.id(side_);
      now.pop();
      if (first.event == Event::connect_request) now.requested = true;
      if (first.event == Event::addr_resolved) now.address_known = true;
      if (first.event == Event::rejected) now.qp_error = true;
      return true;
    });
  }

  // Numbers that come from below, and are no fixed ones of the tables.
  static StatusRule rule_of(Event event) {
    if (event == Event::connect_error) return StatusRule::other_negative;
    if (event == Event::addr_error) return StatusRule::negative;
    return event == Event::route_error ? StatusRule::any_error : StatusRule::exactly;
  }

  // Fetching CONNECT_RESPONSE is what connects: the library moves the queue pair, and the kernel sends the RTU.
  void response(const Id& id) {
    if (id.qp_gone || line_.qp == "none")
      return gives(Event::connect_response, StatusRule::exactly, 0, [&](Pair& pair) { return popped(pair); });
    if (!id.qp_error) return established_or_not();
    gives(Event::connect_error, StatusRule::any_error, -1, [&](Pair& pair) { return failed(pair); });
  }

  void established_or_not() {
    Pair tried = here();
    int error = 0;
    if (!step(tried, side_, Input::accept_rtu, 0, moment_, &error)) return;
    if (error != 0) {
      return gives(Event::connect_error, StatusRule::any_error, -1, [&](Pair& pair) {
        pair = tried;
        return failed(pair);
      });
    }
    gives(Event::established, StatusRule::exactly, 0, [&](Pair& pair) {
      pair = tried;
      return popped(pair);
    });
  }

  bool popped(Pair& pair) const {
    pair.id(side_).pop();
    return true;
  }

  bool failed(Pair& pair) const {
    Id& id = pair.id(side_);
    id.pop();
    id.connect_error = id.qp_error = true;
    return true;
  }

  // News of network and bond come from a queue of their own: between any two events of the id.
  void news() {
    if (!here().id(side_).alive) return;
    for (const model::CmaInput news : {model::CmaInput::neighbour_changed, model::CmaInput::bond_changed}) {
      model::Connection connection = here().connection;
      const model::Raised raised = apply(connection, news).raised;
      if (raised.event != Event::none)
        gives(raised.event, StatusRule::exactly, raised.status, [](Pair&) { return true; });
    }
  }

  const State& state_;
  std::size_t at_;
  Side side_;
  const Line& line_;
  const Moment& moment_;
  std::vector<Fetched>& out_;
};

}  // namespace

bool Fetched::agrees(const Line& line) const {
  if (line.name != name(event)) return false;
  switch (rule) {
    case StatusRule::exactly: return line.status == status;
    case StatusRule::any_error: return line.status != 0;
    case StatusRule::negative: return line.status < 0;
    case StatusRule::other_negative:
      return line.status < 0 && line.status != -ECONNREFUSED && line.status != -ECONNRESET && line.status != -ETIMEDOUT;
  }
  return false;
}

std::string Fetched::words() const {
  const char* const form = rule == StatusRule::exactly ? "{} (status {})" : "{} (status {}, or another error)";
  return fmt::format(fmt::runtime(form), name(event), status);
}

std::vector<Fetched> fetches(const State& state, Side side, const Line& line, const Moment& moment) {
  std::vector<Fetched> out;
  for (std::size_t at = 0; at < state.pairs.size(); ++at) Fetch(state, at, side, line, moment, out).all();
  return out;
}

}  // namespace qpcheck::conform
