// A teardown expects DISCONNECTED, and takes the TIMEWAIT_EXIT behind it for an error.
//
// On InfiniBand and RoCE an id that has gone through TIMEWAIT may be told so, at any time
// after its DISCONNECTED: also while the teardown still waits for its work requests to be
// flushed. The check of what arrives in the event slot knows one good event; the other
// one is a bad message, and the error path leaves before QP and id are destroyed. Fixed:
// behind the end of a connection no event is an error, for the id is going away.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

using sim::report::Ends;

constexpr std::uint64_t event_timeout_ms = 1000, linger_timeout_ms = 1000;

class TimewaitExitAsError final : public OneConnection {
 public:
  using OneConnection::OneConnection;

 private:
  void established() override {
    if (link_.post_receive(1) == 0) ++posted_;
  }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (ends_connection(event)) {
      gone_ = true;
      link_.move_to_error();
      if (!waiting()) return;
      end_wait(Ends::satisfied);
      linger(now_ms, linger_timeout_ms);
    } else if (requested_ && !fixed_) {
      fail();
    }
  }

  void disconnect(std::uint64_t now_ms) override {
    rdma_disconnect(link_.id);
    if (gone_) return linger(now_ms, linger_timeout_ms);
    wait_for(end_events, now_ms, event_timeout_ms, "disconnect: after rdma_disconnect");
  }

  void poll_work(std::uint64_t) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) --posted_;
    if (lingers_ && posted_ == 0) finish();
  }

  // The error path: a bad message, and the connection is given up as it is.
  void fail() {
    if (waiting()) end_wait(Ends::cancelled);
    finished();
  }

  int posted_ = 0;
};

}  // namespace

const Registered timewait_exit_as_error{{
    .name = "timewait-exit-as-error",
    .sentence = "TIMEWAIT_EXIT arrives where a teardown looks for DISCONNECTED, and is taken for a bad message: the "
                "error path releases nothing",
    .history = "SPDK's NVMe host over RDMA, three reports (#1507, #3214, #3406): the teardown's event slot holds "
               "TIMEWAIT_EXIT, and the teardown takes its error path",
    .link = "https://github.com/spdk/spdk/issues/1507",
    .make = [](bool fixed) -> sim::Program* { return new TimewaitExitAsError(fixed); },
    .reports = {.waits = true, .handling = true, .lingers = true, .teardowns = true},
    .caught_by = "nothing-left",
}};

}  // namespace qpcheck::zoo
