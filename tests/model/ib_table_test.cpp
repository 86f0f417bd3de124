// ib_cm's rows as facts that a reader can compare with the kernel's sources.
#include <catch2/catch.hpp>

#include <vector>

#include "model/cm_ib.hpp"

using namespace qpcheck::model;

namespace {

const IbRow* row(Ib from, Input input, Guard guard = Guard::always) {
  return find_row(ib_table, from, input, [guard](Guard of_row) { return of_row == guard; });
}

// The states that have a row for the input, in the order of the enumeration.
std::vector<Ib> states_with(Input input, Guard guard = Guard::always) {
  std::vector<Ib> states;
  for (std::size_t i = 0; i < ib_names.size(); ++i)
    if (row(static_cast<Ib>(i), input, guard) != nullptr) states.push_back(static_cast<Ib>(i));
  return states;
}

void check_row(Ib from, Input input, Ib to, Datagram send, Lower raise) {
  const IbRow* found = row(from, input);
  INFO(name(from) << " + " << name(input));
  REQUIRE(found != nullptr);
  CHECK(name(found->to) == name(to));
  CHECK(name(found->send) == name(send));
  CHECK(found->raise == raise);
}

}  // namespace

TEST_CASE("a DREQ leaves an established id only: by rdma_disconnect, by destroy, or because it is found stale") {
  for (const IbRow& each : ib_table) {
    if (each.send != Datagram::dreq) continue;
    CHECK(each.from == Ib::established);
    CHECK((each.event == Input::disconnect || each.event == Input::destroy ||
           each.event == Input::stale_detected));
  }
  check_row(Ib::established, Input::disconnect, Ib::dreq_sent, Datagram::dreq, Lower::none);
  check_row(Ib::established, Input::destroy, Ib::gone, Datagram::dreq, Lower::none);
}

TEST_CASE("a DREQ that cannot be posted ends in TIMEWAIT, silently") {
  const IbRow* silent = row(Ib::established, Input::disconnect, Guard::datagram_not_posted);
  REQUIRE(silent != nullptr);
  CHECK(silent->to == Ib::timewait);
  CHECK(silent->send == Datagram::none);
  CHECK(silent->raise == Lower::none);
  CHECK(silent->error == 0);
}

TEST_CASE("a DREQ is taken in four states, without an answer") {
  for (const Ib ib : {Ib::rep_sent, Ib::mra_rep_rcvd, Ib::established, Ib::dreq_sent})
    check_row(ib, Input::dreq, Ib::dreq_rcvd, Datagram::none, Lower::dreq);
}

TEST_CASE(
    "TIMEWAIT repeats its DREP, an unknown id gets one at once, and elsewhere a DREQ is ignored") {
  check_row(Ib::timewait, Input::dreq, Ib::timewait, Datagram::drep, Lower::none);
  for (const Ib ib : {Ib::gone, Ib::idle, Ib::req_sent, Ib::mra_req_rcvd})
    check_row(ib, Input::dreq, ib, Datagram::drep, Lower::none);
  for (const Ib ib : {Ib::rep_rcvd, Ib::mra_rep_sent, Ib::dreq_rcvd, Ib::ended})
    CHECK(row(ib, Input::dreq) == nullptr);
  CHECK(states_with(Input::dreq) == std::vector{Ib::idle, Ib::req_sent, Ib::mra_req_rcvd, Ib::rep_sent,
                                                Ib::mra_rep_rcvd, Ib::established, Ib::dreq_sent,
                                                Ib::timewait, Ib::gone});
}

TEST_CASE("the receiver of a DREQ answers by its own call") {
  check_row(Ib::dreq_rcvd, Input::disconnect, Ib::timewait, Datagram::drep, Lower::none);
  check_row(Ib::dreq_rcvd, Input::destroy, Ib::gone, Datagram::drep, Lower::none);
}

TEST_CASE("a DREP ends both states of a disconnect") {
  check_row(Ib::dreq_sent, Input::drep, Ib::timewait, Datagram::none, Lower::drep);
  check_row(Ib::dreq_rcvd, Input::drep, Ib::timewait, Datagram::none, Lower::drep);
  CHECK(states_with(Input::drep).size() == 2);
}

TEST_CASE("a REJ ends the attempt before the response, and the connection after it") {
  for (const Ib ib : {Ib::req_sent, Ib::mra_req_rcvd, Ib::req_rcvd, Ib::mra_req_sent, Ib::rep_sent,
                      Ib::mra_rep_rcvd})
    check_row(ib, Input::rej, Ib::ended, Datagram::none, Lower::rej);
  for (const Ib ib : {Ib::rep_rcvd, Ib::mra_rep_sent, Ib::established, Ib::dreq_sent})
    check_row(ib, Input::rej, Ib::timewait, Datagram::none, Lower::rej);
  CHECK(states_with(Input::rej).size() == 10);  // ignored elsewhere
}

TEST_CASE("a REJ for a stale connection leads through TIMEWAIT") {
  const IbRow* stale = row(Ib::req_sent, Input::rej, Guard::stale);
  REQUIRE(stale != nullptr);
  CHECK(stale->to == Ib::timewait);
  CHECK(stale->raise == Lower::rej);
}

TEST_CASE("a REJ from an id that has sent its REP answers no REQ, and is ignored by an id that has not seen the REP") {
  for (const Ib ib : {Ib::req_sent, Ib::mra_req_rcvd}) {
    const IbRow* ignored = row(ib, Input::rej, Guard::answers_no_request);
    REQUIRE(ignored != nullptr);
    CHECK(ignored->to == ib);
    CHECK(ignored->raise == Lower::none);
  }
  CHECK(states_with(Input::rej, Guard::answers_no_request).size() == 2);
}

TEST_CASE("a stale queue pair number is looked up before the listener: its row comes first") {
  const auto any = [](Guard guard) {
    return guard == Guard::stale || guard == Guard::listening || guard == Guard::nobody_listens;
  };
  const IbRow* found = find_row(ib_table, Ib::idle, Input::req, any);
  REQUIRE(found != nullptr);
  CHECK(found->guard == Guard::stale);
  CHECK(found->reason == reason_stale);
}

TEST_CASE("a DREP that cannot be posted ends in TIMEWAIT, too") {
  const IbRow* silent = row(Ib::dreq_rcvd, Input::disconnect, Guard::datagram_not_posted);
  REQUIRE(silent != nullptr);
  CHECK(silent->to == Ib::timewait);
  CHECK(silent->send == Datagram::none);
  CHECK(silent->error == 0);
}

TEST_CASE(
    "rdma_disconnect has a row that returns 0 in every state but a fresh id's and a destroyed "
    "one's") {
  for (std::size_t i = 0; i < ib_names.size(); ++i) {
    const Ib ib = static_cast<Ib>(i);
    const IbRow* found = row(ib, Input::disconnect);
    INFO(name(ib));
    CHECK((found != nullptr) == (ib != Ib::idle && ib != Ib::gone));
    if (found != nullptr) CHECK(found->error == 0);
  }
}

TEST_CASE("retransmissions that end are told, and only a DREQ's end leads to TIMEWAIT") {
  check_row(Ib::req_sent, Input::retries_exhausted, Ib::ended, Datagram::none, Lower::req_error);
  check_row(Ib::mra_req_rcvd, Input::retries_exhausted, Ib::ended, Datagram::none,
            Lower::req_error);
  check_row(Ib::rep_sent, Input::retries_exhausted, Ib::ended, Datagram::none, Lower::rep_error);
  check_row(Ib::mra_rep_rcvd, Input::retries_exhausted, Ib::ended, Datagram::none,
            Lower::rep_error);
  check_row(Ib::dreq_sent, Input::retries_exhausted, Ib::timewait, Datagram::none,
            Lower::dreq_error);
  CHECK(states_with(Input::retries_exhausted).size() == 5);
}

TEST_CASE("the RTU is sent when the response is accepted, and once more for a repeated REP") {
  check_row(Ib::rep_rcvd, Input::accept_rtu, Ib::established, Datagram::rtu, Lower::none);
  check_row(Ib::mra_rep_sent, Input::accept_rtu, Ib::established, Datagram::rtu, Lower::none);
  check_row(Ib::established, Input::rep, Ib::established, Datagram::rtu, Lower::none);
}

TEST_CASE("an accept too early or too late is rejected by the kernel") {
  for (const Ib ib : {Ib::req_sent, Ib::mra_req_rcvd}) {
    check_row(ib, Input::accept_rtu, Ib::ended, Datagram::rej, Lower::none);
    CHECK(row(ib, Input::accept_rtu)->error == EINVAL);
  }
  for (const Ib ib : {Ib::rep_sent, Ib::mra_rep_rcvd}) {
    check_row(ib, Input::accept_rep, Ib::timewait, Datagram::rej, Lower::none);
    CHECK(row(ib, Input::accept_rep)->error == EINVAL);
  }
}

TEST_CASE("COMM_EST establishes an accepted connection and is benign afterwards") {
  check_row(Ib::rep_sent, Input::notify, Ib::established, Datagram::none, Lower::user_established);
  check_row(Ib::mra_rep_rcvd, Input::notify, Ib::established, Datagram::none,
            Lower::user_established);
  CHECK(row(Ib::established, Input::notify)->error == EISCONN);
  CHECK(states_with(Input::notify).size() == 3);
}

TEST_CASE("a dying id sends one datagram, by its state") {
  const auto sent = [](Ib ib) { return row(ib, Input::destroy)->send; };
  const auto reason = [](Ib ib) { return row(ib, Input::destroy)->reason; };
  for (const Ib ib : {Ib::req_sent, Ib::mra_req_rcvd}) {
    CHECK(sent(ib) == Datagram::rej);
    CHECK(reason(ib) == reason_timeout);
  }
  for (const Ib ib : {Ib::req_rcvd, Ib::mra_req_sent, Ib::rep_sent, Ib::mra_rep_rcvd, Ib::rep_rcvd,
                      Ib::mra_rep_sent}) {
    CHECK(sent(ib) == Datagram::rej);
    CHECK(reason(ib) == reason_consumer);
  }
  CHECK(sent(Ib::established) == Datagram::dreq);
  CHECK(sent(Ib::dreq_rcvd) == Datagram::drep);
  for (const Ib ib : {Ib::idle, Ib::dreq_sent, Ib::timewait, Ib::ended})
    CHECK(sent(ib) == Datagram::none);
  CHECK(row(Ib::gone, Input::destroy) == nullptr);
}

TEST_CASE("timewait ends once, and nothing raises from a used or destroyed id") {
  check_row(Ib::timewait, Input::timewait_over, Ib::ended, Datagram::none, Lower::timewait_exit);
  CHECK(states_with(Input::timewait_over).size() == 1);
  for (const IbRow& each : ib_table)
    if (each.from == Ib::ended || each.from == Ib::gone) CHECK(each.raise == Lower::none);
}

TEST_CASE("every row says where it is from, and its errno belongs to a call") {
  for (const IbRow& each : ib_table) {
    INFO(name(each.from) << " + " << name(each.event));
    CHECK(each.why.substr(0, 2) == "cm");
    if (each.error != 0) CHECK(each.event <= Input::destroy);
    CHECK((each.reason != 0) == (each.send == Datagram::rej));
  }
}
