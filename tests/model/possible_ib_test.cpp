// What a connection on IB and RoCE must be able to produce: a run for each sentence of
// the contract. QPCHECK_SHOW_RUNS=1 in the environment prints each.
#include "tests/model/runs.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

const Walk& app(std::initializer_list<Fault> faults) { return walk(with(Transport::ib, faults)); }
const Walk& free_target(std::initializer_list<Fault> faults = {}) {
  return walk(with(Transport::ib, faults, Target::free));
}

const auto fetches_disconnected = fetches(Event::disconnected), fetches_established = fetches(Event::established),
           fetches_rejected = fetches(Event::rejected), fetches_timewait_exit = fetches(Event::timewait_exit);
const auto host_disconnects = calls(Act::disconnect), host_destroys = calls(Act::destroy);

// ESTABLISHED was told, DISCONNECTED was not, and nothing more happens by itself.
bool forgotten_about(const Edge& edge) {
  return quiet(edge.to) && edge.to.told.has(Event::established) && !edge.to.told.has(Event::disconnected) &&
         !edge.to.destroyed;
}

}  // namespace

TEST_CASE("IB: DISCONNECTED comes once after ESTABLISHED") {
  possible(app({}), {fetches_established, fetches_disconnected});
}

TEST_CASE("IB: no DISCONNECTED, because the one DREQ of a dead target was lost") {
  possible(app({Fault::kill, Fault::drop}),
           {[](const Edge& edge) {
              return is(edge, Fault::drop) && edge.from.connection.to_side(Side::host).datagrams[0] == Datagram::dreq;
            },
            [](const Edge& edge) { return forgotten_about(edge) && up(edge.to.connection, Side::host); }});
}

TEST_CASE("IB: no DISCONNECTED and no event at all, because the target's host is without power") {
  possible(app({Fault::power}),
           {fetches_established, [](const Edge& edge) { return is(edge, Fault::power) && forgotten_about(edge); }});
}

TEST_CASE("IB: no DISCONNECTED, because a REJ ended an established connection: REJECTED instead") {
  possible(app({Fault::kill}), {fetches_established, fetches_rejected, [](const Edge& edge) {
                                  return is(edge, EnvStep::timewait_over) && edge.queued.event == Event::none &&
                                         forgotten_about(edge);
                                }});
}

TEST_CASE("IB: no DISCONNECTED, because the DREQ could not be posted: TIMEWAIT, silently") {
  possible(app({Fault::enomem}),
           {[](const Edge& edge) { return is(edge, Act::no_memory) && edge.to.connection.host().ib == Ib::timewait; },
            [](const Edge& edge) { return is(edge, EnvStep::timewait_over) && forgotten_about(edge); }});
}

TEST_CASE("IB: no DISCONNECTED, because the device was removed first") {
  possible(app({Fault::remove}),
           {fetches_established, host_disconnects, fetches(Event::device_removal), forgotten_about});
}

TEST_CASE("IB: no DISCONNECTED, because the id was destroyed while it was queued") {
  possible(app({}), {[](const Edge& edge) {
             return is(edge, Act::destroy) && edge.from.queued == 1 && edge.from.queue[0].event == Event::disconnected;
           }});
}

TEST_CASE("IB: no DISCONNECTED, because the kernel had no memory for the event's record") {
  possible(
      app({Fault::enomem}),
      {fetches_established,
       [](const Edge& edge) { return is(edge, Act::event_lost) && edge.from.queue[0].event == Event::disconnected; },
       [](const Edge& edge) { return forgotten_about(edge) && edge.to.connection.host().cma == Cma::disconnect; }});
}

TEST_CASE("IB: no DISCONNECTED after CONNECT_ERROR: what is queued behind it is swallowed") {
  possible(app({Fault::kill}), {fetches(Event::connect_error), [](const Edge& edge) {
                                  return is(edge, Act::fetch) && edge.from.queue[0].event == Event::rejected &&
                                         edge.fetched.event == Event::none;
                                }});
}

TEST_CASE("IB: DISCONNECTED with -ETIMEDOUT from a live peer that just does not call rdma_disconnect") {
  possible(free_target(), {[](const Edge& edge) {
             return is(edge, EnvStep::retries_exhausted) && edge.queued.event == Event::disconnected &&
                    edge.queued.status == -ETIMEDOUT && edge.from.connection.target_listens &&
                    edge.from.connection.target().ib == Ib::dreq_rcvd;
           }});
}

TEST_CASE("IB: the receiver's own call completes the initiator, not its kernel") {
  possible(free_target(),
           {[](const Edge& edge) {
              return delivers(edge, Side::target, Datagram::dreq) && edge.to.connection.target().ib == Ib::dreq_rcvd &&
                     sent(edge, Side::target) == 0;
            },
            [](const Edge& edge) { return is(edge, Act::target_disconnect) && sent(edge, Side::target) == 1; },
            [](const Edge& edge) {
              return delivers(edge, Side::host, Datagram::drep) && edge.queued.event == Event::disconnected;
            }});
}

TEST_CASE("IB: crossing disconnects: one DISCONNECTED each, then silence until a further call") {
  const auto silent = [](const Edge& edge) {
    return quiet(edge.to) && edge.to.connection.host().ib == Ib::dreq_rcvd &&
           edge.to.connection.target().ib == Ib::dreq_rcvd && edge.to.told.has(Event::disconnected) &&
           edge.to.target_told.has(Event::disconnected) && edge.to.connection.to[1].count == 0;
  };
  possible(free_target(),
           {silent, [](const Edge& edge) { return is(edge, Act::disconnect) && sent(edge, Side::host) == 1; },
            [](const Edge& edge) {
              return delivers(edge, Side::target, Datagram::drep) && edge.to.connection.target().ib == Ib::timewait;
            },
            fetches_timewait_exit});
}

TEST_CASE("IB: a passive id's rdma_disconnect before the RTU returns 0 and does nothing, ESTABLISHED comes after it") {
  possible(free_target(), {[](const Edge& edge) {
                             return is(edge, Act::target_disconnect) && edge.error == 0 && edge.from.accepted &&
                                    edge.from.connection.target().ib == Ib::rep_sent &&
                                    edge.to.connection == edge.from.connection;
                           },
                           [](const Edge& edge) { return edge.at_target.event == Event::established; }});
}

TEST_CASE("IB: rdma_disconnect returns 0 with no effect while connecting, repeated, in TIMEWAIT and after REJECTED") {
  for (const Ib ib : {Ib::req_sent, Ib::mra_rep_sent, Ib::dreq_sent, Ib::timewait, Ib::ended}) {
    INFO(name(ib));
    possible(app({Fault::kill}), {[ib](const Edge& edge) {
               return is(edge, Act::disconnect) && edge.error == 0 && edge.from.connection.host().ib == ib &&
                      edge.to.connection == edge.from.connection;
             }});
  }
}

TEST_CASE("IB: disconnect and destroy degenerate to one lossy DREQ: the target is never told") {
  possible(app({Fault::drop}),
           {[](const Edge& edge) { return is(edge, Act::disconnect) && sent(edge, Side::host) == 1; }, host_destroys,
            [](const Edge& edge) {
              return is(edge, Fault::drop) && quiet(edge.to) && up(edge.to.connection, Side::target) &&
                     unknown(edge.to.connection, Side::host);
            }});
}

TEST_CASE("IB: TIMEWAIT_EXIT is present, or absent, or late") {
  possible(app({}), {fetches_disconnected, fetches_timewait_exit});
  possible(app({Fault::kill}), {fetches_disconnected, [](const Edge& edge) {
                                  return quiet(edge.to) && edge.to.connection.host().ib == Ib::dreq_rcvd;
                                }});
  possible(app({}), {fetches_disconnected,
                     [](const Edge& edge) { return quiet(edge.to) && edge.to.connection.host().ib == Ib::timewait; },
                     fetches_timewait_exit});
}

TEST_CASE("IB: TIMEWAIT_EXIT is queued right behind DISCONNECTED, and may be purged there by destroy") {
  const auto behind = [](const Moment& moment) {
    return moment.queued >= 2 && moment.queue[moment.queued - 2].event == Event::disconnected &&
           moment.queue[moment.queued - 1].event == Event::timewait_exit;
  };
  possible(app({}), {[&](const Edge& edge) { return behind(edge.to); }, fetches_disconnected, fetches_timewait_exit});
  possible(app({}),
           {[&](const Edge& edge) { return is(edge, Act::destroy) && behind(edge.from) && edge.to.queued == 0; }});
}

TEST_CASE("IB: TIMEWAIT_EXIT comes for an id that never called rdma_disconnect, when its kernel found it stale") {
  possible(app({Fault::stale}),
           {[](const Edge& edge) { return is(edge, Act::stale_detected); }, fetches_disconnected,
            [](const Edge& edge) { return edge.fetched.event == Event::timewait_exit && !edge.to.disconnected; }});
}

TEST_CASE("IB, passive: DISCONNECTED without ESTABLISHED, by a DREQ that overtakes or replaces the RTU") {
  const auto told = [](const Edge& edge) {
    return edge.at_target.event == Event::disconnected && !edge.to.target_told.has(Event::established);
  };
  possible(free_target({Fault::reorder}), {told});
  possible(free_target({Fault::drop}), {told});
}

TEST_CASE("IB, passive: REJECTED or UNREACHABLE after the accept") {
  possible(free_target(),
           {[](const Edge& edge) { return edge.at_target.event == Event::rejected && edge.from.accepted; }});
  possible(free_target(), {[](const Edge& edge) {
             return edge.at_target.event == Event::unreachable && edge.at_target.status == -ETIMEDOUT;
           }});
}

TEST_CASE("IB, active: REJECTED after ESTABLISHED") {
  possible(app({Fault::kill}), {fetches_established, fetches_rejected});
}

TEST_CASE(
    "IB, active: CONNECT_ERROR instead of REJECTED, and CONNECT_ERROR because an earlier rdma_disconnect moved the "
    "queue pair to ERR") {
  possible(app({Fault::kill}), {[](const Edge& edge) {
             return edge.fetched.event == Event::connect_error && edge.to.queued == 1 &&
                    edge.to.queue[0].event == Event::rejected;
           }});
  possible(app({}), {[](const Edge& edge) {
                       return is(edge, Act::disconnect) && edge.error == 0 &&
                              edge.from.connection.host().ib == Ib::req_sent;
                     },
                     [](const Edge& edge) {
                       return edge.fetched.event == Event::connect_error && edge.fetched.status == -1 &&
                              sent(edge, Side::host) == 0;
                     }});
}

TEST_CASE("IB, active: ESTABLISHED while the peer has already given up: half-open") {
  possible(free_target(), {[](const Edge& edge) {
             return edge.fetched.event == Event::established && edge.to.connection.target().ib == Ib::ended &&
                    edge.to.connection.to_side(Side::host).count == 0;
           }});
}

TEST_CASE("IB: the connection goes on only when the active application fetches its response") {
  possible(free_target(),
           {[](const Edge& edge) {
              const Moment& at = edge.to;
              return at.queued == 1 && at.queue[0].event == Event::connect_response &&
                     at.connection.to[0].count + at.connection.to[1].count == 0;
            },
            [](const Edge& edge) { return edge.fetched.event == Event::established && sent(edge, Side::host) == 1; },
            [](const Edge& edge) { return edge.at_target.event == Event::established; }});
}

TEST_CASE("IB, passive: a second CONNECT_REQUEST for one attempt, when the REJ of the first was lost") {
  const auto request = [](const Edge& edge) { return edge.at_target.event == Event::connect_request; };
  possible(free_target({Fault::drop}), {request, calls(Act::target_reject), request});
}

TEST_CASE("IB, passive: the accept fails because the peer gave up, with no event") {
  possible(free_target(), {[](const Edge& edge) {
                             return delivers(edge, Side::target, Datagram::rej) && edge.at_target.event == Event::none;
                           },
                           [](const Edge& edge) {
                             return is(edge, Act::target_accept) && edge.error == EINVAL &&
                                    edge.at_target.event == Event::none && edge.to.connection.target().ib == Ib::ended;
                           }});
}

TEST_CASE("RoCE, active: UNREACHABLE by a neighbour at any time, repeatedly, the connection well") {
  const auto neighbour = fetches(Event::unreachable);
  possible(app({Fault::neighbour, Fault::neighbour}),
           {fetches_established, neighbour, neighbour, fetches_disconnected, fetches_timewait_exit});
  possible(app({Fault::neighbour}), {fetches_disconnected, neighbour, fetches_timewait_exit});
  possible(app({Fault::neighbour}), {fetches_timewait_exit, neighbour});
  possible(app({Fault::neighbour}), {neighbour, fetches_established});
}

TEST_CASE("IB: ADDR_CHANGE at any time, repeatedly") {
  const auto change = fetches(Event::addr_change);
  possible(app({Fault::neighbour, Fault::neighbour}), {change, fetches_established, change, fetches_disconnected});
  possible(app({Fault::neighbour}), {fetches_disconnected, change, fetches_timewait_exit});
}

TEST_CASE(
    "IB: DEVICE_REMOVAL in every state that has a device, what was queued before it stays, and calls after it fail "
    "with ENXIO") {
  for (const Cma from :
       {Cma::addr_query, Cma::addr_resolved, Cma::route_query, Cma::route_resolved, Cma::connect, Cma::disconnect}) {
    INFO(name(from));
    possible(app({Fault::remove}),
             {[from](const Edge& edge) { return is(edge, Fault::remove) && edge.from.connection.host().cma == from; },
              fetches(Event::device_removal),
              [](const Edge& edge) { return is(edge, Act::disconnect) && edge.error == ENXIO; }});
  }
  possible(app({Fault::remove}), {calls(Fault::remove), fetches_disconnected, fetches(Event::device_removal)});
}

TEST_CASE("IB: after a silent death rdma_disconnect is slow, or fast when the host is back") {
  possible(app({Fault::power}), {calls(Fault::power), host_disconnects, [](const Edge& edge) {
                                   return edge.queued.event == Event::disconnected && edge.queued.status == -ETIMEDOUT;
                                 }});
  possible(app({Fault::reboot}), {fetches_established, calls(Fault::reboot), host_disconnects, [](const Edge& edge) {
                                    return delivers(edge, Side::host, Datagram::drep) &&
                                           edge.queued.event == Event::disconnected && edge.queued.status == 0;
                                  }});
}

TEST_CASE("IB: the predecessor of a rebooted peer is closed by its own kernel: DISCONNECTED without a call") {
  possible(app({Fault::reboot, Fault::stale}),
           {fetches_established, calls(Fault::reboot), [](const Edge& edge) { return is(edge, Act::stale_detected); },
            [](const Edge& edge) {
              return edge.fetched.event == Event::disconnected && edge.fetched.status == 0 && !edge.to.disconnected;
            }});
}

TEST_CASE("IB: a process that dies sends one DREQ or REJ for its id, and it may be lost") {
  for (const Datagram datagram : {Datagram::dreq, Datagram::rej}) {
    INFO(name(datagram));
    const auto dies = [datagram](const Edge& edge) {
      const Wire& wire = edge.to.connection.to_side(Side::host);
      return is(edge, Fault::kill) && sent(edge, Side::target) == 1 && wire.datagrams[wire.count - 1] == datagram;
    };
    possible(app({Fault::kill}), {dies});
    possible(app({Fault::kill, Fault::drop}),
             {dies, [datagram](const Edge& edge) {
                return is(edge, Fault::drop) && edge.from.connection.to_side(Side::host).datagrams[0] == datagram &&
                       edge.move.towards == Side::host;
              }});
  }
}

TEST_CASE("IB: rdma_notify gives ESTABLISHED without an RTU, EISCONN after it, and EINVAL elsewhere") {
  possible(
      free_target({Fault::drop}),
      {[](const Edge& edge) {
         return is(edge, Fault::drop) && edge.from.connection.to_side(Side::target).datagrams[0] == Datagram::rtu;
       },
       [](const Edge& edge) { return is(edge, Act::target_notify) && edge.at_target.event == Event::established; }});
  for (const int error : {EISCONN, EINVAL}) {
    possible(free_target(),
             {[error](const Edge& edge) { return is(edge, Act::target_notify) && edge.error == error; }});
    possible(app({}), {[error](const Edge& edge) { return is(edge, Act::notify) && edge.error == error; }});
  }
}

TEST_CASE("IB: a listener that is destroyed rejects the request that it has not handed out: REJECTED with reason 28") {
  const auto destroys = [](const Edge& edge) {
    return is(edge, Act::destroy_listener) && edge.from.connection.target().ib == Ib::mra_req_sent &&
           sent(edge, Side::target) == 1;
  };
  for (const Target target : {Target::application, Target::free})
    possible(walk(with_moving_listener(Transport::ib, target)), {destroys, [](const Edge& edge) {
                                                                   return edge.fetched.event == Event::rejected &&
                                                                          edge.fetched.status == reason_consumer;
                                                                 }});
}

TEST_CASE("IB: a full backlog drops the REQ without an answer, repeated it is taken, or it is given up") {
  const auto dropped = [](const Edge& edge) {
    return delivers(edge, Side::target, Datagram::req) && edge.to.connection.target() == End{} &&
           edge.at_target.event == Event::none && sent(edge, Side::target) == 0;
  };
  const Walk& full = walk(with_moving_listener(Transport::ib, Target::free));
  possible(full,
           {dropped, calls(Act::backlog_drains), [](const Edge& edge) { return is(edge, EnvStep::repeat_to_target); },
            [](const Edge& edge) { return edge.at_target.event == Event::connect_request; }, fetches_established});
  possible(full, {dropped, [](const Edge& edge) {
                    return edge.fetched.event == Event::unreachable && edge.to.connection.backlog_full;
                  }});
}
