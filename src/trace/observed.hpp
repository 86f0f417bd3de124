// What was seen in a step, as it stands in a trace: one struct a kind, with named fields.
//
// Purpose: the one list of what a run shows. A struct here is the JSON of the trace
// (docs/trace-format.md), what a log of a run is read from, and what stories are made of:
// src/story puts it into words, and nothing reads words back.
// Ownership: plain values. Threads: no shared state.
// Invariants: `kind` is a name in the file and is never given to another struct; fields()
// names the fields in the order of the file. A new kind is a struct here, a place in
// Observed, and its words in src/story/words.cpp (the compiler asks for them).
// A text that is empty and a number that is not there are left out of the file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace qpcheck::trace {
namespace seen {

using Milliseconds = std::optional<std::uint64_t>;  // none: not told, or without end

// A text as an argument of a template.
template <std::size_t size>
struct Name {
  constexpr Name(const char (&from)[size]) { std::copy_n(from, size, text); }
  constexpr std::string_view view() const { return {text, size - 1}; }
  char text[size]{};
};

// `who` is a connection, as choices name it: "qp0", "qp1.2", "id3"; empty: none in particular.

// Kinds that tell no more than whose it is; of which event; of which message.
template <Name name>
struct OfConnection {
  static constexpr std::string_view kind = name.view();
  std::string who;
  static void fields(auto& self, auto&& take) { take("who", self.who); }
  bool operator==(const OfConnection&) const = default;
};
template <Name name>
struct OfEvent {
  static constexpr std::string_view kind = name.view();
  std::string who, event;
  static void fields(auto& self, auto&& take) { take("who", self.who), take("event", self.event); }
  bool operator==(const OfEvent&) const = default;
};
template <Name name>
struct OfMessage {
  static constexpr std::string_view kind = name.view();
  std::string who;
  std::int64_t number = 0;
  static void fields(auto& self, auto&& take) { take("who", self.who), take("number", self.number); }
  bool operator==(const OfMessage&) const = default;
};

// The program called a function of rdma-core.
struct Call {
  static constexpr std::string_view kind = "call";
  std::string who, name, error;  // "rdma_disconnect"; "EINVAL", empty: it succeeded
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("name", self.name), take("error", self.error);
  }
  bool operator==(const Call&) const = default;
};

// A choice of the environment that fell inside the step, before one of its calls.
struct Inner {
  static constexpr std::string_view kind = "inner choice";
  std::string before, choice;
  static void fields(auto& self, auto&& take) { take("before", self.before), take("choice", self.choice); }
  bool operator==(const Inner&) const = default;
};

// An event's way: the CM has queued it in the channel, the program fetched it,
using Queued = OfEvent<"event queued">;
struct Fetched {
  static constexpr std::string_view kind = "event fetched";
  std::string who, event;
  std::int64_t status = 0;  // the event's own
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("event", self.event), take("status", self.status);
  }
  bool operator==(const Fetched&) const = default;
};
// left it lying at the end of the step, and acted on it.
using Parked = OfEvent<"event parked">;
using Handled = OfEvent<"event handled">;

// The program waits until one of `events` is handled.
struct WaitBegins {
  static constexpr std::string_view kind = "wait begins";
  std::string who, armed_at;  // the place in the program
  std::vector<std::string> events;
  Milliseconds at_most_ms;
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("events", self.events), take("at_most_ms", self.at_most_ms),
        take("armed_at", self.armed_at);
  }
  bool operator==(const WaitBegins&) const = default;
};
struct WaitEnds {
  static constexpr std::string_view kind = "wait ends";
  std::string who, how;  // "satisfied", "cancelled", "timed out"
  static void fields(auto& self, auto&& take) { take("who", self.who), take("how", self.how); }
  bool operator==(const WaitEnds&) const = default;
};

// The qpair's flag, and where its life is now.
struct Flag {
  static constexpr std::string_view kind = "flag";
  std::string who;
  bool connected = false;
  static void fields(auto& self, auto&& take) { take("who", self.who), take("connected", self.connected); }
  bool operator==(const Flag&) const = default;
};
struct Life {
  static constexpr std::string_view kind = "life";
  std::string who, now;  // "disconnecting"
  static void fields(auto& self, auto&& take) { take("who", self.who), take("now", self.now); }
  bool operator==(const Life&) const = default;
};

using TeardownRequested = OfConnection<"teardown requested">;
using TeardownFinished = OfConnection<"teardown finished">;
struct LingerBegins {
  static constexpr std::string_view kind = "linger begins";
  std::string who;
  Milliseconds at_most_ms;
  static void fields(auto& self, auto&& take) { take("who", self.who), take("at_most_ms", self.at_most_ms); }
  bool operator==(const LingerBegins&) const = default;
};
using LingerTimedOut = OfConnection<"linger timed out">;

// A work completion was polled.
struct Completion {
  static constexpr std::string_view kind = "completion";
  std::string who, opcode;  // "send", "receive"
  std::int64_t status = 0;  // an ibv_wc_status
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("opcode", self.opcode), take("status", self.status);
  }
  bool operator==(const Completion&) const = default;
};

// A message of the application: the program took it, or did not; and told what became of it.
using RequestAccepted = OfMessage<"request accepted">;
using RequestRefused = OfConnection<"request refused">;
using RequestCompleted = OfMessage<"request completed">;
using AnswerTold = OfMessage<"answer told">;
// A message does not get through, or may not, by the program's own doing.
struct MessageStopped {
  static constexpr std::string_view kind = "message stopped";
  std::string who, by;  // a name of model::stopped_infos
  static void fields(auto& self, auto&& take) { take("who", self.who), take("by", self.by); }
  bool operator==(const MessageStopped&) const = default;
};

// The application was told that the connection is up, or gone.
struct Told {
  static constexpr std::string_view kind = "told";
  std::string who, what;  // "up", "gone"
  static void fields(auto& self, auto&& take) { take("who", self.who), take("what", self.what); }
  bool operator==(const Told&) const = default;
};
// A reset or a failover is over.
struct ReturnEnded {
  static constexpr std::string_view kind = "return ended";
  std::string what;
  bool all_connected = false;
  static void fields(auto& self, auto&& take) { take("what", self.what), take("all_connected", self.all_connected); }
  bool operator==(const ReturnEnded&) const = default;
};
// A call, event or completion that must not be.
struct Misuse {
  static constexpr std::string_view kind = "misuse";
  std::string what;
  static void fields(auto& self, auto&& take) { take("what", self.what); }
  bool operator==(const Misuse&) const = default;
};

// The machine: an end of the connection in the CM, the host's rdma_cm_id, a datagram that
// was sent, the QP's error state, and time.
struct CmMoved {
  static constexpr std::string_view kind = "cm";
  std::string who, side, from, to;  // "host", "target"
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("side", self.side), take("from", self.from), take("to", self.to);
  }
  bool operator==(const CmMoved&) const = default;
};
struct IdMoved {
  static constexpr std::string_view kind = "id";
  std::string who, from, to;
  static void fields(auto& self, auto&& take) { take("who", self.who), take("from", self.from), take("to", self.to); }
  bool operator==(const IdMoved&) const = default;
};
struct Sent {
  static constexpr std::string_view kind = "sent";
  std::string who, datagram, to;  // "host", "target"
  static void fields(auto& self, auto&& take) {
    take("who", self.who), take("datagram", self.datagram), take("to", self.to);
  }
  bool operator==(const Sent&) const = default;
};
using QpError = OfConnection<"QP in error">;
struct TimePasses {
  static constexpr std::string_view kind = "time passes";
  Milliseconds by_ms;  // none: inside a call of the program
  static void fields(auto& self, auto&& take) { take("by_ms", self.by_ms); }
  bool operator==(const TimePasses&) const = default;
};

}  // namespace seen

using Observed = std::variant<seen::Call, seen::Inner, seen::Queued, seen::Fetched, seen::Parked, seen::Handled,
                              seen::WaitBegins, seen::WaitEnds, seen::Flag, seen::Life, seen::TeardownRequested,
                              seen::TeardownFinished, seen::LingerBegins, seen::LingerTimedOut, seen::Completion,
                              seen::RequestAccepted, seen::RequestRefused, seen::RequestCompleted, seen::AnswerTold,
                              seen::MessageStopped, seen::Told, seen::ReturnEnded, seen::Misuse, seen::CmMoved,
                              seen::IdMoved, seen::Sent, seen::QpError, seen::TimePasses>;

}  // namespace qpcheck::trace
