// What an active id must never be told: each sentence once broken, and the good orders.
#include <catch2/catch.hpp>

#include <vector>

#include "model/never.hpp"

using namespace qpcheck::model;

namespace {

// The sentence that the last of these events breaks; empty: none does.
std::string_view last_breaks(Transport transport, const std::vector<Event>& events) {
  EventSet told;
  std::string_view broken;
  for (const Event event : events) {
    broken = forbidden(transport, told, event);
    told.bits |= EventSet::of(event).bits;
  }
  return broken;
}

constexpr Event response = Event::connect_response, established = Event::established,
                disconnected = Event::disconnected, rejected = Event::rejected, timewait_exit = Event::timewait_exit,
                removal = Event::device_removal, unreachable = Event::unreachable, address = Event::addr_change;

}  // namespace

TEST_CASE("the orders that real kernels show are allowed") {
  CHECK(last_breaks(Transport::ib, {response, disconnected, timewait_exit}) == "");
  CHECK(last_breaks(Transport::ib, {response, rejected}) == "");
  CHECK(last_breaks(Transport::ib, {response, unreachable, disconnected, unreachable, timewait_exit, unreachable}) ==
        "");
  CHECK(last_breaks(Transport::ib, {unreachable, rejected}) == "");
  CHECK(last_breaks(Transport::ib, {response, address, disconnected, address, removal}) == "");
  CHECK(last_breaks(Transport::iw, {established, disconnected, removal}) == "");
  CHECK(last_breaks(Transport::iw, {unreachable}) == "");
}

TEST_CASE("on both transports no second event of its kind, and nothing after DEVICE_REMOVAL") {
  for (const Transport transport : {Transport::ib, Transport::iw}) {
    INFO(name(transport));
    CHECK(last_breaks(transport, {established, established}) != "");
    CHECK(last_breaks(transport, {established, disconnected, disconnected}) != "");
    CHECK(last_breaks(transport, {rejected, rejected}) != "");
    CHECK(last_breaks(transport, {removal, removal}) != "");
    CHECK(last_breaks(transport, {established, removal, disconnected}) != "");
    CHECK(last_breaks(transport, {removal, address}) != "");
  }
}

TEST_CASE("a connection that never was does not end, and one that has ended does not begin") {
  for (const Transport transport : {Transport::ib, Transport::iw}) {
    INFO(name(transport));
    CHECK(last_breaks(transport, {disconnected}) != "");
    CHECK(last_breaks(transport, {rejected, established}) != "");
    CHECK(last_breaks(transport, {established, disconnected, established}) != "");
    CHECK(last_breaks(transport, {established, disconnected, rejected}) != "");
    CHECK(last_breaks(transport, {Event::connect_request}) != "");
  }
  CHECK(last_breaks(Transport::ib, {response, rejected, disconnected}) != "");
}

TEST_CASE("TIMEWAIT_EXIT follows DISCONNECTED, once, and never comes on iWARP") {
  CHECK(last_breaks(Transport::ib, {response, timewait_exit}) != "");
  CHECK(last_breaks(Transport::ib, {response, disconnected, timewait_exit, timewait_exit}) != "");
  CHECK(last_breaks(Transport::iw, {established, disconnected, timewait_exit}) != "");
}

TEST_CASE("on iWARP there is no CONNECT_RESPONSE, and nothing refuses an established connection") {
  CHECK(last_breaks(Transport::iw, {response}) != "");
  for (const Event refusal : {rejected, unreachable, Event::connect_error})
    CHECK(last_breaks(Transport::iw, {established, refusal}) != "");
}
