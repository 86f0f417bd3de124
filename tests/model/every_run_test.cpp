// What always comes of a connection's steps on IB and RoCE, over all states that it can
// reach when its target may be killed. (never_test.cpp has what must never come.)
#include <catch2/catch.hpp>

#include "tests/model/sentences.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

const Walk& killed() { return walk(with(Transport::ib, {Fault::kill})); }

}  // namespace

TEST_CASE("statuses are zero, the reason of a REJ, or a timeout") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    const int status = edge.queued.status;
    switch (edge.queued.event) {
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
  killed().each([&](const Edge& edge) {
    if (!is(edge, Act::disconnect)) return;
    const Ib ib = edge.from.connection.host().ib;
    sentences.require("0 once connecting, EINVAL before",
                      edge.error == (ib == Ib::idle ? EINVAL : 0), edge);
    const bool acts = ib == Ib::established || ib == Ib::dreq_rcvd;
    sentences.require("it sends a DREQ or a DREP, or nothing", (sent(edge, Side::host) > 0) == acts,
                      edge);
    sentences.require("elsewhere it changes nothing",
                      acts || edge.to.connection == edge.from.connection, edge);
    Connection again = edge.to.connection;
    apply(again, Side::host, Input::disconnect);
    sentences.require("a second call at once does nothing more", again == edge.to.connection, edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("an id connects once: rdma_connect succeeds in ROUTE_RESOLVED only") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    if (!is(edge, Act::connect)) return;
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
  killed().each([&](const Edge& edge) {
    for (const Side side : {Side::host, Side::target}) {
      if (!delivers(edge, side, Datagram::dreq)) continue;
      const Ib ib = edge.from.connection.ends[static_cast<std::size_t>(side)].ib;
      const bool answers = ib == Ib::gone || ib == Ib::timewait;
      answers ? ++unknown : ++delivered;
      sentences.require("a DREP by itself from TIMEWAIT and for unknown ids only",
                        (sent(edge, side) > 0) == answers, edge);
    }
  });
  CHECK(sentences.broken() == "");
  CHECK(delivered > 0);
  CHECK(unknown > 0);
}

TEST_CASE("a disconnect of an established connection is told, by fair choices alone") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    if (!is(edge, Act::disconnect) || edge.from.connection.host().ib != Ib::established)
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

TEST_CASE("a killed target is told by DISCONNECTED or REJECTED, by fair choices alone") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    if (!is(edge, Fault::kill) || edge.from.connection.host().ib != Ib::established ||
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

TEST_CASE("a destroyed id is forgotten on both sides, by fair choices alone") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    if (!is(edge, Act::destroy) || edge.from.gave_up) return;
    Connection after = edge.to.connection;
    settle(after);
    sentences.require("forgotten", forgotten(after), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("nothing of a forgotten connection happens any more") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    if (!forgotten(edge.from.connection)) return;
    const bool quiet = is(edge, Fault::kill);  // the target of a connection that never was
    sentences.require("only its target's death is left", quiet, edge);
    sentences.require("it stays forgotten", forgotten(edge.to.connection), edge);
  });
  CHECK(sentences.broken() == "");
}

TEST_CASE("unused places of a wire are zero, and its places suffice") {
  Sentences sentences;
  killed().each([&](const Edge& edge) {
    for (const Wire& wire : edge.to.connection.to) {
      sentences.require("four places", wire.count <= Wire::capacity, edge);
      for (std::size_t i = wire.count; i < Wire::capacity; ++i)
        sentences.require("zero", wire.datagrams[i] == Datagram::none && wire.reasons[i] == 0,
                          edge);
    }
  });
  CHECK(sentences.broken() == "");
}

