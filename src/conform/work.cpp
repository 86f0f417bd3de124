#include "conform/work.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <map>

namespace qpcheck::conform {
namespace {

using model::Event;
using model::Side;
using model::Transport;

constexpr int flushed = 5;  // IBV_WC_WR_FLUSH_ERR

struct Requests {  // sends, or receives
  std::int64_t posted = 0, completed = 0;
  bool failed = false;
};

// One queue pair after the other of one side.
class QueuePair {
 public:
  explicit QueuePair(const Log& log) : log_(log), ib_(log.transport == Transport::ib) {}

  // Empty: legal. Else what would have been.
  std::string take(const Line& line) {
    switch (line.kind) {
      case Kind::call: return call(line);
      case Kind::event: return event(line);
      case Kind::posted: requests_[line.name].posted += line.status; return "";
      case Kind::completion: return completion(line);
      case Kind::qp_state: return state(line.qp);
      default: return "";
    }
  }

 private:
  std::string call(const Line& line) {
    if (line.name == "rdma_create_id") begin_anew();
    const bool done = line.status == 0;
    if (line.name == "rdma_create_qp" && done) begin_anew();
    if (line.name == "rdma_destroy_qp" && done) destroyed_ = true;
    if (line.name == "ibv_modify_qp(ERR)" && done) in_error_ = true;
    // rdma_disconnect moves a queue pair on IB and RoCE first, whatever the kernel then says.
    const bool moved = done || (has_queue_pair_ && (line.error == EINVAL || line.error == ENXIO));
    if (line.name == "rdma_disconnect" && ib_ && moved) in_error_ = true;
    return "";
  }

  std::string event(const Line& line) {
    if (line.name == name(Event::connect_request)) begin_anew();
    if (line.name == name(Event::rejected) || line.name == name(Event::connect_error)) in_error_ = in_error_ || ib_;
    has_queue_pair_ = has_queue_pair_ || (!line.qp.empty() && line.qp != "none");
    if (line.name == name(Event::established) && ib_ && !line.qp.empty() && line.qp != "RTS" && line.qp != "ERR")
      return "ESTABLISHED with the queue pair in RTS, or in ERR; librdmacm moves it at rdma_accept, or in the fetch";
    return line.qp.empty() ? "" : state(line.qp);
  }

  void begin_anew() {
    requests_.clear();
    in_error_ = destroyed_ = has_queue_pair_ = false;
  }

  std::string state(const std::string& qp) const {
    if (destroyed_) return qp == "none" ? "" : "no queue pair; rdma_destroy_qp was called";
    if (ib_ && in_error_ && qp != "ERR" && qp != "none")
      return "the queue pair in ERR, where it was moved; it stays there until it is destroyed";
    return "";
  }

  std::string completion(const Line& line) {
    Requests& of = requests_[line.name];
    if (line.request >= 0 && line.request != of.completed)
      return fmt::format("completion of {} {}; work requests complete in order, and once", line.name, of.completed);
    if (line.request >= of.posted) return fmt::format("no completion; {} {} was posted", of.posted, line.name);
    of.completed = line.request + 1;
    if (line.status == 0 && of.failed) return "completions that are flushed; one before this has failed";
    if (line.status == flushed && ib_ && !may_flush())
      return "no flush; on IB and RoCE only this side moves its queue pair to ERR, and it has not";
    of.failed = of.failed || line.status != 0;
    in_error_ = in_error_ || (ib_ && line.status != 0);
    return "";
  }

  // A trace of qpcheck tells no numbers, and not all that moves a queue pair.
  bool may_flush() const { return in_error_ || !log_.timed; }

  const Log& log_;
  bool ib_;
  std::map<std::string, Requests> requests_;
  bool in_error_ = false, destroyed_ = false, has_queue_pair_ = false;
};

}  // namespace

std::optional<WorkDeparture> judge_work(const Log& log, const Script& script) {
  std::array<QueuePair, 2> sides = {QueuePair(log), QueuePair(log)};
  for (const Line* line : script.work) {
    const std::string expected = sides[static_cast<std::size_t>(line->side)].take(*line);
    if (!expected.empty()) return WorkDeparture{line, {line->number, words(*line), {expected}, {}}};
  }
  return std::nullopt;
}

}  // namespace qpcheck::conform
