// Connecting: what librdmacm does in user space while it shows events.
#include <cstring>

#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Ib;
using qpcheck::model::Side;

TEST_CASE("a connection is established by calls, deliveries and fetches, in this order") {
  Bench bench;
  Program app;
  Fetched fetched;
  const auto next = [&] {
    bench.run([&] { fetched = app.next(); });
    return fetched;
  };
  REQUIRE(bench.run([&] { app.open(), app.resolve_address(); }) == StepEnd::completed);
  CHECK(bench.offered() == std::vector<std::string>{"put off answer id0", "resolve id0"});
  bench.take("resolve id0");
  CHECK(next() == told(Event::addr_resolved));
  CHECK(app.id->verbs == device_context(0));
  bench.run([&] { rdma_resolve_route(app.id, 1000); });
  bench.take("resolve id0");
  CHECK(next() == told(Event::route_resolved));
  bench.run([&] { app.create_qp(), rdma_connect(app.id, nullptr); });
  bench.take("deliver REQ id0 at target");
  bench.take("target accepts id0");
  bench.take("deliver REP id0");
  CHECK(bench.offered().empty());  // it goes on by the fetch
  CHECK(next() == told(Event::established));
  bench.take("deliver RTU id0 at target");
  CHECK(bench.slot().connection.target().ib == Ib::established);
  CHECK(bench.offered().empty());
}

TEST_CASE("fetching CONNECT_RESPONSE moves the QP to RTS and sends the RTU") {
  Connecting bench;
  bench.until_responded();
  CHECK(bench.slot().qp == QpState::init);
  CHECK(bench.app.id->qp->state == IBV_QPS_INIT);
  CHECK(bench.datagrams_to(Side::target) == "");
  CHECK(bench.next() == told(Event::established));
  CHECK(bench.slot().qp == QpState::rts);
  CHECK(bench.app.id->qp->state == IBV_QPS_RTS);
  CHECK(bench.datagrams_to(Side::target) == "RTU");
}

TEST_CASE("the program is established when it acknowledged ESTABLISHED, not before") {
  Connecting bench;
  bench.until_responded();
  bench.run([&] { bench.app.fetch(); });
  CHECK_FALSE(kernel().view().slots[0].established);
  CHECK(kernel().view().slots[0].held.has(Event::established));
  bench.run([&] { rdma_ack_cm_event(bench.app.held); });
  CHECK(kernel().view().slots[0].established);
  CHECK(kernel().view().slots[0].held.empty());
}

TEST_CASE(
    "a disconnect before the fetch makes CONNECT_ERROR of the response, and later REJECTEDs are "
    "swallowed") {
  Connecting bench(one_kill);
  bench.until_responded();
  CHECK(bench.disconnect() == 0);
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.slot().connection.host().ib == Ib::mra_rep_sent);  // the attempt goes on in the CM
  CHECK(bench.next() == told(Event::connect_error, -1));
  CHECK(bench.datagrams_to(Side::target) == "");  // no RTU, no REJ
  bench.take("kill target");
  bench.take("deliver REJ id0");
  CHECK(kernel().shared.queued == 1);
  CHECK(bench.next() == nothing);
  CHECK(kernel().shared.queued == 0);
}

TEST_CASE(
    "a REJ that arrives before the fetch makes CONNECT_ERROR, and the REJECTED behind it is "
    "swallowed") {
  Connecting bench(one_kill);
  bench.until_responded();
  bench.take("kill target");
  bench.take("deliver REJ id0");
  CHECK(kernel().shared.queued == 2);
  CHECK(bench.next() == told(Event::connect_error, -1));
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.next() == nothing);
}

TEST_CASE("REJECTED moves the QP to the error state at its fetch") {
  Connecting bench(one_kill);
  bench.until_requested();
  bench.take("kill target");
  bench.take("deliver REQ id0 at target");
  bench.take("deliver REJ id0");
  CHECK(bench.slot().qp == QpState::init);
  CHECK(bench.next() == told(Event::rejected, qpcheck::model::reason_invalid_service));
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.app.id->qp->state == IBV_QPS_ERR);
}

TEST_CASE("a REQ that nobody answers is given up after the kernel's retries") {
  Connecting bench;
  bench.until_requested();
  const std::uint32_t earliest = Kernel::retries_ms - Kernel::retries_may_end_ms;
  CHECK(kernel().next_timer_ms() == earliest);
  kernel().advance(earliest - 1);
  CHECK_FALSE(bench.offers("give up retransmission id0"));
  kernel().advance(1);
  CHECK(bench.offers("give up retransmission id0"));  // a newer kernel would
  CHECK(kernel().next_timer_ms() == Kernel::retries_may_end_ms);
  kernel().advance(Kernel::retries_may_end_ms);
  bench.take("give up retransmission id0");
  CHECK(bench.next() == told(Event::unreachable, -ETIMEDOUT));
  CHECK(bench.slot().qp == QpState::init);  // UNREACHABLE moves no QP
  CHECK(kernel().next_timer_ms() == no_timer);
}

TEST_CASE("the second target is reached by its own address, and dies by itself") {
  Connecting bench(one_kill);
  bench.run([&] { bench.app.resolve_address(1); });
  CHECK(bench.slot().target == 1);
  CHECK(bench.offers("kill target"));
  bench.take("kill target 2");
  CHECK_FALSE(bench.slot().connection.target_listens);
  CHECK(kernel().shared.targets[0] == TargetState::runs);
  CHECK(bench.offered() == std::vector<std::string>{"put off answer id0", "resolve id0"});  // the budget is spent
}

TEST_CASE("calls out of turn fail with EINVAL and change nothing") {
  Connecting bench;
  int results[3] = {};
  int error = 0;
  bench.run([&] {
    results[0] = rdma_connect(bench.app.id, nullptr);
    results[1] = rdma_disconnect(bench.app.id);
    results[2] = rdma_ack_cm_event(nullptr);
    error = errno;
  });
  for (const int result : results) CHECK(result == -1);
  CHECK(error == EINVAL);
  CHECK(bench.offered().empty());
  CHECK(bench.count_seen(qpcheck::model::Seen::misuse) == 0);
}

namespace {

// What the event that was fetched last says of the connection.
struct Parameters {
  std::string private_data;  // null: "none"
  std::size_t size = 0;
  unsigned initiator_depth = 0, responder_resources = 0;
};

Parameters parameters_at(Connecting& bench) {
  Parameters parameters;
  bench.run([&] {
    if (bench.app.fetch().result != 0) return;
    const rdma_conn_param& told = bench.app.held->param.conn;
    if (told.private_data == nullptr) parameters.private_data = "none";
    else
      parameters.private_data.assign(static_cast<const char*>(told.private_data),
                                     strnlen(static_cast<const char*>(told.private_data), told.private_data_len));
    parameters.size = told.private_data_len;
    parameters.initiator_depth = told.initiator_depth;
    parameters.responder_resources = told.responder_resources;
    rdma_ack_cm_event(bench.app.held);
  });
  return parameters;
}

void connect_with(Connecting& bench, const char* private_data) {
  bench.until_route_resolved();
  bench.run([&] {
    rdma_conn_param parameters{};
    parameters.private_data = private_data;
    parameters.private_data_len = private_data == nullptr ? 0 : static_cast<std::uint8_t>(std::strlen(private_data));
    parameters.initiator_depth = 3;
    parameters.responder_resources = 5;
    bench.app.create_qp(), rdma_connect(bench.app.id, &parameters);
  });
}

}  // namespace

TEST_CASE("ESTABLISHED carries private data and the other end's parameters") {
  for (const bool iw : {false, true})
    for (const char* const sent : {"hello", static_cast<const char*>(nullptr)}) {
      Connecting bench(with({}, iw ? qpcheck::model::Transport::iw : qpcheck::model::Transport::ib));
      connect_with(bench, sent);
      bench.settle();
      const Parameters told = parameters_at(bench);
      CHECK(told.private_data == (sent != nullptr ? sent : iw ? "none" : ""));
      CHECK(told.size == (iw ? (sent != nullptr ? 5u : 0u) : 196u));
      CHECK(told.initiator_depth == 5);
      CHECK(told.responder_resources == 3);
    }
}

TEST_CASE("REJECTED carries a REJ's private data on IB") {
  Connecting bench(with({Fault::refuse}));
  connect_with(bench, "hello");
  bench.take("deliver REQ id0 at target");
  bench.take("target refuses id0");
  bench.settle();
  const Parameters told = parameters_at(bench);
  CHECK(told.private_data.empty());
  CHECK(told.size == 148);
}

TEST_CASE("rdma_connect takes 56 bytes of private data and no more") {
  Connecting bench;
  bench.until_route_resolved();
  int result = 0;
  bench.run([&] {
    rdma_conn_param parameters{};
    parameters.private_data_len = 57;
    bench.app.create_qp(), result = rdma_connect(bench.app.id, &parameters);
  });
  CHECK(result == -1);
}

TEST_CASE("an id of a port space for datagrams takes no RC queue pair") {
  Connecting bench;
  bench.until_route_resolved();
  std::array<ibv_qp_type, 2> types{};
  int result = 0;
  bench.run([&] {
    rdma_cm_id* datagrams = nullptr;
    rdma_create_id(bench.app.channel, &datagrams, nullptr, RDMA_PS_UDP);
    types = {bench.app.id->qp_type, datagrams->qp_type};
    bench.app.id->qp_type = datagrams->qp_type;
    result = bench.app.create_qp();
  });
  CHECK(types == std::array<ibv_qp_type, 2>{IBV_QPT_RC, IBV_QPT_UD});
  CHECK(result == -1);
}
