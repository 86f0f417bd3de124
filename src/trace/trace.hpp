// A trace: one run of a world, written so that it replays by itself.
//
// Purpose: the list of choices that a chooser took, with what was observed at
// each, and a header that says in which world. Everything that a person is
// shown (story, chart, diagram) is made from a trace.
// Ownership: plain values. Threads: no shared state.
// Invariants: choices are words ("deliver DREQ qp0"), never numbers, so that a
// trace outlives a change of the code that numbers them; a file holds no times
// and no rates, so the same run is the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "trace/observed.hpp"

namespace qpcheck::trace {

// A choice of the environment that fell inside a host step, just before one of
// the program's calls.
struct InnerChoice {
  std::uint32_t call = 0;  // which call of the step it fell before (0 = the first)
  std::string before;      // that call's name, for the reader: "rdma_disconnect"
  std::string choice;      // "kill target"
  bool operator==(const InnerChoice&) const = default;
};

struct Step {
  std::string choice;              // "request disconnect qp0"
  std::vector<InnerChoice> inner;  // in the order in which they fell
  std::vector<Observed> observed;  // in order
  bool operator==(const Step&) const = default;
};

// A property that the run violates.
struct Violation {
  std::string property;  // "possible-wait"
  std::string who;       // the connection that it is about, "qp0"; empty: none in particular
  std::string why;       // for a person
  bool operator==(const Violation&) const = default;
};

struct Header {
  std::string program = "qpair";                // the program under test
  std::string scenario;                         // "target-killed"
  std::string teardown;                         // "always-wait", "connected-flag", "settled"; of another program
                                                // than qpair: "as-it-was", "fixed"
  std::string transport = "ib";                 // "ib" (IB and RoCE) or "iwarp"
  std::string from;                             // "established" or "connecting"
  std::uint32_t qpairs = 2;                     // 1 or more
  std::uint32_t devices = 1;  // RDMA devices of the host: with 2, the second target is reached by the second
  std::uint32_t disconnect_timeout_ms = 1000;   // for how long a teardown waits
  bool own_cqs = false;                         // a completion queue for each qpair
  std::uint32_t queue_depth = 1;                // receives kept posted, and sends allowed, for each qpair
  std::vector<std::string> requests;            // of a generated scenario; none: the scenario's own
  std::map<std::string, std::uint32_t> faults;  // the budget: {"kill": 1}
  std::optional<std::uint32_t> sends;           // messages that each qpair may send; none: the scenario's own
  std::vector<Violation> violated;              // none: the trace violates nothing
  bool operator==(const Header&) const = default;
};

// The header, field by field, in the order of the file: what a run depends on, and what it
// violates. `always`: also where it has its usual value.
template <class Value>
struct HeaderField {
  const char* name;
  Value Header::*value;
  bool always;
};
inline constexpr auto header_fields = std::tuple{
    HeaderField{"program", &Header::program, true},
    HeaderField{"scenario", &Header::scenario, true},
    HeaderField{"teardown", &Header::teardown, true},
    HeaderField{"transport", &Header::transport, true},
    HeaderField{"from", &Header::from, true},
    HeaderField{"qpairs", &Header::qpairs, true},
    HeaderField{"devices", &Header::devices, false},
    HeaderField{"disconnect_timeout_ms", &Header::disconnect_timeout_ms, false},
    HeaderField{"own_cqs", &Header::own_cqs, false},
    HeaderField{"queue_depth", &Header::queue_depth, false},
    HeaderField{"requests", &Header::requests, false},
    HeaderField{"sends", &Header::sends, false},
    HeaderField{"faults", &Header::faults, true},
    HeaderField{"violated", &Header::violated, true},
};

// Calls `take` with each field of the header.
void each_header_field(auto&& take) {
  std::apply([&take](const auto&... field) { (take(field), ...); }, header_fields);
}

struct Trace {
  Header header;
  std::vector<Step> steps;
  bool operator==(const Trace&) const = default;
};

}  // namespace qpcheck::trace
