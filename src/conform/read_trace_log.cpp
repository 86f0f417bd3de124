#include <algorithm>
#include <array>
#include <cstring>

#include "conform/read_log.hpp"
#include "model/choice.hpp"

namespace qpcheck::conform {
namespace {

using model::Side;
namespace seen = trace::seen;

constexpr std::array<std::string_view, 9> calls = {"rdma_create_id",  "rdma_resolve_addr", "rdma_resolve_route",
                                                   "rdma_connect",    "rdma_disconnect",   "rdma_create_qp",
                                                   "rdma_destroy_qp", "rdma_destroy_id",   "ibv_modify_qp"};

int errno_named(std::string_view name) {
  for (int error = 1; error < 256; ++error)
    if (const char* const known = strerrorname_np(error); known != nullptr && name == known) return error;
  return std::atoi(std::string(name).c_str());
}

bool take_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

// "qp1", and "qp1.2": the second connection of a queue pair that fails over; of a name that is
// no queue pair's: -1.
int connection_named(std::string_view who) {
  if (!take_front(who, "qp")) return -1;
  int number = 0;
  while (!who.empty() && who[0] >= '0' && who[0] <= '9' && number < 1024) {
    number = number * 10 + (who[0] - '0');
    who.remove_prefix(1);
  }
  return number;
}

class Reader {
 public:
  Reader(const trace::Trace& trace, Log& log) : trace_(trace), log_(log) {}

  void read() {
    for (step_ = 1; const trace::Step& step : trace_.steps) {
      read_choice(step.choice);
      for (const trace::Observed& observed : step.observed)
        std::visit([this](const auto& seen) { see(seen); }, observed);
      ++step_;
    }
  }

 private:
  Line& add(Kind kind, Side side, int connection, std::string_view name) {
    Line line;
    line.number = step_;
    line.kind = kind;
    line.side = side;
    line.connection = connection;
    line.begin_us = line.end_us = static_cast<std::int64_t>(log_.lines.size());
    line.name = name;
    return log_.lines.emplace_back(std::move(line));
  }

  // What the target's application does is a choice of the trace, and not observed. Faults are
  // read that go beyond what is searched for anyway.
  void read_choice(std::string_view choice) {
    const auto [verb, about] = model::choice_named(choice);
    if (verb == nullptr) return;
    using model::Verb;
    switch (verb->verb) {
      case Verb::kill:
        add(Kind::signal, Side::target, -1, "").status = 9;
        // Of another target the trace does not tell which connections are its.
        if (about != "target") log_.target_calls = false;
        return;
      case Verb::power_off:
      case Verb::reboot: log_.target_calls = false; return;
      case Verb::target_accepts: return target_calls(about, {"rdma_accept"});
      case Verb::target_closes: return target_calls(about, {"rdma_disconnect", "rdma_destroy_id"});
      case Verb::target_refuses: return target_calls(about, {"rdma_reject"});
      case Verb::target_disconnects: return target_calls(about, {"rdma_disconnect"});
      case Verb::reorder: log_.reorders = true; return;
      case Verb::fail_next: log_.calls_fail = true; return;
      case Verb::no_memory: log_.events_lost = true; return;
      case Verb::remove:
        if (about == "device")
          add(Kind::trouble, Side::host, -1, choice).status = static_cast<std::int64_t>(Trouble::device_removed);
        return;
      default: return;
    }
  }

  void target_calls(std::string_view who, std::initializer_list<const char*> names) {
    const int connection = connection_named(who);
    for (const char* name : names) add(Kind::call, Side::target, connection, name).told = false;
  }

  void see(const seen::Inner& inner) { read_choice(inner.choice); }

  void see(const seen::Fetched& event) {
    if (const int connection = connection_named(event.who); connection >= 0)
      add(Kind::event, Side::host, connection, event.event).status = event.status;
  }

  void see(const seen::Call& call) {
    const int connection = connection_named(call.who);
    if (connection < 0 || std::find(calls.begin(), calls.end(), call.name) == calls.end()) return;
    const std::string name = call.name == "ibv_modify_qp" ? "ibv_modify_qp(ERR)" : call.name;
    Line& line = add(Kind::call, Side::host, connection, name);
    if (call.error.empty()) return;
    line.status = -1;
    line.error = errno_named(call.error);
  }

  void see(const auto&) {}

  const trace::Trace& trace_;
  Log& log_;
  std::size_t step_ = 1;
};

}  // namespace

Log log_of(const trace::Trace& trace, model::Transport transport) {
  Log log;
  log.transport = transport;
  log.timed = false;
  log.target_events = false;
  log.begins_established = trace.header.from == "established";
  log.begins_resolving = !log.begins_established;
  Reader(trace, log).read();
  return log;
}

}  // namespace qpcheck::conform
