// The peer's host loses power, and nobody ever notices.
//
// A host without power sends nothing, and a connection on which nothing is sent stays as it
// is: no event comes, in all time. An application that means to notice needs a heartbeat: a
// send that nobody acknowledges fails after the transport's retries. Fixed: one every second.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

namespace report = sim::report;

constexpr std::uint64_t event_timeout_ms = 1000;

class SilentDeath final : public OneConnection {
 public:
  using OneConnection::OneConnection;

  std::uint64_t deadline_ms() const override { return beats() ? next_beat_ms_ : deadline_ms_; }

 private:
  static constexpr std::uint64_t heartbeat = 1, interval_ms = 1000;

  bool beats() const { return fixed_ && connected() && !told_ && !requested_; }

  void established() override { report::told_up(0); }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (ends_connection(event)) tell();
    OneConnection::handle(event, now_ms);
  }

  void tell() {
    if (!told_) report::told_gone(0);
    told_ = true;
  }

  void disconnect(std::uint64_t now_ms) override {
    tell();
    if (gone_) return finish();
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
  }

  void poll_work(std::uint64_t now_ms) override {
    ibv_wc completion;
    while (device_.cq != nullptr && ibv_poll_cq(device_.cq, 1, &completion) == 1) {
      under_way_ = false;
      if (completion.status != IBV_WC_SUCCESS) tell();
    }
    if (!beats() || now_ms < next_beat_ms_) return;
    next_beat_ms_ = now_ms + interval_ms;
    if (!under_way_) under_way_ = link_.post_send(heartbeat) == 0;
  }

  std::uint64_t next_beat_ms_ = 0;
  bool told_ = false, under_way_ = false;
};

}  // namespace

const Registered silent_death{{
    .name = "silent-death",
    .sentence = "the peer's host loses power, nothing is ever sent, and the application believes for ever that the "
                "connection is up",
    .history = "Valkey, its PR 916: a connection whose peer died without a word is never noticed",
    .link = "https://github.com/valkey-io/valkey/pull/916",
    .make = [](bool fixed) -> sim::Program* { return new SilentDeath(fixed); },
    .reports = {.waits = true, .handling = true, .teardowns = true, .telling = true, .notices = true},
    .faults = model::one(model::Fault::power),
    .caught_by = "finishes",
}};

}  // namespace qpcheck::zoo
