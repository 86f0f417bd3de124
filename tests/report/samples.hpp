// Two graphs of the size and kind that qpcheck draws: to test with, and to look
// at. They are samples; the tables that are true live in model/.
#pragma once

#include "report/graph.hpp"

namespace qpcheck::report {

// Nine states, twenty transitions.
inline Graph sample_life_cycle() {
  Graph g{.title = "Life cycle of a qpair"};
  g.node("idle", "idle", NodeKind::initial)
      .node("resolving_addr", "resolving address")
      .node("resolving_route", "resolving route")
      .node("connecting", "connecting")
      .node("connected", "connected", NodeKind::good)
      .node("disconnecting", "disconnecting", NodeKind::normal,
            "The peer's answer is awaited, or any proof that it is gone.")
      .node("lingering", "lingering until flushed")
      .node("failed", "failed", NodeKind::bad)
      .node("destroyed", "destroyed", NodeKind::terminal);
  g.edge("idle", "resolving_addr", "connect")
      .edge("resolving_addr", "resolving_route", "ADDR_RESOLVED")
      .edge("resolving_route", "connecting", "ROUTE_RESOLVED / create QP, connect")
      .edge("connecting", "connected", "ESTABLISHED")
      .edge("resolving_addr", "failed", "ADDR_ERROR")
      .edge("resolving_route", "failed", "ROUTE_ERROR")
      .edge("connecting", "failed", "REJECTED")
      .edge("connecting", "failed", "UNREACHABLE")
      .edge("connecting", "failed", "CONNECT_ERROR")
      .edge("connected", "disconnecting", "disconnect / QP to error", EdgeKind::highlighted,
            "The application asks.")
      .edge("connected", "lingering", "DISCONNECTED / QP to error", EdgeKind::highlighted,
            "The peer was first: its DREQ needs an answer, and on RoCE nothing else moves the QP "
            "to the error state.")
      .edge("disconnecting", "lingering", "DISCONNECTED")
      .edge("disconnecting", "lingering", "REJECTED")
      .edge("disconnecting", "lingering", "TIMEWAIT_EXIT")
      .edge("disconnecting", "lingering", "deadline")
      .edge("lingering", "destroyed", "all flushed")
      .edge("lingering", "destroyed", "deadline", EdgeKind::dim)
      .edge("failed", "destroyed", "destroy")
      .edge("idle", "destroyed", "destroy")
      .edge("destroyed", "idle", "reset", EdgeKind::dim);
  return g;
}

// Twelve states, thirty-five transitions, labels "event [guard] / action".
inline Graph sample_cm() {
  Graph g{.title = "IB CM: states of a cm_id"};
  g.node("IDLE", "IDLE", NodeKind::initial)
      .node("LISTEN", "LISTEN", NodeKind::dim)
      .node("REQ_SENT", "REQ_SENT")
      .node("REQ_RCVD", "REQ_RCVD")
      .node("MRA_REP_SENT", "MRA_REP_SENT", NodeKind::dim)
      .node("REP_SENT", "REP_SENT")
      .node("REP_RCVD", "REP_RCVD")
      .node("ESTABLISHED", "ESTABLISHED", NodeKind::good)
      .node("DREQ_SENT", "DREQ_SENT")
      .node("DREQ_RCVD", "DREQ_RCVD")
      .node("TIMEWAIT", "TIMEWAIT")
      .node("GONE", "destroyed", NodeKind::terminal);
  g.edge("IDLE", "LISTEN", "listen")
      .edge("LISTEN", "GONE", "destroy", EdgeKind::dim)
      .edge("IDLE", "REQ_SENT", "connect / send REQ")
      .edge("IDLE", "REQ_RCVD", "REQ [listener] / CONNECT_REQUEST")
      .edge("IDLE", "IDLE", "REQ [no listener] / send REJ")
      .edge("REQ_SENT", "REP_RCVD", "REP / CONNECT_RESPONSE")
      .edge("REQ_SENT", "IDLE", "REJ / REJECTED")
      .edge("REQ_SENT", "IDLE", "timeout [no retries left] / UNREACHABLE")
      .edge("REQ_SENT", "REQ_SENT", "timeout [retries left] / send REQ")
      .edge("REQ_RCVD", "REP_SENT", "accept / send REP")
      .edge("REQ_RCVD", "IDLE", "reject / send REJ")
      .edge("REQ_RCVD", "GONE", "destroy / send REJ", EdgeKind::dim)
      .edge("REP_SENT", "ESTABLISHED", "RTU / ESTABLISHED")
      .edge("REP_SENT", "IDLE", "REJ / REJECTED")
      .edge("REP_SENT", "TIMEWAIT", "timeout [no retries left] / UNREACHABLE")
      .edge("REP_SENT", "DREQ_RCVD", "DREQ / DISCONNECTED")
      .edge("REP_RCVD", "MRA_REP_SENT", "send MRA")
      .edge("MRA_REP_SENT", "ESTABLISHED", "send RTU", EdgeKind::dim)
      .edge("REP_RCVD", "ESTABLISHED", "accept / send RTU")
      .edge("REP_RCVD", "IDLE", "reject / send REJ")
      .edge("ESTABLISHED", "ESTABLISHED", "REP [duplicate] / send RTU")
      .edge("ESTABLISHED", "DREQ_SENT", "disconnect / send DREQ", EdgeKind::highlighted,
            "The host was first.")
      .edge("ESTABLISHED", "DREQ_RCVD", "DREQ / DISCONNECTED", EdgeKind::highlighted,
            "The peer was first.")
      .edge("ESTABLISHED", "TIMEWAIT", "REJ [stale connection] / DISCONNECTED",
            EdgeKind::highlighted, "The peer's kernel knows the connection no more.")
      .edge("DREQ_SENT", "TIMEWAIT", "DREP / DISCONNECTED")
      .edge("DREQ_SENT", "TIMEWAIT", "DREQ [crossing] / send DREP, DISCONNECTED")
      .edge("DREQ_SENT", "TIMEWAIT", "timeout [no retries left] / DISCONNECTED, status -ETIMEDOUT")
      .edge("DREQ_SENT", "DREQ_SENT", "timeout [retries left] / send DREQ")
      .edge("DREQ_RCVD", "TIMEWAIT", "disconnect / send DREP")
      .edge("DREQ_RCVD", "TIMEWAIT", "destroy / send DREP", EdgeKind::dim)
      .edge("DREQ_RCVD", "DREQ_RCVD", "DREQ [duplicate]")
      .edge("TIMEWAIT", "TIMEWAIT", "DREQ [duplicate] / send DREP")
      .edge("TIMEWAIT", "IDLE", "timer / TIMEWAIT_EXIT")
      .edge("TIMEWAIT", "GONE", "destroy")
      .edge("IDLE", "GONE", "destroy");
  return g;
}

}  // namespace qpcheck::report
