// The memory that an id's context points to is given back while the id is still owed its
// DISCONNECTED.
//
// rdma_disconnect only begins: the event comes when the peer has answered, and brings the
// context that the id was created with. A close that hands the connection object back at
// once, and leaves the id to be destroyed when that event comes, lets the handler find a
// freed object, or another connection's. Fixed: the object lives as long as its id; once
// rdma_destroy_id has returned, no event of the id can come.
#include "zoo/one_connection.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

constexpr std::uint64_t event_timeout_ms = 1000;

// What the application calls its connection.
struct Bind {
  bool peer_gone = false;
};

class ContextRecycled final : public OneConnection {
 public:
  explicit ContextRecycled(bool fixed) : OneConnection(fixed), bind_(new Bind) {}

 private:
  void* context() override { return bind_; }

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override {
    if (ends_connection(event)) static_cast<Bind*>(event.id->context)->peer_gone = true;
    OneConnection::handle(event, now_ms);
  }

  // The application closes its connection; the id follows when its end is known.
  void disconnect(std::uint64_t now_ms) override {
    if (bind_->peer_gone) return finish();
    rdma_disconnect(link_.id);
    wait_for(end_events, now_ms, event_timeout_ms, "close: after rdma_disconnect");
    if (!fixed_) recycle();
  }

  void closed() override { recycle(); }

  void recycle() {
    delete bind_;
    bind_ = nullptr;
  }

  Bind* bind_;
};

}  // namespace

const Registered context_recycled{{
    .name = "context-recycled",
    .sentence =
        "the object that an id's context points to is freed at the close, while the id's DISCONNECTED is still to come",
    .history = "libevpl: connection memory went back to its pool while DISCONNECTED was still owed, and the late event "
               "reached a freed object",
    .link = "https://github.com/chimera-nas/libevpl/pull/52",
    .make = [](bool fixed) -> sim::Program* { return new ContextRecycled(fixed); },
    .reports = one_connection_reports,
    .caught_by = "no-use-after-destroy",
}};

}  // namespace qpcheck::zoo
