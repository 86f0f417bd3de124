// A device that is removed, and calls that fail for want of memory or with EIO.
#include <functional>

#include "tests/sim/bench.hpp"

using namespace qpcheck::sim;
using namespace qpcheck::sim::test;
using qpcheck::model::Event;
using qpcheck::model::Ib;
using qpcheck::model::Side;

namespace {

using Names = std::vector<std::string>;

// 0 or the errno of a call that returns 0 or -1.
template <class Made>
int error_of(Working& bench, Made&& call) {
  int error = 0;
  bench.run([&] { error = call() == 0 ? 0 : errno; });
  return error;
}

int to_error(ibv_qp* qp) {
  ibv_qp_attr attributes{};
  attributes.qp_state = IBV_QPS_ERR;
  return ibv_modify_qp(qp, &attributes, IBV_QP_STATE);
}

// A program that connects, sends and disconnects, one call after the other; the n-th of
// those that can fail is made to, and made again.
struct Sequence : Working {
  Sequence(Fault failing, int nth) : Working(with({failing})), fault(failing), left(nth) {}

  // The call gives 0 or an errno.
  void make(const char* name, const std::function<int()>& call) {
    if (left-- == 0) take(fault == Fault::enomem ? "fail next call: ENOMEM" : "fail next call: EIO");
    int error = 0;
    const bool armed = kernel().shared.fail_next != 0;
    run([&] { error = call(); });
    if (armed) failed = name;
    if (error == 0) return;
    errors.push_back(std::string(name) + " " + std::to_string(error));
    run([&] { error = call(); });
    CHECK(error == 0);
  }
  static int said(int result) { return result == 0 ? 0 : errno; }
  static int said(const void* made) { return made != nullptr ? 0 : errno; }
  void expect(Event event) {
    settle();
    Fetched fetched;
    make("rdma_get_cm_event", [&] { return (fetched = app.next()).result == 0 ? 0 : fetched.error; });
    CHECK(fetched == told(event));
  }
  void connect() {
    make("rdma_create_id", [&] { return said(rdma_create_id(app.channel, &app.id, nullptr, RDMA_PS_TCP)); });
    make("rdma_resolve_addr", [&] { return said(app.resolve_address()); });
    expect(Event::addr_resolved);
    make("rdma_resolve_route", [&] { return said(rdma_resolve_route(app.id, 1000)); });
    expect(Event::route_resolved);
    make("ibv_alloc_pd", [&] { return said(app.pd = ibv_alloc_pd(app.id->verbs)); });
    make("ibv_reg_mr", [&] { return said(ibv_reg_mr(app.pd, memory, sizeof(memory), 0)); });
    make("ibv_create_cq", [&] { return said(app.cq = ibv_create_cq(app.id->verbs, 4, nullptr, nullptr, 0)); });
    make("rdma_create_qp", [&] { return said(app.create_qp()); });
    make("ibv_post_recv", [&] { return post_receive(app.id->qp, 1); });
    make("rdma_connect", [&] { return said(rdma_connect(app.id, nullptr)); });
    expect(Event::established);
  }
  void close() {
    make("ibv_post_send", [&] { return post_send(app.id->qp, 2); });
    make("rdma_disconnect", [&] { return said(rdma_disconnect(app.id)); });
    make("ibv_modify_qp", [&] { return to_error(app.id->qp); });
    settle();
  }

  Fault fault;
  int left;
  char memory[8] = {};
  std::string failed;  // the call for which a failure was in store
  Names errors;
};

const Names fallible = {"rdma_create_id",    "rdma_resolve_addr", "rdma_get_cm_event", "rdma_resolve_route",
                        "rdma_get_cm_event", "ibv_alloc_pd",      "ibv_reg_mr",        "ibv_create_cq",
                        "rdma_create_qp",    "ibv_post_recv",     "rdma_connect",      "rdma_get_cm_event",
                        "ibv_post_send",     "rdma_disconnect",   "ibv_modify_qp"};

}  // namespace

TEST_CASE(
    "whichever call is to fail fails once, with that errno, changes nothing, and succeeds when it is made again") {
  for (const Fault fault : {Fault::enomem, Fault::eio}) {
    for (std::size_t nth = 0; nth <= fallible.size(); ++nth) {
      INFO(qpcheck::model::name(fault) << " at fallible call " << nth);
      Sequence bench(fault, static_cast<int>(nth));
      bench.run([&] { rdma_destroy_id(bench.app.id); });
      bench.connect();
      bench.close();
      if (nth == fallible.size()) {  // the run without a failure: none is left out
        CHECK(bench.left == 0);
        CHECK(bench.errors.empty());
        break;
      }
      CHECK(bench.failed == fallible[nth]);
      CHECK(kernel().shared.fail_next == 0);
      const bool silent = fault == Fault::enomem && bench.failed == "rdma_disconnect";
      const std::string error = fallible[nth] + " " + std::to_string(fault == Fault::enomem ? ENOMEM : EIO);
      CHECK(bench.errors == (silent ? Names{} : Names{error}));
      CHECK(bench.slot().connection.host().ib == Ib::timewait);
      CHECK(bench.next() == (silent ? nothing : told(Event::disconnected)));
    }
  }
}

TEST_CASE("a call that fails excuses no wait, of its connection or of another: the program was told") {
  for (const bool of_connection : {false, true}) {
    Working bench(with({Fault::enomem}));
    bench.until_established();
    bench.take("fail next call: ENOMEM");
    CHECK(error_of(bench, [&] {
            return of_connection ? rdma_connect(bench.app.id, nullptr) : bench.app.fetch().result;
          }) == ENOMEM);
    CHECK(bench.slot().excused == 0);
    CHECK(bench.slot().qp == QpState::rts);
  }
}

TEST_CASE("calls that cannot fail leave the failure in store for the next that can") {
  Working bench(with({Fault::eio}));
  bench.until_established();
  bench.take("fail next call: EIO");
  CHECK(bench.poll().empty());
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  bench.run([&] { rdma_ack_cm_event(nullptr); });
  CHECK(kernel().shared.fail_next == EIO);
  CHECK(bench.disconnect() == -1);
  CHECK(kernel().shared.fail_next == 0);
}

TEST_CASE("rdma_disconnect without memory says 0, sends nothing, and its id is silently in timewait") {
  Connecting bench(with({Fault::enomem}));
  bench.until_established();
  bench.take("fail next call: ENOMEM");
  CHECK(bench.disconnect() == 0);
  CHECK(bench.slot().qp == QpState::error);
  CHECK(bench.slot().connection.host().ib == Ib::timewait);
  CHECK(bench.slot().excused == 1);
  CHECK(bench.datagrams_to(Side::target).empty());
  CHECK(kernel().next_timer_ms() == no_timer);
  bench.take("end timewait id0");
  CHECK(bench.offered().empty());
  CHECK(bench.next() == nothing);  // neither DISCONNECTED nor TIMEWAIT_EXIT
}

TEST_CASE("rdma_disconnect that fails has told the kernel nothing: a second one disconnects") {
  Connecting bench(with({Fault::eio}));
  bench.until_established();
  bench.take("fail next call: EIO");
  CHECK(bench.disconnect() == -1);
  CHECK(bench.seen.back().error == EIO);
  CHECK(bench.datagrams_to(Side::target).empty());
  CHECK(bench.disconnect() == 0);
  bench.settle();
  CHECK(bench.next() == told(Event::disconnected));
}

TEST_CASE("an answer to the peer's DREQ that cannot be posted is not sent, and the call says nothing of it") {
  Connecting bench(with({Fault::enomem, Fault::peer_disconnect}));
  bench.until_established();
  bench.take("target disconnects id0");
  bench.take("deliver DREQ id0");
  bench.take("fail next call: ENOMEM");
  CHECK(bench.disconnect() == 0);
  CHECK(bench.datagrams_to(Side::target).empty());
  CHECK(bench.slot().connection.host().ib == qpcheck::model::Ib::timewait);
  CHECK(bench.slot().excused == 1);
}

TEST_CASE("a removed device is told once to every id that is bound, and to no other") {
  Connecting bench(with({Fault::remove}));
  Program unbound = bench.app, bound = bench.app;
  bench.until_established();
  bench.run([&] { unbound.create_id(), bound.create_id(), bound.resolve_address(); });
  bench.take("remove device");
  CHECK(kernel().view().slots[0].queued == qpcheck::model::EventSet::of(Event::device_removal));
  CHECK(kernel().view().slots[1].queued.empty());
  CHECK(kernel().view().slots[2].queued == qpcheck::model::EventSet::of(Event::device_removal));
  bench.settle();
  CHECK(bench.next() == told(Event::device_removal));
  CHECK(bench.next() == told(Event::device_removal));
  CHECK(bench.next() == nothing);  // not the resolution's answer either
}

TEST_CASE("what was queued before the removal is still fetched, nothing comes after it") {
  Connecting bench(with({Fault::remove, Fault::peer_disconnect}));
  bench.until_established();
  bench.take("target disconnects id0");
  bench.take("deliver DREQ id0");
  bench.take("remove device");
  CHECK(bench.datagrams_to(Side::target) == "DREP");  // what a destroy would send
  bench.settle();
  CHECK(bench.next() == told(Event::disconnected));
  CHECK(bench.next() == told(Event::device_removal));
  CHECK(bench.next() == nothing);
}

TEST_CASE("after the removal the calls of the id fail with ENXIO, those of verbs with EIO, and destroying works") {
  Working bench(with({Fault::remove}));
  bench.until_established();
  bench.receive(1);
  bench.take("remove device");
  CHECK(bench.receive(2) == EIO);
  CHECK(bench.send(3) == EIO);
  CHECK(error_of(bench, [&] { return rdma_disconnect(bench.app.id); }) == EIO);  // it is the QP that cannot be moved
  CHECK(bench.slot().qp == QpState::rts);
  int error = 0;
  bench.run([&] { error = to_error(bench.app.id->qp); });
  CHECK(error == EIO);
  CHECK(error_of(bench, [&] { return rdma_resolve_route(bench.app.id, 1); }) == ENXIO);
  CHECK(error_of(bench, [&] { return rdma_connect(bench.app.id, nullptr); }) == ENXIO);
  CHECK(error_of(bench, [&] { return ibv_alloc_pd(bench.app.id->verbs) != nullptr ? 0 : -1; }) == EIO);
  bench.run([&] { rdma_destroy_qp(bench.app.id); });
  CHECK(error_of(bench, [&] { return bench.app.create_qp(); }) == EIO);
  CHECK(error_of(bench, [&] { return rdma_disconnect(bench.app.id); }) == ENXIO);  // it has no QP that could fail first
  CHECK(bench.next() == told(Event::device_removal));
  CHECK(error_of(bench, [&] { return rdma_destroy_id(bench.app.id); }) == 0);
  bench.settle();
  CHECK(bench.slot().in_use == 0);
}

TEST_CASE("a new id after the removal finds no device") {
  Working bench(with({Fault::remove}));
  bench.take("remove device");
  CHECK(bench.next() == nothing);  // it was not bound
  CHECK(error_of(bench, [&] { return bench.app.resolve_address(); }) == ENODEV);
}

TEST_CASE("a removed device may flush what is posted, and may leave it") {
  Working bench(with({Fault::remove}));
  bench.until_established();
  bench.receive(1);
  bench.disconnect();
  bench.take("remove device");
  REQUIRE(bench.offers("flush receive id0"));
  bench.settle();  // fair choices only
  CHECK(bench.offers("flush receive id0"));
  bench.take("flush receive id0");
  CHECK(bench.poll().size() == 1);
}
