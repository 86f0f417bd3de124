// What a connection must never produce: a check for each sentence of the contract, over
// every state that it can reach with one fault of any kind within the contract, on both
// transports, with the target as the simulator's application and with a free one.
#include <catch2/catch.hpp>

#include "model/event_rules.hpp"
#include "tests/model/sentences.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

constexpr std::array both = {Transport::ib, Transport::iw};

// The sentence holds on every edge of these transports, and had something to say.
template <class About, class Holds>
void never(std::initializer_list<Transport> transports, const char* sentence, About&& about, Holds&& holds) {
  for (const Transport transport : transports) {
    INFO(name(transport));
    Sentences sentences;
    std::size_t judged = 0;
    with_any_single_fault(transport, [&](const Edge& edge) {
      if (!about(edge)) return;
      ++judged;
      sentences.require(sentence, holds(edge), edge);
    });
    CHECK(sentences.broken() == "");
    CHECK(judged > 0);
  }
}

const auto any_edge = [](const Edge&) { return true; };

// The id was told the event, or it was raised and lost for want of memory: an order of
// events is one of what the kernel raises.
bool came(const Moment& moment, Event event) { return moment.told.has(event) || moment.lost.has(event); }

bool is_target_call(const Edge& edge) {
  return edge.move.act >= Act::target_accept && edge.move.act <= Act::target_destroy;
}
bool is_host_call(const Edge& edge) { return edge.move.act <= Act::destroy; }

}  // namespace

TEST_CASE("no id is told twice what the rules let it be told once, or at all what they never let it be") {
  for (const Event event :
       {Event::addr_resolved, Event::route_resolved, Event::connect_error, Event::rejected, Event::established,
        Event::disconnected, Event::device_removal, Event::timewait_exit, Event::connect_request,
        Event::connect_response, Event::multicast_join, Event::multicast_error, Event::unreachable})
    for (const Transport transport : both) {
      if (may_repeat(event, transport)) continue;
      INFO(name(event) << " on " << name(transport));
      Sentences sentences;
      const int most = how_often(event, transport) == Often::once ? 1 : 0;
      with_any_single_fault(transport, [&](const Edge& edge) {
        const auto index = static_cast<std::size_t>(event);
        sentences.require("the host's id", edge.to.told.times[index] <= most, edge);
        sentences.require("the target's id", edge.to.target_told.times[index] <= most, edge);
      });
      CHECK(sentences.broken() == "");
    }
}

TEST_CASE("no id is told TIMEWAIT_EXIT before DISCONNECTED, or without it") {
  never(
      {Transport::ib}, "DISCONNECTED was told before",
      [](const Edge& edge) {
        return edge.fetched.event == Event::timewait_exit || edge.at_target.event == Event::timewait_exit;
      },
      [](const Edge& edge) {
        return edge.fetched.event == Event::timewait_exit ? came(edge.from, Event::disconnected)
                                                          : edge.from.target_told.has(Event::disconnected);
      });
}

TEST_CASE("no id is told DISCONNECTED or ESTABLISHED after REJECTED or CONNECT_ERROR") {
  const auto over = [](const History& told) { return told.has(Event::rejected) || told.has(Event::connect_error); };
  never(
      {Transport::ib, Transport::iw}, "neither comes",
      [&](const Edge& edge) { return over(edge.from.told) || over(edge.from.target_told); },
      [&](const Edge& edge) {
        const auto up_or_down = [](const Told& told) {
          return told.event == Event::established || told.event == Event::disconnected;
        };
        return !(over(edge.from.told) && up_or_down(edge.fetched)) &&
               !(over(edge.from.target_told) && up_or_down(edge.at_target));
      });
}

TEST_CASE("no id is told DISCONNECTED or ESTABLISHED after a REQ or REP of its own was given up") {
  never(
      {Transport::ib}, "neither comes at the host",
      [](const Edge& edge) { return is(edge, EnvStep::retries_exhausted) && edge.queued.event == Event::unreachable; },
      [](const Edge& edge) {
        return edge.to.connection.host().ib == Ib::ended && !has_coming(edge.to, Event::connect_response);
      });
  never(
      {Transport::ib}, "neither comes from an ended id",
      [](const Edge& edge) {
        return edge.from.connection.host().ib == Ib::ended && edge.from.connection.host().cma == Cma::connect;
      },
      [](const Edge& edge) {
        return edge.queued.event != Event::established && edge.queued.event != Event::disconnected;
      });
  never(
      {Transport::ib}, "neither comes at the target",
      [](const Edge& edge) { return edge.from.target_told.has(Event::unreachable); },
      [](const Edge& edge) {
        return edge.at_target.event != Event::established && edge.at_target.event != Event::disconnected;
      });
}

TEST_CASE("no id is told ESTABLISHED after DISCONNECTED") {
  never(
      {Transport::ib, Transport::iw}, "it is not",
      [](const Edge& edge) {
        return edge.fetched.event == Event::established || edge.at_target.event == Event::established;
      },
      [](const Edge& edge) {
        return !(edge.fetched.event == Event::established ? edge.from.told : edge.from.target_told)
                    .has(Event::disconnected);
      });
}

TEST_CASE("no event comes for an id after its rdma_destroy_id returned") {
  never(
      {Transport::ib, Transport::iw}, "the host's", [](const Edge& edge) { return edge.from.destroyed; },
      [](const Edge& edge) {
        return edge.queued.event == Event::none && edge.fetched.event == Event::none && edge.to.queued == 0;
      });
  never(
      {Transport::ib, Transport::iw}, "the target's",
      [](const Edge& edge) { return edge.from.connection.target().cma == Cma::destroying; },
      [](const Edge& edge) {
        return edge.at_target.event == Event::none ||
               (edge.at_target.event == Event::connect_request && delivers(edge, Side::target, Datagram::req));
      });
}

TEST_CASE("no event but CONNECT_REQUEST comes for an id before its rdma_accept succeeded") {
  never(
      {Transport::ib, Transport::iw}, "it is the request, and the first",
      [](const Edge& edge) { return edge.at_target.event != Event::none && !edge.from.accepted; },
      [](const Edge& edge) { return edge.at_target.event == Event::connect_request || is(edge, Act::target_accept); });
}

TEST_CASE("nothing is queued after DEVICE_REMOVAL, and every call but destroy fails with ENXIO") {
  never(
      {Transport::ib, Transport::iw}, "nothing",
      [](const Edge& edge) { return edge.from.connection.host().cma == Cma::device_removal; },
      [](const Edge& edge) {
        return edge.queued.event == Event::none &&
               (!is_host_call(edge) || edge.error == (is(edge, Act::destroy) ? 0 : ENXIO));
      });
}

TEST_CASE("an id that has a queue pair is not told CONNECT_RESPONSE, and an active id not CONNECT_REQUEST") {
  never(
      {Transport::ib}, "librdmacm tells ESTABLISHED or CONNECT_ERROR",
      [](const Edge& edge) { return is(edge, Act::fetch) && edge.from.queue[0].event == Event::connect_response; },
      [](const Edge& edge) {
        return edge.fetched.event == Event::established || edge.fetched.event == Event::connect_error;
      });
  never({Transport::ib, Transport::iw}, "a request is for a listener", any_edge, [](const Edge& edge) {
    return edge.queued.event != Event::connect_request && edge.at_target.event != Event::connect_response;
  });
}

TEST_CASE("an active id whose CONNECT_RESPONSE was never accepted is not told DISCONNECTED: its DREQ is ignored") {
  never(
      {Transport::ib}, "it was told ESTABLISHED",
      [](const Edge& edge) { return edge.queued.event == Event::disconnected; },
      [](const Edge& edge) { return edge.from.told.has(Event::established); });
}

TEST_CASE("a target that stops, loses power or restarts is no event at the host") {
  never(
      {Transport::ib, Transport::iw}, "no event",
      [](const Edge& edge) { return is(edge, Fault::hang) || is(edge, Fault::power) || is(edge, Fault::reboot); },
      [](const Edge& edge) {
        return edge.queued.event == Event::none && edge.to.connection.host() == edge.from.connection.host();
      });
}

TEST_CASE("the failure of a queue pair is no event on IB and RoCE: ib_cm has no input for it") {
  for (const IbRow& row : ib_table) CHECK(row.event < Input::provider_established);
}

TEST_CASE("a call at one end changes nothing at the other but by a message") {
  never({Transport::ib, Transport::iw}, "the target's end is the same", is_host_call, [](const Edge& edge) {
    return edge.to.connection.target() == edge.from.connection.target() &&
           edge.to.connection.app == edge.from.connection.app;
  });
  never({Transport::ib, Transport::iw}, "the host's end is the same", is_target_call, [](const Edge& edge) {
    return edge.to.connection.host() == edge.from.connection.host() && edge.to.queued == edge.from.queued;
  });
}

TEST_CASE("rdma_disconnect of an established id with a healthy device returns 0") {
  never(
      {Transport::ib, Transport::iw}, "0, at once",
      [](const Edge& edge) { return is(edge, Act::disconnect) && up(edge.from.connection, Side::host); },
      [](const Edge& edge) { return edge.error == 0 && !edge.blocks; });
}

TEST_CASE("rdma_connect succeeds once for an id: no step leads back to ROUTE_RESOLVED") {
  never(
      {Transport::ib, Transport::iw}, "not back",
      [](const Edge& edge) {
        return edge.from.connection.host().cma >= Cma::connect && edge.from.connection.host().cma != Cma::addr_bound;
      },
      [](const Edge& edge) {
        const Cma to = edge.to.connection.host().cma;
        return (to == Cma::connect || to == Cma::disconnect || to == Cma::destroying || to == Cma::device_removal) &&
               (!is(edge, Act::connect) || edge.error != 0);
      });
}

TEST_CASE("every status is one that the rules allow") {
  never({Transport::ib, Transport::iw}, "allowed",
        [](const Edge& edge) { return edge.fetched.event != Event::none || edge.at_target.event != Event::none; },
        [](const Edge& edge) {
          return (edge.fetched.event == Event::none || may_have(edge.fetched.event, edge.fetched.status)) &&
                 (edge.at_target.event == Event::none || may_have(edge.at_target.event, edge.at_target.status));
        });
}

TEST_CASE("iWARP: no id is told DISCONNECTED without ESTABLISHED") {
  never(
      {Transport::iw}, "ESTABLISHED is before it",
      [](const Edge& edge) {
        return edge.fetched.event == Event::disconnected || edge.at_target.event == Event::disconnected;
      },
      [](const Edge& edge) {
        return edge.fetched.event == Event::disconnected ? came(edge.from, Event::established)
                                                         : edge.from.target_told.has(Event::established);
      });
}

TEST_CASE("iWARP: no id is told REJECTED, UNREACHABLE or CONNECT_ERROR after ESTABLISHED") {
  never(
      {Transport::iw}, "none of them",
      [](const Edge& edge) {
        return has_coming(edge.from, Event::established) || edge.from.target_told.has(Event::established);
      },
      [](const Edge& edge) {
        const auto fails = [](const Told& told) {
          return told.event == Event::rejected || told.event == Event::unreachable ||
                 told.event == Event::connect_error;
        };
        return !(has_coming(edge.from, Event::established) && fails(edge.queued)) && !fails(edge.at_target);
      });
}

TEST_CASE("iWARP: an initiator's DISCONNECTED does not wait for the peer's application") {
  never(
      {Transport::iw}, "its provider tells it alone",
      [](const Edge& edge) {
        return edge.from.connection.host().iw == Iw::closing && edge.from.connection.host().cma == Cma::connect;
      },
      [](const Edge& edge) {
        Connection connection = edge.from.connection;
        return enabled(connection, EnvStep::provider_closes) &&
               take(connection, EnvStep::provider_closes).event == Event::disconnected;
      });
}

TEST_CASE("news of the neighbour and of a bond change nothing of the connection") {
  never({Transport::ib, Transport::iw}, "the connection is the same",
        [](const Edge& edge) { return is(edge, Fault::neighbour) || is(edge, Act::change_address); },
        [](const Edge& edge) { return edge.to.connection == edge.from.connection; });
}

TEST_CASE("a walk has exactly this many states") {
  CHECK(walk(with(Transport::ib, {})).size() == 516);
  CHECK(walk(with(Transport::iw, {})).size() == 686);
  CHECK(walk(with(Transport::ib, {Fault::kill})).size() == 1042);
  CHECK(walk(with(Transport::iw, {Fault::kill})).size() == 1305);
  CHECK(walk(any_single_fault(Transport::ib)).size() == 9664);
  CHECK(walk(any_single_fault(Transport::iw)).size() == 7346);
  CHECK(walk(any_single_fault(Transport::ib, Target::free)).size() == 109824);
  CHECK(walk(any_single_fault(Transport::iw, Target::free)).size() == 19711);
}
