// The faults that a run may spend, as data, and what each does to one connection.
//
// Purpose: the names, meanings and bounds of all faults in one table; command line,
// lists, reports and the simulator read it. A fault within the contract is something
// that Linux, a network or a peer may really do (cm.c and the sources that the tables
// name); one beyond the contract is insurance, and is marked so wherever it shows.
// Whoever spends a fault says for which connection it excuses a timeout: the one it
// hit (`connection`), all with that target (`target`), all on the device (`device`).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/connection.hpp"

namespace qpcheck::model {

enum class Fault : std::uint8_t {
  kill, hang, power, reboot, drop, delay, reorder, remove, neighbour, refuse, stale, enomem, eio, peer_disconnect,
  lose_event, duplicate_event, reorder_in_id, unknown_event,
};
inline constexpr std::size_t fault_count = 18;

enum class Excuses : std::uint8_t { nothing, linger, connection, target, device };
inline constexpr std::array<std::string_view, 5> excuses_names = {
    "excuses no timeout", "excuses that a connection lingers in vain whose ibv_modify_qp it fails",
    "excuses a timeout of the connection that it hits", "excuses timeouts of all connections with that target",
    "excuses timeouts of all connections on the device"};
constexpr std::string_view name(Excuses excuses) { return excuses_names[static_cast<std::size_t>(excuses)]; }

// Whether it may hold up a flush, so that a linger that times out is excused, too (after
// DEVICE_REMOVAL only until the program has acknowledged it; of a call that fails only where it
// is ibv_modify_qp, with EIO or ENOMEM, and of an event for which there was no memory): the QP of a
// peer that says nothing is flushed as any other is.
enum class Flush : std::uint8_t { goes_on, held_up };

// Whether a connection may fail to come back after it: at any attempt, or only at this one.
enum class Hinders : std::uint8_t { coming_back, one_attempt };

enum class On : std::uint8_t { both, ib, iwarp };  // the transports on which something can happen

struct FaultInfo {
  Fault fault;
  std::string_view name;
  std::string_view sentence;
  Excuses excuses;
  On on;
  bool within_contract;
  Flush flush = Flush::goes_on;
  Hinders hinders = Hinders::coming_back;
};

// clang-format off
inline constexpr std::array<FaultInfo, fault_count> fault_infos = {{
    {Fault::kill, "kill", "a target's process dies; its kernel closes its ids with one DREQ, REJ or reset each",
     Excuses::nothing, On::both, true},
    {Fault::hang, "hang", "a target's process is stopped: its kernel goes on, its application does nothing",
     Excuses::target, On::both, true},
    {Fault::power, "power", "a target's host loses power: nothing comes from it any more", Excuses::target, On::both,
     true},
    {Fault::reboot, "reboot",
     "a target's host restarts: what was under way to it is lost, it knows no connection of before, and listens again",
     Excuses::target, On::both, true},
    {Fault::drop, "drop", "a datagram of the CM, or the answer to a resolution, is lost", Excuses::connection, On::ib,
     true},
    {Fault::delay, "delay", "what is under way for a connection comes after the next deadline", Excuses::connection,
     On::both, true, Flush::held_up},
    {Fault::reorder, "reorder", "two datagrams of one connection and direction change places", Excuses::nothing, On::ib,
     true},
    {Fault::remove, "remove", "the host's RDMA device is removed: DEVICE_REMOVAL, then ENXIO or EIO", Excuses::device,
     On::both, true, Flush::held_up},
    {Fault::neighbour, "neighbour",
     "the target's link address changes (UNREACHABLE), or a bond fails over (ADDR_CHANGE); on RoCE the change may cost "
     "the connection its way back: its DREQ arrives, a DREP never", Excuses::connection, On::both, true},
    {Fault::refuse, "refuse",
     "the target's application rejects a connection request, or (iWARP) its reply is not understood: CONNECT_ERROR",
     Excuses::nothing, On::both, true},
    {Fault::stale, "stale",
     "the target's kernel holds an older connection with this queue pair number: REJECTED with reason 10",
     Excuses::nothing, On::ib, true, Flush::goes_on, Hinders::one_attempt},
    {Fault::enomem, "enomem",
     "a call fails for want of memory (rdma_disconnect: its DREQ is silently not sent), or the kernel has none for an "
     "event, which is lost", Excuses::connection, On::both, true},
    {Fault::eio, "eio", "a call fails with EIO", Excuses::linger, On::both, true, Flush::held_up},
    {Fault::peer_disconnect, "peer-disconnect", "the target's application disconnects unasked", Excuses::nothing,
     On::both, true},
    {Fault::lose_event, "lose-event", "an event that is queued for the program disappears", Excuses::connection,
     On::both, false},
    {Fault::duplicate_event, "duplicate-event", "an event that is queued for the program is there twice",
     Excuses::nothing, On::both, false},
    {Fault::reorder_in_id, "reorder-in-id", "two queued events of one rdma_cm_id change places", Excuses::nothing,
     On::both, false},
    {Fault::unknown_event, "unknown-event", "an event with a number that rdma-core does not know is queued",
     Excuses::nothing, On::both, false},
}};
// clang-format on

static_assert(in_order(fault_infos, &FaultInfo::fault), "a fault's row stands at its number");

constexpr const FaultInfo& info(Fault fault) { return fault_infos[static_cast<std::size_t>(fault)]; }
constexpr std::string_view name(Fault fault) { return info(fault).name; }

constexpr std::optional<Fault> fault_named(std::string_view name) {
  for (const FaultInfo& info : fault_infos)
    if (info.name == name) return info.fault;
  return std::nullopt;
}

// How many of each fault a run may still spend, and how many of any within the contract.
struct Budget {
  std::array<std::uint8_t, fault_count> of{};
  std::uint8_t any = 0;

  constexpr bool allows(Fault fault) const {
    return of[static_cast<std::size_t>(fault)] > 0 || (any > 0 && info(fault).within_contract);
  }
  constexpr void spend(Fault fault) {
    auto& own = of[static_cast<std::size_t>(fault)];
    --(own > 0 ? own : any);
  }
  constexpr std::uint8_t& operator[](Fault fault) { return of[static_cast<std::size_t>(fault)]; }
  constexpr std::uint8_t total() const {
    unsigned sum = any;
    for (const std::uint8_t count : of) sum += count;
    return static_cast<std::uint8_t>(sum);
  }
  constexpr bool empty() const { return *this == Budget{}; }
  constexpr bool within_contract() const {
    for (const FaultInfo& info : fault_infos)
      if (!info.within_contract && of[static_cast<std::size_t>(info.fault)] > 0) return false;
    return true;
  }
  constexpr bool operator==(const Budget&) const = default;
};

// Of each fault the smaller number.
constexpr Budget fewest(const Budget& a, const Budget& b) {
  Budget both;
  for (std::size_t i = 0; i < fault_count; ++i) both.of[i] = a.of[i] < b.of[i] ? a.of[i] : b.of[i];
  both.any = a.any < b.any ? a.any : b.any;
  return both;
}

constexpr Budget one(Fault fault, std::uint8_t times = 1) {
  Budget budget;
  budget[fault] = times;
  return budget;
}

// A run whose whole budget is this one fault can spend it. On iWARP no id has two events
// queued that could change places, unless another fault ended its connection.
constexpr bool spendable_alone(Fault fault, Transport transport) {
  return transport == Transport::ib || (info(fault).on == On::both && fault != Fault::reorder_in_id);
}

// Faults that hit one connection; `towards` matters to drop and reorder only. May the
// fault be spent here and now, and would anything come of it?
bool may_hit(const Connection& connection, Fault fault, Side towards = Side::host);
// REQUIRES may_hit. What the host's user is told.
Raised hit(Connection& connection, Fault fault, Side towards = Side::host);

// RoCE: the neighbour's change deleted the address that the connection was made with. What
// the host sends arrives, what the target sends for this connection does not. Its user is told
// UNREACHABLE, as of a change that it survives. (With `neighbour`; only this excuses a timeout.)
bool may_lose_way_back(const Connection& connection);
Raised lose_way_back(Connection& connection);

// The bond that the host's device is part of fails over: ADDR_CHANGE. (With `neighbour`.)
bool may_change_address(const Connection& connection);
Raised change_address(Connection& connection);

// iWARP: the host's provider makes nothing of the peer's MPA reply: CONNECT_ERROR. (With `refuse`.)
bool may_mangle_reply(const Connection& connection);
Raised mangle_reply(Connection& connection);

}  // namespace qpcheck::model
