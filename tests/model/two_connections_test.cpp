// Two connections of one peer at one listener: the peer lets go of the first and connects
// again. What the target's application is told about both, in every order of arrival.
#include <set>

#include "tests/model/connections.hpp"
#include "model/fault.hpp"

using namespace qpcheck::model;
using namespace qpcheck::model::test;

namespace {

using Orders = std::set<std::string>;

// A peer that has left its first connection, and whose second request is under way.
struct Reconnecting {
  std::array<Connection, 2> of;
  explicit Reconnecting(Transport transport, Input leaves_by) : of{established(transport), connecting(transport)} {
    REQUIRE(apply(of[0], Side::host, leaves_by).error == 0);
    REQUIRE(of[0].to_side(Side::target).count == 1);
  }
};

// The target's next step on one connection: a message arrives, or its provider says the
// end of the stream. False: there is none.
bool step(Connection& connection, Raised& raised) {
  const Iw iw = connection.target().iw;
  if (iw == Iw::closing || iw == Iw::aborted) {
    raised = apply(connection, Side::target, Input::provider_close).raised;
    return true;
  }
  Wire& wire = connection.to_side(Side::target);
  if (wire.count == 0) return false;
  const Input input = received(wire.datagrams[0]);
  const std::uint8_t reason = wire.reasons[0];
  wire.pop();
  raised = apply(connection, Side::target, input, reason).raised;
  return true;
}

// Every order in which the target's channel can be told: "1 DISCONNECTED, 2 CONNECT_REQUEST".
void collect(const Reconnecting& peer, const std::string& told, Orders& orders) {
  bool moved = false;
  for (std::size_t i = 0; i < peer.of.size(); ++i) {
    Reconnecting next = peer;
    Raised raised;
    if (!step(next.of[i], raised)) continue;
    moved = true;
    const std::string more = raised.event == Event::none ? ""
                                                         : (told.empty() ? "" : ", ") + std::to_string(i + 1) + " " +
                                                               std::string(name(raised.event));
    collect(next, told + more, orders);
  }
  if (!moved) orders.insert(told);
}

Orders orders_of(const Reconnecting& peer) {
  Orders orders;
  collect(peer, "", orders);
  return orders;
}

const Orders either = {"1 DISCONNECTED, 2 CONNECT_REQUEST", "2 CONNECT_REQUEST, 1 DISCONNECTED"};

}  // namespace

TEST_CASE(
    "a peer that reconnects: its CONNECT_REQUEST comes before the DISCONNECTED of its first connection, or after") {
  for (const Transport transport : {Transport::ib, Transport::iw})
    for (const Input leaves_by : {Input::disconnect, Input::destroy}) {
      INFO(name(transport) << " " << name(leaves_by));
      CHECK(orders_of(Reconnecting(transport, leaves_by)) == either);
    }
}

TEST_CASE("a peer that reconnects: its CONNECT_REQUEST comes without a DISCONNECTED, when its one DREQ was lost") {
  Reconnecting peer(Transport::ib, Input::destroy);
  hit(peer.of[0], Fault::drop, Side::target);
  CHECK(orders_of(peer) == Orders{"2 CONNECT_REQUEST"});
  CHECK(up(peer.of[0], Side::target));
  CHECK_FALSE(enabled(peer.of[0], EnvStep::repeat_to_target));  // a destroyed id repeats nothing
}
