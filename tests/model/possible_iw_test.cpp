// What a connection on iWARP must be able to produce: a run for each sentence of the
// contract. QPCHECK_SHOW_RUNS=1 in the environment prints each.
#include "tests/model/runs.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

const Walk& app(std::initializer_list<Fault> faults = {}) { return walk(with(Transport::iw, faults)); }
const Walk& free_target(std::initializer_list<Fault> faults = {}) {
  return walk(with(Transport::iw, faults, Target::free));
}

const auto fetches_disconnected = fetches(Event::disconnected), fetches_established = fetches(Event::established);
const auto host_disconnects = calls(Act::disconnect);

Walk::Wanted tells_target(Event event) {
  return [event](const Edge& edge) { return edge.at_target.event == event; };
}

Walk::Wanted fetches(Event event, int status) {
  return [event, status](const Edge& edge) { return edge.fetched.event == event && edge.fetched.status == status; };
}

}  // namespace

TEST_CASE("iWARP: DISCONNECTED comes once, while the peer's application does nothing") {
  possible(app({Fault::hang}),
           {fetches_established, calls(Fault::hang), host_disconnects, fetches(Event::disconnected, 0)});
}

TEST_CASE("iWARP: DISCONNECTED has status 0 or -ECONNRESET, as the provider likes, when the peer resets") {
  for (const int status : {0, -ECONNRESET})
    possible(app({Fault::kill}), {fetches_established, calls(Fault::kill), fetches(Event::disconnected, status)});
  possible(app({Fault::reboot}),
           {fetches_established, host_disconnects, calls(Fault::reboot), fetches(Event::disconnected, -ECONNRESET)});
}

TEST_CASE("iWARP: no DISCONNECTED, because the target's host is without power, or one, when TCP gives up") {
  possible(app({Fault::power}), {fetches_established, [](const Edge& edge) {
                                   return is(edge, Fault::power) && quiet(edge.to) &&
                                          up(edge.to.connection, Side::host);
                                 }});
  possible(app({Fault::power}), {fetches_established, calls(Fault::power),
                                 [](const Edge& edge) { return is(edge, Act::qp_fails); }, fetches_disconnected});
}

TEST_CASE(
    "iWARP: rdma_disconnect returns 0 and does nothing after the peer closed, and DISCONNECTED still comes once") {
  possible(app({}), {[](const Edge& edge) {
                       return delivers(edge, Side::host, Datagram::fin) &&
                              edge.from.connection.host().iw == Iw::established && edge.queued.event == Event::none;
                     },
                     [](const Edge& edge) {
                       return is(edge, Act::disconnect) && edge.error == 0 &&
                              edge.to.connection == edge.from.connection;
                     },
                     fetches_disconnected});
}

TEST_CASE("iWARP: rdma_disconnect and rdma_destroy_id block while a connect is in progress, and act when it is over") {
  for (const Act act : {Act::disconnect, Act::destroy}) {
    const auto blocks = [act](const Edge& edge) {
      return is(edge, act) && edge.blocks && edge.to.connection == edge.from.connection;
    };
    possible(app(), {blocks, fetches_established,
                     [act](const Edge& edge) { return is(edge, act) && !edge.blocks && sent(edge, Side::host) == 1; }});
  }
}

TEST_CASE("iWARP, passive: the same while an accept is in progress") {
  for (const Act act : {Act::target_disconnect, Act::target_destroy}) {
    const auto blocks = [act](const Edge& edge) {
      return is(edge, act) && edge.blocks && edge.from.connection.target().iw == Iw::accepted;
    };
    possible(free_target(), {blocks, tells_target(Event::established),
                             [act](const Edge& edge) { return is(edge, act) && !edge.blocks; }});
  }
}

TEST_CASE("iWARP: rdma_connect fails in the call, with an errno and without an event") {
  const auto fails = [](int error) {
    return [error](const Edge& edge) {
      return is(edge, Act::connect) && edge.error == error && edge.to.connection == edge.from.connection &&
             edge.from.connection.host().cma == Cma::route_resolved;
    };
  };
  possible(app(), {fails(ECONNREFUSED)});
  possible(app({Fault::power}), {fails(ETIMEDOUT)});
}

TEST_CASE("iWARP: an attempt fails with REJECTED, UNREACHABLE or CONNECT_ERROR, and a negative status") {
  for (const int status : {-ECONNRESET, -ECONNREFUSED})
    possible(app({Fault::refuse}), {fetches(Event::rejected, status)});
  possible(app({Fault::kill}), {fetches(Event::rejected, -ECONNRESET)});
  possible(app(), {fetches(Event::unreachable, -ETIMEDOUT)});
  possible(app(), {fetches(Event::connect_error, -EINVAL)});
}

TEST_CASE("iWARP, passive: a peer that leaves before the accept is no event, and the accept fails") {
  possible(free_target(),
           {[](const Edge& edge) {
              return delivers(edge, Side::target, Datagram::fin) && edge.to.connection.target().iw == Iw::peer_left &&
                     edge.at_target.event == Event::none;
            },
            [](const Edge& edge) {
              return is(edge, Act::target_accept) && edge.error == ECONNRESET && edge.at_target.event == Event::none;
            }});
}

TEST_CASE("iWARP, passive: ESTABLISHED comes later than the accept, when the provider says so") {
  possible(free_target(), {[](const Edge& edge) {
                             return is(edge, Act::target_accept) && edge.error == 0 &&
                                    edge.at_target.event == Event::none;
                           },
                           fetches_established, tells_target(Event::established)});
}

TEST_CASE("iWARP, passive: a peer that dies after the accept is ESTABLISHED, then DISCONNECTED") {
  possible(free_target(), {[](const Edge& edge) {
                             return delivers(edge, Side::target, Datagram::rst) &&
                                    edge.from.connection.target().iw == Iw::accepted &&
                                    edge.at_target.event == Event::established;
                           },
                           tells_target(Event::disconnected)});
}

TEST_CASE("iWARP: the failure of a queue pair is DISCONNECTED at both ends") {
  possible(free_target(),
           {[](const Edge& edge) { return is(edge, Act::qp_fails) && edge.queued.event == Event::disconnected; },
            tells_target(Event::disconnected), fetches_disconnected});
  possible(free_target(), {[](const Edge& edge) {
                             return is(edge, Act::target_qp_fails) && edge.at_target.event == Event::disconnected;
                           },
                           fetches_disconnected});
}

TEST_CASE("iWARP: DEVICE_REMOVAL while connecting, connected and closing, calls after it fail with ENXIO") {
  for (const Iw from : {Iw::idle, Iw::conn_sent, Iw::established, Iw::closing, Iw::aborted, Iw::ended}) {
    INFO(name(from));
    possible(app({Fault::remove, Fault::kill}),
             {[from](const Edge& edge) { return is(edge, Fault::remove) && edge.from.connection.host().iw == from; },
              fetches(Event::device_removal),
              [](const Edge& edge) { return is(edge, Act::disconnect) && edge.error == ENXIO; }});
  }
}

TEST_CASE("iWARP: ADDR_CHANGE at any time, repeatedly") {
  const auto change = fetches(Event::addr_change);
  possible(app({Fault::neighbour, Fault::neighbour}), {change, fetches_established, change, fetches_disconnected});
  possible(app({Fault::neighbour}), {fetches_disconnected, change});
}

TEST_CASE("iWARP: a process that dies is always told while its host lives: by a reset or a reject") {
  for (const Datagram datagram : {Datagram::rst, Datagram::mpa_reject}) {
    INFO(name(datagram));
    possible(app({Fault::kill}), {[datagram](const Edge& edge) {
      const Wire& wire = edge.to.connection.to_side(Side::host);
      return is(edge, Fault::kill) && sent(edge, Side::target) == 1 && wire.datagrams[wire.count - 1] == datagram;
    }});
  }
  for (const Side side : {Side::host, Side::target}) {
    Connection connection;
    connection.transport = Transport::iw;
    connection.to_side(side).push(Datagram::rst, 0);
    CHECK_FALSE(may_hit(connection, Fault::drop, side));
  }
}

TEST_CASE("iWARP: a full backlog rejects the request, and the target is told nothing") {
  const auto rejects = [](const Edge& edge) {
    return delivers(edge, Side::target, Datagram::mpa_request) && edge.from.connection.backlog_full &&
           edge.at_target.event == Event::none && sent(edge, Side::target) == 1;
  };
  for (const Target target : {Target::application, Target::free})
    possible(walk(with_moving_listener(Transport::iw, target)), {rejects, fetches(Event::rejected, -ECONNREFUSED)});
}

TEST_CASE("iWARP: a listener that is destroyed rejects the request that it has not handed out") {
  const auto destroys = [](const Edge& edge) {
    return is(edge, Act::destroy_listener) && edge.from.connection.target().iw == Iw::conn_recv &&
           sent(edge, Side::target) == 1;
  };
  for (const Target target : {Target::application, Target::free})
    possible(walk(with_moving_listener(Transport::iw, target)), {destroys, fetches(Event::rejected, -ECONNRESET)});
}

TEST_CASE("iWARP: no DISCONNECTED, because the kernel had no memory for the event's record") {
  possible(
      app({Fault::enomem}),
      {fetches_established,
       [](const Edge& edge) { return is(edge, Act::event_lost) && edge.from.queue[0].event == Event::disconnected; },
       [](const Edge& edge) {
         return quiet(edge.to) && edge.to.connection.host().iw == Iw::ended && !edge.to.told.has(Event::disconnected);
       }});
}
