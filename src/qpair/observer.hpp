// What a qpair tells whoever watches it: diagnostics, never control.
//
// Purpose: a wait makes no call that could be seen from outside, so the library
// says when one begins and ends, and where. Null by default, at no cost.
// Threads: called from the thread that polls, inside the call that polls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <rdma/rdma_cma.h>

namespace qpair {

class Qpair;

enum class Life : std::uint8_t {
  idle, resolving_address, resolving_route, connecting, connected,
  lost,    // connected once; the peer is known to be gone
  failed,  // the attempt to connect failed
  stale,   // refused for a connection that the peer still remembers: about to try again
  disconnecting, lingering, closed,
};
const char* name(Life life);

enum class WaitEnd : std::uint8_t { satisfied, cancelled, timed_out };

// Bit n stands for the rdma_cm_event_type n.
using EventMask = std::uint32_t;
constexpr EventMask mask(rdma_cm_event_type type) { return EventMask{1} << static_cast<unsigned>(type); }

class Observer {
 public:
  virtual ~Observer() = default;
  // The qpair will stay until one of `events` is handled, or until deadline_ms.
  virtual void wait_begins(const Qpair&, EventMask /*events*/, std::uint64_t /*deadline_ms*/, const char* /*place*/) {}
  virtual void wait_ends(const Qpair&, WaitEnd) {}
  virtual void event_handled(const Qpair&, const rdma_cm_event&) {}
  virtual void flag_changed(const Qpair&, bool /*connected*/) {}
  virtual void life_changed(const Qpair&, Life /*from*/, Life /*to*/) {}
  virtual void teardown_requested(const Qpair&) {}
  virtual void linger_begins(const Qpair&, std::uint64_t /*deadline_ms*/) {}
  virtual void linger_timed_out(const Qpair&) {}
  virtual void teardown_finished(const Qpair&) {}
  // A call of librdmacm or libibverbs failed with this errno. What comes of it is told apart.
  virtual void call_failed(const Qpair&, const char* /*call*/, int /*error*/) {}
};

// What the application is told. All of it may call send() and disconnect() of any qpair;
// none may poll, or destroy the controller.
class Application {
 public:
  virtual ~Application() = default;
  // A message was sent (status 0) or failed; `tag` is what send() was given.
  virtual void sent(Qpair&, std::uint64_t /*tag*/, ibv_wc_status) {}
  // A message came in. The bytes are valid during the call.
  virtual void received(Qpair&, std::span<const std::byte>) {}
  // The connection is up, and later, once, it is gone: by the first poll that knows it,
  // and at the latest when the qpair is closed. The messages under way end by sent(), before
  // that or after it.
  virtual void up(Qpair&) {}
  virtual void gone(Qpair&) {}
};

}  // namespace qpair
