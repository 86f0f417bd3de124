// What both lower connection managers of Linux share: ib_cm (InfiniBand, RoCE) and iw_cm (iWARP).
//
// Purpose: one vocabulary for what can reach one end of a connection (a call, a
// message from the peer, the kernel's or the provider's own doing) and for what an
// end sends. The two tables (cm_ib.hpp, cm_iw.hpp) are written in it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/event.hpp"

namespace qpcheck::model {

enum class Transport : std::uint8_t { ib, iw };
inline constexpr std::array<std::string_view, 2> transport_names = {"ib", "iwarp"};
constexpr std::string_view name(Transport transport) { return transport_names[static_cast<std::size_t>(transport)]; }

// A message between the two kernels. On IB and RoCE a datagram of the CM, which may
// be lost; on iWARP a part of the TCP stream, which may only be late.
enum class Datagram : std::uint8_t {
  none, req, rep, rtu, mra, rej, dreq, drep,
  mpa_request, mpa_reply, mpa_reject, fin, rst,
};
inline constexpr std::array<std::string_view, 13> datagram_names = {
    "-", "REQ", "REP", "RTU", "MRA", "REJ", "DREQ", "DREP", "MPA request", "MPA reply", "MPA reject", "FIN", "RST"};
constexpr std::string_view name(Datagram datagram) { return datagram_names[static_cast<std::size_t>(datagram)]; }

enum class Input : std::uint8_t {
  // calls of the application (or of librdmacm on its behalf)
  connect, accept_rep, accept_rtu, disconnect, notify, reject, destroy,
  // messages received, in the order of Datagram
  req, rep, rtu, mra, rej, dreq, drep, mpa_request, mpa_reply, mpa_reject, fin, rst,
  // the kernel's own
  callback_done, retries_exhausted, timewait_over, stale_detected,
  // the iWARP provider's own
  provider_established, provider_close, provider_abort, provider_refused, provider_error,
};
inline constexpr std::array<std::string_view, 28> input_names = {
    "connect", "accept (REP)", "accept (RTU)", "disconnect", "notify", "reject", "destroy",
    "REQ", "REP", "RTU", "MRA", "REJ", "DREQ", "DREP", "MPA request", "MPA reply", "MPA reject", "FIN", "RST",
    "callback done", "retries exhausted", "timewait over", "stale connection detected",
    "provider: established", "provider: close", "provider: abort", "provider: refused", "provider: error"};
constexpr std::string_view name(Input input) { return input_names[static_cast<std::size_t>(input)]; }
constexpr bool is_call(Input input) { return input <= Input::destroy; }

// A received message as an input of a table.
constexpr Input received(Datagram datagram) {
  return static_cast<Input>(static_cast<unsigned>(Input::req) + static_cast<unsigned>(datagram) - 1);
}
static_assert(received(Datagram::req) == Input::req && received(Datagram::rst) == Input::rst);

enum class Guard : std::uint8_t {
  always, listening, backlog_full, nobody_listens, peer_off, no_neighbour, stale, datagram_not_posted, active_roce,
  answers_no_request,
};
inline constexpr std::array<std::string_view, 10> guard_names = {"",
                                                                 "a process listens",
                                                                 "its backlog is full",
                                                                 "nobody listens",
                                                                 "the peer's host is off",
                                                                 "nobody answers for the peer's address",
                                                                 "stale connection (reason 10)",
                                                                 "the datagram cannot be posted",
                                                                 "active side, RoCE",
                                                                 "the REJ answers no REQ"};
constexpr std::string_view name(Guard guard) { return guard_names[static_cast<std::size_t>(guard)]; }

}  // namespace qpcheck::model
