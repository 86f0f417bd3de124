// What the contract forbids an active id to be told, given what it was told before.
//
// Purpose: the "must never produce" of both transports as a function, so that the
// simulator can hold every event it queues against it, in every state of every search.
// Facts: cma.c: cma_ib_handler and cma_comp_exch; iwcm.c: cm_close_handler; ucma.c:
// ucma_event_handler.
#pragma once

#include <string_view>

#include "model/cm.hpp"
#include "model/event.hpp"

namespace qpcheck::model {

// The sentence that `next` would break; empty: it is allowed.
constexpr std::string_view forbidden(Transport transport, EventSet told, Event next) {
  const bool iw = transport == Transport::iw;
  const auto was_told = [told](Event event) { return told.has(event); };
  const bool established = was_told(Event::established) || was_told(Event::connect_response);
  const bool connects = next == Event::established || next == Event::connect_response;
  if (was_told(Event::device_removal)) return "nothing is queued after DEVICE_REMOVAL";
  if (next == Event::connect_request || next == Event::multicast_join || next == Event::multicast_error)
    return "a connecting id of the connected service gets no such event";
  if (connects && established) return "at most one ESTABLISHED";
  if ((next == Event::disconnected || next == Event::rejected || next == Event::timewait_exit) && was_told(next))
    return "at most one DISCONNECTED, REJECTED and TIMEWAIT_EXIT each";
  if (next == Event::disconnected && !established) return "no DISCONNECTED before ESTABLISHED on an active id";
  if ((next == Event::disconnected || connects) && was_told(Event::rejected))
    return "no DISCONNECTED and no ESTABLISHED after REJECTED";
  if ((next == Event::rejected || connects) && was_told(Event::disconnected))
    return "no ESTABLISHED and no REJECTED after DISCONNECTED";
  if (next == Event::timewait_exit && (iw || !was_told(Event::disconnected)))
    return iw ? "no TIMEWAIT_EXIT on iWARP" : "no TIMEWAIT_EXIT before DISCONNECTED";
  if (iw && next == Event::connect_response) return "no CONNECT_RESPONSE on iWARP";
  const bool refuses = next == Event::rejected || next == Event::unreachable || next == Event::connect_error;
  if (iw && refuses && established) return "no REJECTED, UNREACHABLE or CONNECT_ERROR after ESTABLISHED on iWARP";
  return {};
}

}  // namespace qpcheck::model
