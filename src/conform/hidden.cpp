#include "conform/hidden.hpp"

#include <algorithm>

namespace qpcheck::conform {
namespace {

using model::Datagram;
using model::Input;
using model::Side;
using model::Transport;

class Steps {
 public:
  Steps(const State& state, const Moment& moment, std::vector<State>& out)
      : state_(state), moment_(moment), out_(out) {}

  void all() {
    for (at_ = 0; at_ < state_.pairs.size(); ++at_) {
      resolution();
      for (const Side side : {Side::host, Side::target}) {
        wire(side);
        timers(side);
        swallowed(side);
        lost(side);
        death(side);
      }
      if (here().connection.transport == Transport::iw) provider();
      if (!moment_.log->target_calls) unseen_application();
    }
    for (const Side side : {Side::host, Side::target}) removal(side);
    created_before();
  }

 private:
  const Pair& here() const { return state_.pairs[at_]; }

  // `change` makes one step on a copy; false: it cannot be made.
  template <class Change>
  void offer(Change change) {
    State next = state_;
    if (!change(next.pairs[at_])) return;
    next.forget_dead();
    out_.push_back(std::move(next));
  }

  void input(Side side, Input input, std::int64_t not_before = long_ago) {
    if (row_of(here().connection, side, input).empty()) return;
    State next = state_;
    if (!step(next.pairs[at_], side, input, 0, moment_)) return;
    if (moment_.log->timed) next.not_before = std::max(next.not_before, not_before);
    next.forget_dead();
    out_.push_back(std::move(next));
  }

  void resolution() {
    const model::Cma cma = here().connection.host().cma;
    const auto answer = [&](model::CmaInput input) {
      offer([&](Pair& pair) {
        raise(pair, Side::host, apply(pair.connection, input).raised, moment_);
        return true;
      });
    };
    if (cma == model::Cma::addr_query) answer(model::CmaInput::addr_found), answer(model::CmaInput::addr_failed);
    if (cma == model::Cma::route_query) answer(model::CmaInput::route_found), answer(model::CmaInput::route_failed);
  }

  // The oldest datagram towards a side arrives, or (on a fabric of datagrams) is lost.
  void wire(Side side) {
    const model::Wire& wire = here().connection.to_side(side);
    if (wire.count == 0) return;
    const bool request = wire.datagrams[0] == Datagram::req || wire.datagrams[0] == Datagram::mpa_request;
    if (request)
      request_arrives(wire.datagrams[0]);
    else
      offer([&](Pair& pair) { return deliver(pair, side); });
    if (here().connection.transport != Transport::ib) return;
    if (moment_.log->reorders && wire.count > 1) overtaken(side);
    offer([&](Pair& pair) {
      pair.connection.to_side(side).pop();
      return true;
    });
  }

  void overtaken(Side side) {
    offer([&](Pair& pair) {
      model::Wire& wire = pair.connection.to_side(side);
      std::swap(wire.datagrams[0], wire.datagrams[1]);
      std::swap(wire.reasons[0], wire.reasons[1]);
      return true;
    });
  }

  bool deliver(Pair& pair, Side side) {
    model::Wire& wire = pair.connection.to_side(side);
    const Input input = received(wire.datagrams[0]);
    const std::uint8_t reason = wire.reasons[0];
    wire.pop();
    return step(pair, side, input, reason, moment_);
  }

  void request_arrives(Datagram datagram) {
    const model::End& target = here().connection.target();
    const bool used = datagram == Datagram::req && target.ib == model::Ib::ended;
    if (used && moment_.log->target_calls) return second_request();
    for (const bool listens : {true, false}) request_arrives(listens, false, false);
    if (datagram == Datagram::req && moment_.evidence->stale) request_arrives(true, true, false);
    if (datagram == Datagram::mpa_request) request_arrives(true, false, true);  // a REQ is then as good as lost
  }

  void request_arrives(bool listens, bool stale, bool backlog_full) {
    offer([&](Pair& pair) {
      model::Connection& connection = pair.connection;
      const model::End& target = connection.target();
      if (target.ib == model::Ib::gone || target.ib == model::Ib::ended || target.iw == model::Iw::gone) {
        connection.target() = {};  // a REQ finds the listener afresh
        pair.id(Side::target) = {};
      }
      connection.target_listens = listens;
      connection.stale[1] = stale;
      connection.backlog_full = backlog_full;
      const bool done = deliver(pair, Side::target);
      connection.target_listens = connection.stale[1] = connection.backlog_full = false;
      return done;
    });
  }

  // A repeated REQ whose first id was refused, and not destroyed: the listener gets a second id, and
  // the first is left without a peer.
  void second_request() {
    State next = state_;
    Pair left = next.pairs[at_], &fresh = next.pairs[at_];
    left.connection.host() = {};
    left.connection.host().ib = model::Ib::gone;
    left.connection.to = {};
    left.id(Side::host) = {};
    fresh.connection.target() = {};
    fresh.id(Side::target) = {};
    next.pairs.push_back(left);
    if (next.pairs.size() <= 4) out_.push_back(std::move(next));
  }

  void timers(Side side) {
    const Pair& pair = here();
    const auto place = static_cast<std::size_t>(side);
    const bool iw = pair.connection.transport == Transport::iw;
    if (!iw && pair.connection.end(side).ib == model::Ib::timewait &&
        moment_.passed(side, pair.timewait_since[place], least_timewait_us))
      input(side, Input::timewait_over, pair.timewait_since[place] + least_timewait_us);
    const bool waits = iw ? pair.connection.end(side).iw == model::Iw::conn_sent : repeats(pair.connection, side);
    if (!waits) return;
    give_up(side);
    if (!iw && moment_.passed(side, pair.repeats_since[place], least_repeat_us)) repeat(side);
  }

  // After all repetitions; at once, where the link is down and sending itself fails.
  void give_up(Side side) {
    const auto place = static_cast<std::size_t>(side);
    const bool iw = here().connection.transport == Transport::iw;
    const std::int64_t since = here().repeats_since[place], least = iw ? least_iwarp_give_up_us : least_give_up_us;
    const std::int64_t down = moment_.evidence->link_down_us;
    if (!iw && down <= moment_.latest[place])
      input(side, Input::retries_exhausted, down);
    else if (moment_.passed(side, since, least))
      input(side, Input::retries_exhausted, since + least);
  }

  void repeat(Side side) {
    // Seconds have passed: nothing is under way any more.
    if (here().connection.to[0].count + here().connection.to[1].count > 0) return;
    offer([&](Pair& pair) {
      const model::Ib ib = pair.connection.end(side).ib;
      const bool connecting = ib == model::Ib::req_sent || ib == model::Ib::mra_req_rcvd;
      const Datagram datagram = connecting                   ? Datagram::req
                                : ib == model::Ib::dreq_sent ? Datagram::dreq
                                                             : Datagram::rep;
      pair.connection.to_side(other(side)).push(datagram, 0);
      return true;
    });
  }

  // librdmacm fetches it, and does not tell.
  void swallowed(Side side) {
    const Id& id = here().id(side);
    if (!id.connect_error || id.count == 0) return;
    const model::Event first = id.queue[0].event;
    if (first != model::Event::rejected && first != model::Event::disconnected) return;
    offer([&](Pair& pair) {
      pair.id(side).pop();
      return true;
    });
  }

  // The kernel had no memory for an event's record: then it was the last of its id.
  void lost(Side side) {
    if (!moment_.log->events_lost || here().id(side).count == 0) return;
    offer([&](Pair& pair) {
      Id& id = pair.id(side);
      id.queue[--id.count] = {};
      return true;
    });
  }

  // An MPA reject arrives, and this provider says refused of it.
  void called_refused(Side side) {
    const model::Wire& wire = here().connection.to_side(side);
    if (wire.count == 0 || wire.datagrams[0] != Datagram::mpa_reject) return;
    offer([&](Pair& pair) {
      pair.connection.to_side(side).pop();
      return step(pair, side, Input::provider_refused, 0, moment_);
    });
  }

  // A side that says nothing more may have died.
  void death(Side side) {
    if (!moment_.last[static_cast<std::size_t>(side)] || !here().id(side).alive || !moment_.log->timed) return;
    offer([&](Pair& pair) { return destroy(pair, side, moment_); });
  }

  void provider() {
    for (const Side side : {Side::host, Side::target}) {
      for (const Input upcall : {Input::provider_established, Input::provider_abort, Input::provider_error})
        input(side, upcall);
      called_refused(side);
      if (!up(here().connection, side) || may_break(side)) input(side, Input::provider_close);
    }
  }

  // A provider closes an established connection by itself when its queue pair fails or TCP gives up.
  bool may_break(Side side) const {
    const Id& id = here().id(side);
    const bool troubled = moment_.evidence->trouble_us <= moment_.latest[static_cast<std::size_t>(side)];
    return !moment_.log->timed || id.qp_error || id.qp_gone || moment_.sends_posted || troubled;
  }

  void unseen_application() {
    if (!here().id(Side::target).requested) return;
    for (const Input call : {Input::accept_rep, Input::reject, Input::disconnect}) input(Side::target, call);
    offer([&](Pair& pair) { return destroy(pair, Side::target, moment_); });
  }

  // A log may begin after rdma_create_id.
  void created_before() {
    if (!moment_.first || !state_.pairs.empty()) return;
    State next = state_;
    Pair& pair = next.pairs.emplace_back();
    pair.connection.transport = moment_.log->transport;
    pair.ids[0] = {.alive = true, .known = true};
    out_.push_back(std::move(next));
  }

  // Every id on the device, at one moment.
  void removal(Side side) {
    const auto place = static_cast<std::size_t>(side);
    if (!moment_.evidence->removed[place] || state_.removed[place] ||
        moment_.latest[place] < moment_.evidence->removed_us)
      return;
    State next = state_;
    next.not_before = std::max(next.not_before, moment_.evidence->removed_us);
    next.removed[place] = true;
    for (Pair& pair : next.pairs) {
      if (!pair.id(side).alive) continue;
      if (!has_room(pair.connection)) return;
      const Pair before = pair;
      raise(pair, side, remove_device(pair.connection, side), moment_);
      note_times(before, pair, moment_);
    }
    out_.push_back(std::move(next));
  }

  const State& state_;
  const Moment& moment_;
  std::vector<State>& out_;
  std::size_t at_ = 0;
};

}  // namespace

void hidden_steps(const State& state, const Moment& moment, std::vector<State>& out) {
  Steps(state, moment, out).all();
}

}  // namespace qpcheck::conform
