// The contract's "at most" and "never" over all states of a connection
// (what IB and RoCE must never produce).
#include <catch2/catch.hpp>

#include "tests/model/walk.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

bool once_at_most(const Edge& edge, Event event) {
  return edge.to.told[static_cast<std::size_t>(event)] <= 1;
}

bool attempt_is_over(const Moment& moment) {
  return moment.was_told(Event::rejected) || moment.was_told(Event::unreachable) ||
         moment.was_told(Event::connect_error);
}

bool is_delivery_of(const Edge& edge, Side side, Datagram datagram) {
  const EnvStep step = side == Side::host ? EnvStep::deliver_to_host : EnvStep::deliver_to_target;
  return edge.move.act == Act::environment && edge.move.step == step &&
         edge.from.connection.to_side(side).datagrams[0] == datagram;
}

bool sends(const Edge& edge, Side from) {
  return edge.to.connection.to_side(other(from)).count >
         edge.from.connection.to_side(other(from)).count;
}

// The connection is ESTABLISHED, nothing of its end is under way, and its target lives.
bool calm(const Moment& moment) {
  return moment.connection.host().ib == Ib::established &&
         moment.connection.target().ib == Ib::established && moment.connection.target_listens &&
         moment.connection.to[0].count == 0 && moment.connection.to[1].count == 0;
}

}  // namespace

TEST_CASE("an id is told each event of its connection once at most") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    sentences.require("at most one DISCONNECTED", once_at_most(edge, Event::disconnected), edge);
    sentences.require("at most one ESTABLISHED", once_at_most(edge, Event::established), edge);
    sentences.require("at most one REJECTED", once_at_most(edge, Event::rejected), edge);
    sentences.require("at most one UNREACHABLE", once_at_most(edge, Event::unreachable), edge);
    sentences.require("at most one TIMEWAIT_EXIT", once_at_most(edge, Event::timewait_exit), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("events of one id come in the order that the CM guarantees") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    const Event event = edge.raised.event;
    const Moment& from = edge.from;
    sentences.require("no TIMEWAIT_EXIT before DISCONNECTED",
                      event != Event::timewait_exit || from.was_told(Event::disconnected), edge);
    sentences.require("no DISCONNECTED before ESTABLISHED on an active id",
                      event != Event::disconnected || from.was_told(Event::established), edge);
    sentences.require("no DISCONNECTED after REJECTED, UNREACHABLE or CONNECT_ERROR",
                      event != Event::disconnected || !attempt_is_over(from), edge);
    sentences.require("no ESTABLISHED after REJECTED or UNREACHABLE",
                      event != Event::established || !attempt_is_over(from), edge);
    sentences.require("no ESTABLISHED after DISCONNECTED",
                      event != Event::established || !from.was_told(Event::disconnected), edge);
    sentences.require("no TIMEWAIT_EXIT after REJECTED",
                      event != Event::timewait_exit || !from.was_told(Event::rejected), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("a destroyed id gets no event, and is never known again") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (!edge.from.destroyed) return;
    sentences.require("no event after destroy", edge.raised.event == Event::none, edge);
    sentences.require("a destroyed id stays gone", edge.to.connection.host().ib == Ib::gone, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("statuses are zero, the reason of a REJ, or a timeout") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    const int status = edge.raised.status;
    switch (edge.raised.event) {
      case Event::rejected:
        sentences.require("a REJECTED has an IB reason",
                          status == reason_timeout || status == reason_invalid_service ||
                              status == reason_consumer,
                          edge);
        break;
      case Event::unreachable:
        sentences.require("UNREACHABLE is a timeout", status == -ETIMEDOUT, edge);
        break;
      case Event::disconnected:
        sentences.require("DISCONNECTED times out only after the retransmissions",
                          status == (edge.move.step == EnvStep::retries_exhausted ? -ETIMEDOUT : 0),
                          edge);
        break;
      default:
        sentences.require("other statuses are zero", status == 0, edge);
    }
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("rdma_disconnect returns 0 in every state once the id has a connection object") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (edge.move.act != Act::disconnect) return;
    const Ib ib = edge.from.connection.host().ib;
    sentences.require("0 once connecting, EINVAL before",
                      edge.error == (ib == Ib::idle ? EINVAL : 0), edge);
    const bool acts = ib == Ib::established || ib == Ib::dreq_rcvd;
    sentences.require("it sends a DREQ or a DREP, or nothing", sends(edge, Side::host) == acts,
                      edge);
    sentences.require("elsewhere it changes nothing",
                      acts || edge.to.connection == edge.from.connection, edge);
    Moment again = edge.to;
    call(again, Act::disconnect);
    sentences.require("a second call at once does nothing more",
                      again.connection == edge.to.connection, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("an id connects once: rdma_connect succeeds in ROUTE_RESOLVED only") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (edge.move.act != Act::connect) return;
    const bool may = edge.from.connection.host().cma == Cma::route_resolved;
    sentences.require("0 in ROUTE_RESOLVED, EINVAL elsewhere", edge.error == (may ? 0 : EINVAL),
                      edge);
    sentences.require("a failed connect changes nothing",
                      may || edge.to.connection == edge.from.connection, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("the kernel answers no DREQ for a live id by itself") {
  Sentences sentences;
  std::size_t delivered = 0, unknown = 0;
  walk([&](const Edge& edge) {
    for (const Side side : {Side::host, Side::target}) {
      if (!is_delivery_of(edge, side, Datagram::dreq)) continue;
      const Ib ib = edge.from.connection.ends[static_cast<std::size_t>(side)].ib;
      const bool answers = ib == Ib::gone || ib == Ib::timewait;
      answers ? ++unknown : ++delivered;
      sentences.require("a DREP by itself from TIMEWAIT and for unknown ids only",
                        sends(edge, side) == answers, edge);
    }
  });
  CHECK(sentences.broken() == "");
  CHECK(delivered > 0);
  CHECK(unknown > 0);
}

TEST_CASE("a disconnect of an established connection is told, by obligations alone") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (edge.move.act != Act::disconnect || edge.from.connection.host().ib != Ib::established)
      return;
    Connection after = edge.to.connection;
    const std::vector<Event> told = settle(after);
    sentences.require(
        "DISCONNECTED, or REJECTED where a REJ was first",
        told.size() == 1 && (told[0] == Event::disconnected || told[0] == Event::rejected), edge);
    if (calm(edge.from))
      sentences.require("DISCONNECTED where all was calm", told[0] == Event::disconnected, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("a killed target is told by DISCONNECTED or REJECTED, by obligations alone") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (edge.move.act != Act::kill || edge.from.connection.host().ib != Ib::established ||
        edge.from.destroyed)
      return;
    Connection after = edge.to.connection;
    const std::vector<Event> told = settle(after);
    sentences.require(
        "one event, and the right one",
        told.size() == 1 && (told[0] == Event::disconnected || told[0] == Event::rejected), edge);
    if (calm(edge.from))
      sentences.require("DISCONNECTED where all was calm", told[0] == Event::disconnected, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("a destroyed id is forgotten on both sides, by obligations alone") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (edge.move.act != Act::destroy || edge.from.gave_up) return;
    Connection after = edge.to.connection;
    settle(after);
    sentences.require("forgotten", forgotten(after), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("nothing of a forgotten connection happens any more") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    if (!forgotten(edge.from.connection)) return;
    const bool quiet = edge.move.act == Act::kill;  // the target of a connection that never was
    sentences.require("only its target's death is left", quiet, edge);
    sentences.require("it stays forgotten", forgotten(edge.to.connection), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("unused places of a wire are zero, and its places suffice") {
  Sentences sentences;
  walk([&](const Edge& edge) {
    for (const Wire& wire : edge.to.connection.to) {
      sentences.require("four places", wire.count <= Wire::capacity, edge);
      for (std::size_t i = wire.count; i < Wire::capacity; ++i)
        sentences.require("zero", wire.datagrams[i] == Datagram::none && wire.reasons[i] == 0,
                          edge);
    }
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("a connection has exactly this many states, and every event of the contract is met") {
  std::array<bool, event_count> met{};
  const std::size_t states = walk([&](const Edge& edge) {
    if (edge.raised.event != Event::none) met[static_cast<std::size_t>(edge.raised.event)] = true;
  });
  CHECK(states == 355);
  for (const Event event : {Event::addr_resolved, Event::route_resolved, Event::connect_response,
                            Event::connect_error, Event::unreachable, Event::rejected,
                            Event::established, Event::disconnected, Event::timewait_exit})
    CHECK((met[static_cast<std::size_t>(event)] ? "" : name(event)) == "");
}
