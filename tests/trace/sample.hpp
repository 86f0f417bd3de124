// The trace that the format's page shows: short, and with every key in use.
#pragma once

#include "trace/trace.hpp"

namespace qpcheck::trace {

inline Trace sample() {
  Trace trace;
  trace.header.scenario = "target-killed";
  trace.header.teardown = "always-wait";
  trace.header.from = "established";
  trace.header.qpairs = 2;
  trace.header.faults = {{"kill", 1}};
  trace.header.violated = {
      "possible-wait",
      "qp1 waits for DISCONNECTED, which it has already handled; nothing can produce another one."};
  trace.steps = {
      {"kill target",
       {},
       {"the target's kernel sends DREQ qp0", "the target's kernel sends DREQ qp1"}},
      {"deliver DREQ qp1", {}, {"event DISCONNECTED queued for qp1"}},
      {"poll controller", {}, {"rdma_get_cm_event: DISCONNECTED qp1, parked"}},
      {"poll qp1", {}, {"qp1 handles DISCONNECTED", "rdma_ack_cm_event: DISCONNECTED qp1"}},
      {"request disconnect qp1", {}, {}},
      {"poll qp1",
       {{1, "rdma_disconnect", "deliver DREQ qp0"}},
       {"ibv_modify_qp qp1 ERR = 0", "rdma_disconnect qp1 = 0", "qp1 waits for DISCONNECTED"}},
  };
  return trace;
}

}  // namespace qpcheck::trace
