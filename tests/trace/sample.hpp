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
  trace.header.violated = {{"possible-wait", "qp1",
                            "waits for DISCONNECTED, which it has already handled; nothing can produce another one."}};
  trace.steps = {
      {"kill target", {}, {seen::Sent{"qp0", "DREQ", "host"}, seen::Sent{"qp1", "DREQ", "host"}}},
      {"deliver DREQ qp1", {}, {seen::Queued{"qp1", "DISCONNECTED"}}},
      {"poll controller", {}, {seen::Fetched{"qp1", "DISCONNECTED", 0}, seen::Parked{"qp1", "DISCONNECTED"}}},
      {"poll qp1", {}, {seen::Handled{"qp1", "DISCONNECTED"}}},
      {"request disconnect qp1", {}, {}},
      {"poll qp1",
       {{1, "rdma_disconnect", "deliver DREQ qp0"}},
       {seen::Call{"qp1", "ibv_modify_qp", ""}, seen::Call{"qp1", "rdma_disconnect", ""},
        seen::WaitBegins{"qp1", "disconnect: after rdma_disconnect", {"DISCONNECTED"}, 1000}}},
  };
  return trace;
}

}  // namespace qpcheck::trace
