// One connection: two ends of a connection manager, the messages between them, and
// the target's process on the far side. The tables are its only transition rules.
//
// Purpose: the simulator keeps one of these for each rdma_cm_id of the host; the
// property `possible-wait` runs copies of it forward to learn what can still come.
// Ownership: a plain value without pointers; its bytes are its identity (unused
// places are zero). Threads: none.
// Invariants: a step that is not enabled is never taken (asserted); datagrams of
// one direction arrive in order. What faults do to a connection: fault.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/cm_ib.hpp"
#include "model/cm_iw.hpp"
#include "model/cma.hpp"

namespace qpcheck::model {

enum class Side : std::uint8_t { host, target };
constexpr Side other(Side side) { return side == Side::host ? Side::target : Side::host; }

struct End {
  Ib ib = Ib::idle;
  Cma cma = Cma::idle;
  Iw iw = Iw::idle;  // on iWARP instead of `ib`
  bool operator==(const End&) const = default;
};

struct Wire {
  static constexpr std::size_t capacity = 6;
  std::array<Datagram, capacity> datagrams{};
  std::array<std::uint8_t, capacity> reasons{};
  std::uint8_t count = 0;

  void push(Datagram datagram, std::uint8_t reason);
  void pop();
  bool operator==(const Wire&) const = default;
};

// What the target's application still owes to the connection.
enum class TargetApp : std::uint8_t {
  idle,       // nothing
  to_accept,  // CONNECT_REQUEST is in: accept
  to_close,   // DISCONNECTED, REJECTED or UNREACHABLE is in: rdma_disconnect, rdma_destroy_id
  closed,     // it let go of its id, or its process is dead
};

struct Connection {
  std::array<End, 2> ends{};
  std::array<Wire, 2> to{};  // datagrams on their way to that side
  TargetApp app = TargetApp::idle;
  Transport transport = Transport::ib;
  bool target_listens = false;  // a process at the far end is alive and has its listener
  bool backlog_full = false;    // that listener has as many requests as it takes; the simulator's never has
  bool target_hung = false;     // it is stopped: its kernel works, its application does nothing
  bool target_off = false;      // its host has no power: nothing arrives there
  bool nothing_returns = false; // the path back to the host is dead: it hears nothing of this connection any more
  bool cannot_post = false;     // the host's kernel has no memory for a datagram, just now
  std::array<bool, 2> stale{};  // at that side an older connection holds the peer's queue pair number
  std::array<bool, 2> lost{};   // a datagram that the side that repeats towards here waits for was lost

  End& host() { return ends[0]; }
  const End& host() const { return ends[0]; }
  End& target() { return ends[1]; }
  const End& target() const { return ends[1]; }
  End& end(Side side) { return ends[static_cast<std::size_t>(side)]; }
  const End& end(Side side) const { return ends[static_cast<std::size_t>(side)]; }
  Wire& to_side(Side side) { return to[static_cast<std::size_t>(side)]; }
  const Wire& to_side(Side side) const { return to[static_cast<std::size_t>(side)]; }
  bool operator==(const Connection&) const = default;
};

// What a step tells the user of one end: at most one event.
struct Raised {
  Event event = Event::none;
  int status = 0;
};

struct CallResult {
  int error = 0;  // errno, 0 = success
  Raised raised;
  bool blocks = false;  // the call cannot return in this state, and has changed nothing
};

// The input reaches one end: its row is applied, its datagram posted, its event filtered.
// After DEVICE_REMOVAL every call but destroy fails with ENXIO.
CallResult apply(Connection& connection, Side side, Input input, std::uint8_t reason = 0);
// A call of the resolution phase at the host's end, its completion, or news of device or network.
CallResult apply(Connection& connection, CmaInput input);

// The row that an input would take at one end now, as its `why`; empty: there is none.
std::string_view row_of(const Connection& connection, Side side, Input input, std::uint8_t reason = 0);

// The end is up: it is ESTABLISHED in its connection manager.
bool up(const Connection& connection, Side side);
// The end is going down, and its user is still to be told (iWARP: or its peer began it).
bool disconnecting(const Connection& connection, Side side);
// The end has a REQ, REP or DREQ under way that its kernel repeats until it is answered.
bool repeats(const Connection& connection, Side side);
// Its connection manager does not know the end any more, or not yet.
bool unknown(const Connection& connection, Side side);
// The connection manager's state of that end, by its name.
std::string_view state_name(const Connection& connection, Side side);

// The kernel takes the device away from an id: DEVICE_REMOVAL, and what a destroy would send.
Raised remove_device(Connection& connection, Side side);

// Steps of the environment.
enum class EnvStep : std::uint8_t {
  resolve,             // the kernel answers resolve_addr or resolve_route
  deliver_to_host,     // the oldest datagram arrives
  deliver_to_target,
  accept,              // the target's application accepts
  close,               // the target's application reacts to the end of the connection
  target_disconnects,  // the target's application disconnects unasked
  timewait_over,       // the host's timewait timer fires
  retries_exhausted,   // the host's retransmissions end
  repeat_to_target,    // the host's kernel repeats its REQ or DREQ after a loss
  repeat_to_host,      // the target's kernel repeats its REP or DREQ after a loss
  provider_closes,     // iWARP: the host's provider reports the end of the stream
  provider_aborts,     // the same, as a reset
  provider_refuses,    // an MPA reject arrives, and the host's provider says refused, not reset
};
inline constexpr std::size_t env_step_count = 13;

bool enabled(const Connection& connection, EnvStep step);
Raised take(Connection& connection, EnvStep step);  // what the host's user is told

// The target's process dies: its kernel closes the id at once, one DREQ or REJ.
// (Closing later is the same: nobody acts between, and the datagram may be slow.)
void kill_target(Connection& connection);

// The target's process destroys its listener; a request that nobody has fetched goes with it.
void destroy_listener(Connection& connection);

// Nothing of it is left at either end or on the way.
bool forgotten(const Connection& connection);

}  // namespace qpcheck::model
