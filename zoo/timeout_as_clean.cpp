// DISCONNECTED with status -ETIMEDOUT is taken for a clean disconnect.
//
// At its end the program sends a last message, disconnects, and holds that a peer which
// answered the DREQ has answered the message before: after a clean disconnect the answer
// is here or under way, and is waited for. But DISCONNECTED also comes when the DREQ was
// given up, after minutes, because nobody answered; only its status tells them apart. Then
// there is no answer, and the wait has no end. Fixed: the status is looked at, and what
// did not end cleanly is released without an answer; and the wait for one has a deadline,
// since a clean end may still be the work of a dying peer's kernel.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

using sim::report::Ends;

constexpr std::uint64_t disconnect_timeout_ms = 120'000;  // above what the CM takes to give up a DREQ
constexpr std::uint64_t answer_timeout_ms = 1000;
enum Request : std::uint64_t { last_message = 1, answer };

class TimeoutAsClean final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void established() override { link_.post_receive(answer); }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (!ends_connection(event)) return;
    gone_ = true;
    if (!waiting()) return;  // the peer began: it answers nothing any more
    end_wait(Ends::satisfied);
    clean_ = event.event == RDMA_CM_EVENT_DISCONNECTED && delivered_ && (event.status == 0 || !fixed_);
    if (clean_ && fixed_) deadline_ms_ = now_ms + answer_timeout_ms;
  }

  void disconnect(std::uint64_t) override {
    if (gone_) return finish();
    sent_ = link_.post_send(last_message) != 0;
  }

  void poll_work(std::uint64_t now_ms) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) {
      const bool well = completion.status == IBV_WC_SUCCESS;
      if (completion.wr_id == answer) answered_ = well;
      if (completion.wr_id != last_message) continue;
      sent_ = true;
      delivered_ = well;
    }
    if (!requested_ || waiting()) return;
    if (gone_ && (!clean_ || answered_)) return finish();
    if (gone_ || !sent_) return;
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, disconnect_timeout_ms, "close: after rdma_disconnect");
  }

  bool sent_ = false;       // the last message, or it could not be
  bool delivered_ = false;  // to the peer's queue pair
  bool answered_ = false;
  bool clean_ = false;
};

}  // namespace

const Registered timeout_as_clean{{
    .name = "timeout-as-clean",
    .sentence = "DISCONNECTED with status -ETIMEDOUT is taken for a clean disconnect, and the program waits for the "
                "answer of a peer that never answered",
    .history = "perftest, pull request 380: DISCONNECTED with status -ETIMEDOUT, a DREQ that nobody answered, was "
               "taken for a clean disconnect; "
               "the wait that makes it show is ours",
    .link = "https://github.com/linux-rdma/perftest/pull/380",
    .make = [](bool fixed) -> sim::Program* { return new TimeoutAsClean(fixed); },
    .reports = one_connection_reports,
    .faults = model::one(model::Fault::hang),
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
