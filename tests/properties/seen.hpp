// Observations and views written by hand, as short as a story.
#pragma once

#include <initializer_list>

#include "model/observation.hpp"

namespace qpcheck::properties::test {

using model::Connection;
using model::Event;
using model::EventSet;
using model::Observation;
using model::Seen;
using model::View;

inline Observation seen(Seen kind, std::uint8_t qpair = 0, std::uint8_t slot = 0) {
  Observation observation;
  observation.kind = kind;
  observation.qpair = qpair;
  observation.slot = slot;
  return observation;
}
inline Observation called(const char* name, std::uint8_t slot = 0) {
  Observation observation = seen(Seen::call, 0, slot);
  observation.text = name;
  return observation;
}
inline Observation of_event(Seen kind, Event event, std::uint8_t slot = 0) {
  Observation observation = seen(kind, 0, slot);
  observation.event = event;
  return observation;
}
inline Observation wait_for(EventSet events, std::uint8_t qpair = 0, std::uint8_t slot = 0) {
  Observation observation = seen(Seen::wait_begins, qpair, slot);
  observation.events = events;
  observation.text = "disconnect";
  return observation;
}
inline Observation wait_for(Event event, std::uint8_t qpair = 0, std::uint8_t slot = 0) {
  return wait_for(EventSet::of(event), qpair, slot);
}
inline Observation wait_ends(const char* how, std::uint8_t qpair = 0, std::uint8_t slot = 0) {
  Observation observation = seen(Seen::wait_ends, qpair, slot);
  observation.text = how;
  return observation;
}
inline Observation flag(bool connected, std::uint8_t qpair = 0) {
  Observation observation = seen(Seen::flag, qpair);
  observation.status = connected ? 1 : 0;
  return observation;
}
inline Observation step_ends() {
  Observation observation;
  observation.kind = Seen::step_ends;
  return observation;
}

// A connection of qpair 0 in slot 0, as far as its two ends are.
inline View view_of(const Connection& connection) {
  View view;
  view.slots[0].connection = connection;
  view.slots[0].id_alive = view.slots[0].qp_alive = view.slots[0].device_there = true;
  view.slots[0].qpair = 0;
  return view;
}

// The connection is up on both sides and nothing is under way.
inline Connection established() {
  Connection connection;
  connection.target_listens = true;
  for (model::End& end : connection.ends) end = {model::Ib::established, model::Cma::connect};
  return connection;
}

}  // namespace qpcheck::properties::test
