// Words for what a test says about the edges of a walk.
#pragma once

#include <string>

#include "tests/model/walk.hpp"

namespace qpcheck::model::test {

inline bool is(const Edge& edge, Act act) { return edge.move.act == act; }
inline bool is(const Edge& edge, Fault fault) { return edge.move.act == Act::fault && edge.move.fault == fault; }
inline bool is(const Edge& edge, EnvStep step) { return edge.move.act == Act::environment && edge.move.step == step; }

// The host's id was told it, or will be when it fetches.
inline bool has_coming(const Moment& moment, Event event) {
  for (std::size_t i = 0; i < moment.queued; ++i)
    if (moment.queue[i].event == event) return true;
  return moment.told.has(event);
}

inline bool delivers(const Edge& edge, Side side, Datagram datagram) {
  const bool arrives = side == Side::host ? is(edge, EnvStep::deliver_to_host)
                                          : is(edge, EnvStep::deliver_to_target) || is(edge, Act::deliver_to_target);
  return arrives && edge.from.connection.to_side(side).datagrams[0] == datagram;
}

// How many messages the edge put on the way from that side.
inline int sent(const Edge& edge, Side from) {
  return edge.to.connection.to_side(other(from)).count - edge.from.connection.to_side(other(from)).count;
}

// Nothing is under way, nothing is owed, nothing waits to be fetched.
inline bool quiet(const Moment& moment) {
  for (const EnvStep step :
       {EnvStep::resolve, EnvStep::deliver_to_host, EnvStep::deliver_to_target, EnvStep::accept, EnvStep::close,
        EnvStep::repeat_to_host, EnvStep::repeat_to_target, EnvStep::provider_closes})
    if (enabled(moment.connection, step)) return false;
  return moment.queued == 0;
}

// Both ends are up, nothing is under way, and the target lives.
inline bool calm(const Moment& moment) {
  return up(moment.connection, Side::host) && up(moment.connection, Side::target) && moment.connection.target_listens &&
         moment.connection.to[0].count == 0 && moment.connection.to[1].count == 0;
}

// Every step of every walk with one fault of any kind within the contract, and of every
// walk with a listener that moves; the target as the simulator's application and free.
template <class See>
void with_any_single_fault(Transport transport, See&& see) {
  for (const Target target : {Target::application, Target::free}) {
    walk(any_single_fault(transport, target)).each(see);
    walk(with_moving_listener(transport, target)).each(see);
  }
}

}  // namespace qpcheck::model::test
