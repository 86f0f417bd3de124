// The contract of the sixteen events: what each means, who gets it, when, and how often.
//
// Purpose: the rules that hold for any run, as data; docs/contract.md prints them, and
// the tests of model/ compare them with every state that a connection can reach.
// Facts: Linux 6.12 and 6.17-rc3, drivers/infiniband/core/{cma,cm,iwcm,ucma}.c;
// rdma-core 65, librdmacm/cma.c.
// Invariants (asserted): one rule for each event, in the order of Event.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/cm.hpp"
#include "model/event.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

// How often one id may be told an event on a transport.
enum class Often : std::uint8_t { never, once, repeatedly };
inline constexpr std::array<std::string_view, 3> often_names = {"never", "once at most", "may repeat"};
constexpr std::string_view name(Often often) { return often_names[static_cast<std::size_t>(often)]; }

struct EventRule {
  Event event;
  std::string_view meaning;
  std::string_view status;  // what `status` may be, in words
  std::string_view who;
  std::string_view when;
  std::string_view how_often;
  std::array<Often, 2> of_id;  // by Transport: RC connections on IB and RoCE, on iWARP
  bool may_be_zero, may_be_negative, may_be_positive;  // `status`, for a machine
};

// clang-format off
inline constexpr std::array<EventRule, event_count> event_rules = {{
  {Event::addr_resolved, "the address is found, and the id has a device", "0",
   "active side", "after rdma_resolve_addr", "once: an id's address is resolved once", {Often::once, Often::once}, true,
   false, false},
  {Event::addr_error, "the address was not found", "-errno; -1: librdmacm's own query failed",
   "active side", "after rdma_resolve_addr", "once for each call that fails; the call may be repeated",
   {Often::repeatedly, Often::repeatedly}, false, true, false},
  {Event::route_resolved, "a path to the address is known", "0",
   "active side", "after rdma_resolve_route", "once: an id's route is resolved once", {Often::once, Often::once}, true,
   false, false},
  {Event::route_error, "no path to the address is known",
   "-errno, or the status of the subnet administrator; -1: librdmacm's own query failed",
   "active side", "after rdma_resolve_route", "once for each call that fails; the call may be repeated",
   {Often::repeatedly, Often::repeatedly}, false, true, true},
  {Event::connect_request, "a peer wants to connect; the event brings a new id", "0",
   "passive side, on the listener's channel", "while the listener listens",
   "once for each new id; one attempt of a peer can make several ids", {Often::once, Often::once}, true, false, false},
  {Event::connect_response, "the peer accepted, and the application has to call rdma_establish", "0",
   "active side, IB and RoCE, an id without a QP", "while connecting",
   "once; an id with a QP is told ESTABLISHED or CONNECT_ERROR instead, when the event is fetched",
   {Often::once, Often::never}, true, false, false},
  {Event::connect_error, "connecting failed at this end",
   "IB and RoCE: -1 or -errno of a QP's move or of the accept; iWARP: the provider's -errno",
   "active side", "while connecting, before ESTABLISHED",
   "once; on IB and RoCE librdmacm swallows REJECTED and DISCONNECTED behind it", {Often::once, Often::once}, false,
   true, false},
  {Event::unreachable,
   "nobody answers; or, on RoCE, the neighbour's link address changed, and the connection may be well", "-ETIMEDOUT",
   "active side; IB and RoCE: passive side after rdma_accept",
   "while connecting; because of a neighbour: on a RoCE active id at any time from route resolution on, also behind "
   "TIMEWAIT_EXIT",
   "once for a REQ or REP that is given up; any number of times for a neighbour", {Often::repeatedly, Often::once},
   false, true, false},
  {Event::rejected, "the peer, or its kernel, refuses or gives up the connection",
   "IB and RoCE: the positive reason of the REJ; iWARP: -ECONNREFUSED or -ECONNRESET",
   "active side; IB and RoCE: passive side after rdma_accept, and either side after ESTABLISHED",
   "while connecting; IB and RoCE: also while established or disconnecting",
   "once; nothing follows but news of the device or the neighbour", {Often::once, Often::once}, false, true, true},
  {Event::established, "the connection is up", "0",
   "both sides", "while connecting; on an active IB or RoCE id only by fetching, which sends the RTU",
   "once, and never behind DISCONNECTED", {Often::once, Often::once}, true, false, false},
  {Event::disconnected, "the connection is over",
   "0; IB and RoCE: -ETIMEDOUT if the DREQ was never answered; iWARP: the provider's status, 0 or -ECONNRESET",
   "both sides", "after ESTABLISHED; IB and RoCE: on the passive side also after rdma_accept alone", "never or once",
   {Often::once, Often::once}, true, true, false},
  {Event::device_removal, "the device goes away; the kernel closes the id, the application has to destroy it", "0",
   "any id that is bound to the device and known to user space", "any time", "once, and nothing is queued behind it",
   {Often::once, Often::once}, true, false, false},
  {Event::multicast_join, "a multicast group was joined", "0",
   "datagram service only", "after rdma_join_multicast",
   "once for each join; qpcheck has connected service only and never produces it", {Often::never, Often::never}, true,
   false, false},
  {Event::multicast_error, "joining failed, or the group is lost", "the status of the subnet administrator, or -errno",
   "datagram service only", "after rdma_join_multicast",
   "also behind a MULTICAST_JOIN; qpcheck has connected service only and never produces it",
   {Often::never, Often::never}, false, true, true},
  {Event::addr_change, "a bond failed over to another port; a hint", "0",
   "ids that are bound to a bonded device", "any time", "any number of times", {Often::repeatedly, Often::repeatedly},
   true, false, false},
  {Event::timewait_exit, "the queue pair's number may be used again", "0",
   "both sides, IB and RoCE", "after DISCONNECTED, when the id has gone through TIMEWAIT",
   "never or once: not after REJECTED, not if the id is destroyed first", {Often::once, Often::never}, true, false,
   false},
}};
// clang-format on

static_assert(in_order(event_rules, &EventRule::event), "an event's rule stands at its number");

constexpr const EventRule& rule_of(Event event) { return event_rules[static_cast<std::size_t>(event)]; }
constexpr Often how_often(Event event, Transport transport) {
  return rule_of(event).of_id[static_cast<std::size_t>(transport)];
}
constexpr bool may_repeat(Event event, Transport transport) { return how_often(event, transport) == Often::repeatedly; }
constexpr bool may_have(Event event, int status) {
  const EventRule& rule = rule_of(event);
  return status == 0 ? rule.may_be_zero : status < 0 ? rule.may_be_negative : rule.may_be_positive;
}

}  // namespace qpcheck::model
