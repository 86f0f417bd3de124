#include "tests/model/walk_moves.hpp"

#include <cassert>

namespace qpcheck::model::test {
namespace {

constexpr std::array<std::string_view, 30> act_names = {"resolve_addr",
                                                        "resolve_route",
                                                        "connect",
                                                        "disconnect",
                                                        "notify",
                                                        "reject",
                                                        "destroy",
                                                        "fetch",
                                                        "target: accept",
                                                        "target: reject",
                                                        "target: disconnect",
                                                        "target: notify",
                                                        "target: destroy",
                                                        "environment",
                                                        "fault",
                                                        "change address",
                                                        "disconnect without memory",
                                                        "no memory for an event",
                                                        "an older connection holds the target's QPN",
                                                        "stale connection detected",
                                                        "target: stale connection detected",
                                                        "queue pair fails",
                                                        "target: queue pair fails",
                                                        "deliver to target",
                                                        "target: retries exhausted",
                                                        "target: timewait over",
                                                        "target: provider established",
                                                        "target: provider close",
                                                        "backlog drains",
                                                        "target: destroy listener"};
constexpr std::array<std::string_view, env_step_count> step_names = {
    "resolve",          "deliver to host",    "deliver to target", "target accepts",
    "target closes",    "target disconnects", "timewait over",     "retries exhausted",
    "repeat to target", "repeat to host",     "provider closes",   "provider aborts",
    "provider refuses"};

bool is(const Moment& moment, Transport transport) { return moment.connection.transport == transport; }

Told told(const Raised& raised) { return {raised.event, static_cast<std::int8_t>(raised.status)}; }

// Steps and faults that a free target makes by its own calls, or that mean nothing to it.
bool of_the_application(EnvStep step) {
  return step == EnvStep::deliver_to_target || step == EnvStep::accept || step == EnvStep::close ||
         step == EnvStep::target_disconnects;
}
bool of_the_application(Fault fault) { return fault == Fault::hang || fault == Fault::refuse; }

void add_faults(std::vector<Move>& moves, const Moment& moment, Target target) {
  for (const Fault fault : {Fault::kill, Fault::hang, Fault::power, Fault::reboot, Fault::drop, Fault::reorder,
                            Fault::neighbour, Fault::refuse, Fault::stale, Fault::remove}) {
    if (!moment.left.allows(fault) || (target == Target::free && of_the_application(fault))) continue;
    for (const Side towards : {Side::host, Side::target}) {
      const bool directed = fault == Fault::drop || fault == Fault::reorder;
      if ((directed || towards == Side::host) && may_hit(moment.connection, fault, towards))
        moves.push_back({Act::fault, {}, fault, towards});
    }
  }
  const Connection& connection = moment.connection;
  if (moment.left.allows(Fault::neighbour) && may_change_address(connection))
    moves.push_back({Act::change_address, {}, Fault::neighbour, {}});
  if (moment.left.allows(Fault::enomem) && !moment.destroyed && is(moment, Transport::ib))
    moves.push_back({Act::no_memory, {}, Fault::enomem, {}});
  if (moment.left.allows(Fault::enomem) && moment.queued > 0) moves.push_back({Act::event_lost, {}, Fault::enomem, {}});
  if (!moment.left.allows(Fault::stale) || !is(moment, Transport::ib)) return;
  if (connection.host().ib == Ib::req_sent && !connection.stale[0])
    moves.push_back({Act::stale_at_host, {}, Fault::stale, {}});
  if (up(connection, Side::host)) moves.push_back({Act::stale_detected, {}, Fault::stale, {}});
  if (up(connection, Side::target) && target == Target::free)
    moves.push_back({Act::target_stale_detected, {}, Fault::stale, {}});
}

void add_free_target(std::vector<Move>& moves, const Moment& moment) {
  const Connection& connection = moment.connection;
  const auto add = [&moves](Act act, bool may) {
    if (may) moves.push_back({act, {}, {}, {}});
  };
  add(Act::deliver_to_target, connection.to_side(Side::target).count > 0);
  const bool alive = !unknown(connection, Side::target);
  for (const Act act :
       {Act::target_accept, Act::target_reject, Act::target_disconnect, Act::target_notify, Act::target_destroy})
    add(act, alive);
  add(Act::target_gives_up, repeats(connection, Side::target));
  add(Act::target_timewait_over, connection.target().ib == Ib::timewait);
  const Iw iw = connection.target().iw;
  add(Act::target_established, iw == Iw::accepted);
  add(Act::target_closes, iw == Iw::closing || iw == Iw::aborted);
}

Told tell_target(Moment& moment, const Raised& raised) {
  const bool known = moment.accepted || raised.event == Event::connect_request;
  if (!known) return {};  // ucma.c: ucma_event_handler drops what comes for an id whose uid it does not know
  moment.target_told.add(raised.event);
  return told(raised);
}

Outcome at_target(Moment& moment, Input input) {
  const CallResult result = apply(moment.connection, Side::target, input);
  if (input == Input::accept_rep && result.error == 0 && !result.blocks) moment.accepted = true;
  return {{}, {}, tell_target(moment, result.raised), result.error, result.blocks};
}

// What EnvStep::deliver_to_target does, but for the application.
Outcome deliver_to_target(Moment& moment) {
  Connection& connection = moment.connection;
  Wire& wire = connection.to_side(Side::target);
  const Datagram datagram = wire.datagrams[0];
  const std::uint8_t reason = wire.reasons[0];
  wire.pop();
  if (datagram == Datagram::req && connection.target().ib == Ib::gone) {
    connection.target() = {};  // a repeated REQ makes a new id
    moment.target_told = {};
    moment.accepted = false;
  }
  const CallResult result = apply(connection, Side::target, received(datagram), reason);
  return {{}, {}, tell_target(moment, result.raised), 0, false};
}

void enqueue(Moment& moment, const Told& event) {
  if (event.event == Event::none) return;
  assert(moment.queued < Moment::queue_capacity);
  moment.queue[moment.queued++] = event;
}

// rdma-core, ucma_process_conn_resp: an id with a queue pair gets ESTABLISHED, or CONNECT_ERROR.
Told take_response(Moment& moment) {
  // A QP in ERR does not go to INIT, and the kernel is not told.
  const int error = moment.qp_error ? -1 : -apply(moment.connection, Side::host, Input::accept_rtu).error;
  if (error == 0) return {Event::established, 0};
  moment.qp_error = moment.connect_error = true;
  return {Event::connect_error, static_cast<std::int8_t>(error)};
}

// rdma_get_cm_event, as far as it changes anything.
Told fetch(Moment& moment) {
  Told event = moment.queue[0];
  for (std::size_t i = 1; i < moment.queued; ++i) moment.queue[i - 1] = moment.queue[i];
  moment.queue[--moment.queued] = {};
  if (event.event == Event::connect_response) event = take_response(moment);
  else if (moment.connect_error && (event.event == Event::rejected || event.event == Event::disconnected)) event = {};
  else if (event.event == Event::rejected) moment.qp_error = true;
  moment.told.add(event.event);
  return event;
}

CallResult call(Moment& moment, Act act) {
  Connection& connection = moment.connection;
  switch (act) {
    case Act::resolve_addr: return apply(connection, CmaInput::resolve_addr);
    case Act::resolve_route: return apply(connection, CmaInput::resolve_route);
    case Act::connect: return apply(connection, CmaInput::connect);
    case Act::disconnect: return apply(connection, Side::host, Input::disconnect);
    case Act::notify: return apply(connection, Side::host, Input::notify);
    case Act::reject: return apply(connection, Side::host, Input::reject);
    default: return apply(connection, Side::host, Input::destroy);
  }
}

Outcome host_calls(Moment& moment, Act act) {
  const CallResult result = call(moment, act);
  const bool done = result.error == 0 && !result.blocks;
  if (act == Act::disconnect && done) {
    moment.disconnected = true;
    if (is(moment, Transport::ib)) moment.qp_error = true;  // rdma-core, ucma_shutdown: before the kernel is told
  }
  if (act == Act::destroy && done) {  // what is not fetched is purged
    moment.destroyed = true;
    moment.queue = {};
    moment.queued = 0;
  }
  return {told(result.raised), {}, {}, result.error, result.blocks};
}

Outcome without_memory(Moment& moment) {
  moment.connection.cannot_post = true;
  const Outcome outcome = host_calls(moment, Act::disconnect);
  moment.connection.cannot_post = false;
  return outcome;
}

// ucma.c: ucma_event_handler
void lose_event(Moment& moment) {
  Told& last = moment.queue[--moment.queued];
  moment.lost.add(last.event);
  last = {};
}

// iWARP: the provider ends what is up, or the attempt.
Outcome queue_pair_fails(Moment& moment) {
  const Input input = up(moment.connection, Side::host) ? Input::provider_close : Input::provider_error;
  return {told(apply(moment.connection, Side::host, input).raised), {}, {}, 0, false};
}

Outcome outcome_of(Moment& moment, const Move& move) {
  Connection& connection = moment.connection;
  switch (move.act) {
    case Act::fetch: return {{}, fetch(moment), {}, 0, false};
    case Act::target_accept: return at_target(moment, Input::accept_rep);
    case Act::target_reject: return at_target(moment, Input::reject);
    case Act::target_disconnect: return at_target(moment, Input::disconnect);
    case Act::target_notify: return at_target(moment, Input::notify);
    case Act::target_destroy: return at_target(moment, Input::destroy);
    case Act::target_gives_up: return at_target(moment, Input::retries_exhausted);
    case Act::target_timewait_over: return at_target(moment, Input::timewait_over);
    case Act::target_stale_detected: return at_target(moment, Input::stale_detected);
    case Act::target_established: return at_target(moment, Input::provider_established);
    case Act::target_closes:
    case Act::target_qp_fails: return at_target(moment, Input::provider_close);
    case Act::deliver_to_target: return deliver_to_target(moment);
    case Act::environment: return {told(take(connection, move.step)), {}, {}, 0, false};
    case Act::fault: return {told(hit(connection, move.fault, move.towards)), {}, {}, 0, false};
    case Act::change_address: return {told(change_address(connection)), {}, {}, 0, false};
    case Act::no_memory: return without_memory(moment);
    case Act::event_lost: lose_event(moment); return {};
    case Act::backlog_drains: connection.backlog_full = false; return {};
    case Act::destroy_listener: destroy_listener(connection); return {};
    case Act::stale_at_host: connection.stale[0] = true; return {};
    case Act::stale_detected:
      return {told(apply(connection, Side::host, Input::stale_detected).raised), {}, {}, 0, false};
    case Act::qp_fails: return queue_pair_fails(moment);
    default: return host_calls(moment, move.act);
  }
}

bool costs(Act act) {
  return act == Act::fault || act == Act::change_address || act == Act::no_memory || act == Act::event_lost ||
         act == Act::stale_at_host || act == Act::stale_detected || act == Act::target_stale_detected;
}

}  // namespace

std::string name_of(const Move& move) {
  if (move.act == Act::environment) return std::string(step_names[static_cast<std::size_t>(move.step)]);
  if (move.act == Act::fault)
    return std::string(name(move.fault)) +
           (move.towards == Side::host ? " (towards the host)" : " (towards the target)");
  return std::string(act_names[static_cast<std::size_t>(move.act)]);
}

std::vector<Move> moves_at(const Moment& moment, const Setting& setting) {
  const Target target = setting.target;
  const Connection& connection = moment.connection;
  std::vector<Move> moves;
  // Resolving goes on when the answer before is fetched: id->verbs is not there earlier.
  if (!moment.destroyed && moment.queued == 0)
    for (const Act act : {Act::resolve_addr, Act::resolve_route}) moves.push_back({act, {}, {}, {}});
  if (!moment.destroyed)
    for (const Act act : {Act::connect, Act::disconnect, Act::notify, Act::reject, Act::destroy})
      moves.push_back({act, {}, {}, {}});
  if (moment.queued > 0) moves.push_back({Act::fetch, {}, {}, {}});
  for (std::size_t i = 0; i < env_step_count; ++i) {
    const auto step = static_cast<EnvStep>(i);
    if ((target == Target::application || !of_the_application(step)) && enabled(connection, step))
      moves.push_back({Act::environment, step, {}, {}});
  }
  if (is(moment, Transport::iw)) {
    if (up(connection, Side::host) || connection.host().iw == Iw::conn_sent)
      moves.push_back({Act::qp_fails, {}, {}, {}});
    if (up(connection, Side::target) && target == Target::free) moves.push_back({Act::target_qp_fails, {}, {}, {}});
  }
  if (target == Target::free) add_free_target(moves, moment);
  if (setting.listener == Listener::moves) {
    if (connection.backlog_full) moves.push_back({Act::backlog_drains, {}, {}, {}});
    if (connection.target_listens) moves.push_back({Act::destroy_listener, {}, {}, {}});
  }
  add_faults(moves, moment, target);
  return moves;
}

Outcome go(Moment& moment, const Move& move) {
  if (costs(move.act)) moment.left.spend(move.fault);
  const Outcome outcome = outcome_of(moment, move);
  if (move.act == Act::environment && move.step == EnvStep::retries_exhausted) moment.gave_up = true;
  enqueue(moment, outcome.queued);
  return outcome;
}

}  // namespace qpcheck::model::test
