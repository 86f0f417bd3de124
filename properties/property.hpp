// What a property is: an id, a sentence, and an automaton over observations.
//
// Purpose: the list of all properties, and the set of them that a check looks at.
// The ids are part of the interface: they stand in traces, tables and on the
// command line. Each automaton has a file of its own in this folder.
// Invariants: an automaton is a plain value without pointers; its bytes are part
// of a state's identity; it sees observations and the view, and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qpcheck::properties {

enum class Property : std::uint8_t {
  awaited_once,
  possible_wait,
  no_needless_timeout,
  nothing_left,
  no_use_after_destroy,
  requests_complete_once,
  legal_calls,
  flag_agrees,
  life_cycle,
  no_lost_event,
  told_once,
  comes_back,
  keeps_time,
  qp_to_error,
  answers_arrive,
  gives_back,
  finishes,  // judged by the search: no automaton
  no_crash,  // judged by the world: always looked at
};
inline constexpr std::size_t property_count = 18;

struct PropertyInfo {
  Property id;
  std::string_view name;
  std::string_view sentence;
  std::string_view antecedent;  // without it a verdict says nothing: `vacuous`
};

inline constexpr std::array<PropertyInfo, property_count> property_infos = {{
    {Property::awaited_once, "awaited-once",
     "the program awaits the disconnection of a connection at most once, and never after it has handled it",
     "a disconnection is awaited"},
    {Property::possible_wait, "possible-wait", "no wait is armed or kept when nothing can satisfy it any more",
     "something is awaited"},
    {Property::no_needless_timeout, "no-needless-timeout",
     "a deadline of a teardown expires only when a spent fault excuses it", "a teardown waits or lingers"},
    {Property::nothing_left, "nothing-left",
     "when a teardown has finished, all it held is released and every fetched event acknowledged",
     "a teardown finishes"},
    {Property::no_use_after_destroy, "no-use-after-destroy",
     "no call, event or completion concerns a destroyed id, QP, CQ, PD or MR, or a freed request", "a call is made"},
    {Property::requests_complete_once, "requests-complete-once",
     "every accepted work request is completed to the application exactly once, and truly; none is refused without "
     "need",
     "a request is accepted"},
    {Property::legal_calls, "legal-calls", "every API call is legal for its object's state", "a call is made"},
    {Property::flag_agrees, "flag-agrees", "the qpair's `connected` agrees with the CM, up to events not yet handled",
     "the flag is set"},
    {Property::life_cycle, "life-cycle", "the qpair only makes transitions that its table declares", "the qpair moves"},
    {Property::no_lost_event, "no-lost-event", "no event is discarded unhandled, unless its id is destroyed",
     "an event is handled"},
    {Property::told_once, "told-once",
     "the application learns once that a connection is up, and once that it is gone, truly and without delay",
     "the application is told that a connection is up"},
    {Property::comes_back, "comes-back",
     "what nothing hinders connects: at first, and again after reset or failover with a live target; that it did is "
     "said truly",
     "an attempt to connect, a reset or a failover ends that nothing has hindered"},
    {Property::keeps_time, "keeps-time",
     "a wait lasts as long as it said, and as the options say, and no longer than until what it is for is there, or "
     "was handled",
     "something is awaited"},
    {Property::qp_to_error, "qp-to-error",
     "once the end of a connection was handled, its QP is in the error state, or destroyed",
     "the end of a connection is handled"},
    {Property::answers_arrive, "answers-arrive",
     "a message can be read, and what the peer answers finds a receive that takes it, and comes to the application as "
     "it was sent",
     "a message is sent"},
    {Property::gives_back, "gives-back",
     "when all is connected again, the memory of the finished connections is given back",
     "all is connected a second time"},
    {Property::finishes, "finishes",
     "every teardown that was requested finishes, and every attempt to connect ends, under fair scheduling",
     "a teardown is requested"},
    {Property::no_crash, "no-crash", "the program neither crashes nor fails an assertion of its own", "a call is made"},
}};

constexpr const PropertyInfo& info(Property property) { return property_infos[static_cast<std::size_t>(property)]; }
constexpr std::string_view name(Property property) { return info(property).name; }

constexpr std::optional<Property> property_named(std::string_view name) {
  for (const PropertyInfo& info : property_infos)
    if (info.name == name) return info.id;
  return std::nullopt;
}

struct PropertySet {
  std::uint32_t bits = 0;
  constexpr bool has(Property property) const { return ((bits >> static_cast<unsigned>(property)) & 1u) != 0; }
  constexpr void add(Property property) { bits |= 1u << static_cast<unsigned>(property); }
  constexpr bool empty() const { return bits == 0; }
  constexpr void remove(Property property) { bits &= ~(1u << static_cast<unsigned>(property)); }
  // Looked at whatever a check asks for: after one of these nothing else means anything.
  static constexpr PropertySet always() {
    PropertySet set;
    for (const Property property : {Property::legal_calls, Property::no_use_after_destroy, Property::no_crash})
      set.add(property);
    return set;
  }
  static constexpr PropertySet all() { return {(1u << property_count) - 1}; }
};

}  // namespace qpcheck::properties
