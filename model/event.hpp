// The sixteen events of librdmacm, and the words for them.
//
// Purpose: the contract's own names for what rdma_get_cm_event returns, so that
// tables and observations need no RDMA header. The numbers are librdmacm's
// (sim/rdmacm.cpp asserts it), so an unknown number stays representable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace qpcheck::model {

enum class Event : std::uint8_t {
  addr_resolved, addr_error, route_resolved, route_error, connect_request, connect_response,
  connect_error, unreachable, rejected, established, disconnected, device_removal,
  multicast_join, multicast_error, addr_change, timewait_exit,
  none = 255,
};

inline constexpr std::size_t event_count = 16;

inline constexpr std::array<std::string_view, event_count> event_names = {
    "ADDR_RESOLVED", "ADDR_ERROR", "ROUTE_RESOLVED", "ROUTE_ERROR", "CONNECT_REQUEST",
    "CONNECT_RESPONSE", "CONNECT_ERROR", "UNREACHABLE", "REJECTED", "ESTABLISHED",
    "DISCONNECTED", "DEVICE_REMOVAL", "MULTICAST_JOIN", "MULTICAST_ERROR", "ADDR_CHANGE",
    "TIMEWAIT_EXIT"};

constexpr std::string_view name(Event event) {
  const auto index = static_cast<std::size_t>(event);
  return index < event_count ? event_names[index] : "unknown event";
}

// A set of events: what a wait is for.
struct EventSet {
  std::uint16_t bits = 0;

  constexpr EventSet() = default;
  constexpr explicit EventSet(std::uint16_t raw) : bits(raw) {}
  template <class... Events>
    requires(sizeof...(Events) > 0)
  static constexpr EventSet of(Events... events) {
    return EventSet(static_cast<std::uint16_t>((bit(events) | ...)));
  }
  static constexpr EventSet all() { return EventSet(static_cast<std::uint16_t>((1u << event_count) - 1)); }
  constexpr bool has(Event event) const {
    return (bits & bit(event)) != 0;
  }
  // Numbers that rdma-core does not know are in no set.
  static constexpr unsigned bit(Event event) {
    return static_cast<std::size_t>(event) < event_count ? 1u << static_cast<unsigned>(event) : 0u;
  }
  constexpr bool empty() const { return bits == 0; }
  constexpr bool operator==(const EventSet&) const = default;
};

// "ESTABLISHED, DISCONNECTED"
inline std::string names_of(EventSet events) {
  std::string text;
  for (std::size_t i = 0; i < event_count; ++i)
    if (events.has(static_cast<Event>(i))) text += (text.empty() ? "" : ", ") + std::string(event_names[i]);
  return text;
}

}  // namespace qpcheck::model
