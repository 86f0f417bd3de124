// iw_cm's rows as facts that a reader can compare with the kernel's sources.
#include <catch2/catch.hpp>

#include <vector>

#include "model/cm_iw.hpp"

using namespace qpcheck::model;

namespace {

const IwRow* row(Iw from, Input input, Guard guard = Guard::always) {
  return find_row(iw_table, from, input, [guard](Guard of_row) { return of_row == guard; });
}

std::vector<Iw> states_that(Event raise) {
  std::vector<Iw> states;
  for (const IwRow& each : iw_table)
    if (each.raise == raise) states.push_back(each.from);
  return states;
}

void check_row(Iw from, Input input, Iw to, Datagram send, Event raise, int status = 0) {
  const IwRow* found = row(from, input);
  INFO(name(from) << " + " << name(input));
  REQUIRE(found != nullptr);
  CHECK(name(found->to) == name(to));
  CHECK(name(found->send) == name(send));
  CHECK(found->raise == raise);
  CHECK(found->status == status);
  CHECK(found->error == 0);
  CHECK(found->blocks == Blocks::no);
}

constexpr std::array all_calls = {Input::connect, Input::accept_rep, Input::accept_rtu, Input::disconnect,
                                  Input::notify,  Input::reject,     Input::destroy};

}  // namespace

TEST_CASE(
    "iWARP: the provider's reply establishes at once: there is no CONNECT_RESPONSE and no accept on the active side") {
  check_row(Iw::conn_sent, Input::mpa_reply, Iw::established, Datagram::none, Event::established);
  CHECK(states_that(Event::connect_response).empty());
  for (const IwRow& each : iw_table) CHECK(each.event != Input::accept_rtu);
}

TEST_CASE("iWARP: a connect that TCP refuses or cannot make fails in the call, without an event") {
  for (const auto& [guard, error] : {std::pair{Guard::nobody_listens, ECONNREFUSED}, {Guard::peer_off, ETIMEDOUT}}) {
    const IwRow* found = row(Iw::idle, Input::connect, guard);
    REQUIRE(found != nullptr);
    CHECK(found->to == Iw::idle);
    CHECK(found->error == error);
    CHECK(found->raise == Event::none);
    CHECK(found->send == Datagram::none);
  }
}

TEST_CASE(
    "iWARP: an attempt fails with REJECTED, UNREACHABLE or CONNECT_ERROR by the provider's status, and ends in IDLE") {
  for (const Input input : {Input::mpa_reject, Input::fin, Input::rst})
    check_row(Iw::conn_sent, input, Iw::ended, Datagram::none, Event::rejected, -ECONNRESET);
  check_row(Iw::conn_sent, Input::provider_refused, Iw::ended, Datagram::none, Event::rejected, -ECONNREFUSED);
  check_row(Iw::conn_sent, Input::retries_exhausted, Iw::ended, Datagram::fin, Event::unreachable, -ETIMEDOUT);
  check_row(Iw::conn_sent, Input::provider_error, Iw::ended, Datagram::fin, Event::connect_error, -EINVAL);
  for (const Event event : {Event::rejected, Event::unreachable, Event::connect_error})
    for (const Iw from : states_that(event)) CHECK(from == Iw::conn_sent);
}

TEST_CASE("iWARP: the passive side is ESTABLISHED when the provider says so, not by its accept") {
  check_row(Iw::conn_recv, Input::accept_rep, Iw::accepted, Datagram::mpa_reply, Event::none);
  check_row(Iw::accepted, Input::provider_established, Iw::established, Datagram::none, Event::established);
}

TEST_CASE("iWARP: a peer that leaves before the accept is no event, and the accept fails with ECONNRESET") {
  for (const Input input : {Input::fin, Input::rst})
    check_row(Iw::conn_recv, input, Iw::peer_left, Datagram::none, Event::none);
  const IwRow* accept = row(Iw::peer_left, Input::accept_rep);
  REQUIRE(accept != nullptr);
  CHECK(accept->error == ECONNRESET);
  CHECK(accept->to == Iw::ended);
  CHECK(accept->raise == Event::none);
}

TEST_CASE("iWARP: a peer that leaves after the accept is told as ESTABLISHED first, then as DISCONNECTED") {
  check_row(Iw::accepted, Input::fin, Iw::closing, Datagram::none, Event::established);
  check_row(Iw::accepted, Input::rst, Iw::aborted, Datagram::none, Event::established);
}

TEST_CASE("iWARP: rdma_disconnect closes an established connection and needs no answer") {
  check_row(Iw::established, Input::disconnect, Iw::closing, Datagram::fin, Event::none);
  check_row(Iw::established, Input::fin, Iw::closing, Datagram::none, Event::none);
  check_row(Iw::closing, Input::provider_close, Iw::ended, Datagram::none, Event::disconnected);
}

TEST_CASE("iWARP: rdma_disconnect returns 0 and does nothing in CONN_RECV, in CLOSING and after the end") {
  for (const Iw iw : {Iw::conn_recv, Iw::peer_left, Iw::closing, Iw::aborted, Iw::ended})
    check_row(iw, Input::disconnect, iw, Datagram::none, Event::none);
  CHECK(row(Iw::idle, Input::disconnect) == nullptr);  // never connected: EINVAL
}

TEST_CASE("iWARP: disconnect and destroy block while a connect or an accept is in progress, and nothing else does") {
  for (const IwRow& each : iw_table) {
    const bool in_progress = each.from == Iw::conn_sent || each.from == Iw::accepted;
    CHECK((each.blocks == Blocks::yes) ==
          (in_progress && (each.event == Input::disconnect || each.event == Input::destroy)));
    if (each.blocks == Blocks::yes) CHECK(each.to == each.from);
  }
}

TEST_CASE("iWARP: a reset is told with -ECONNRESET or 0, by the provider, also while closing") {
  check_row(Iw::established, Input::rst, Iw::aborted, Datagram::none, Event::none);
  check_row(Iw::closing, Input::rst, Iw::aborted, Datagram::none, Event::none);
  check_row(Iw::aborted, Input::provider_close, Iw::ended, Datagram::none, Event::disconnected);
  check_row(Iw::aborted, Input::provider_abort, Iw::ended, Datagram::none, Event::disconnected, -ECONNRESET);
}

TEST_CASE("iWARP: a queue pair in error closes the connection at both ends") {
  check_row(Iw::established, Input::provider_close, Iw::ended, Datagram::rst, Event::disconnected);
}

TEST_CASE(
    "iWARP: DISCONNECTED comes from ESTABLISHED and CLOSING only, and each leads to IDLE, from where nothing is told") {
  CHECK(states_that(Event::disconnected) == std::vector{Iw::established, Iw::closing, Iw::aborted, Iw::aborted});
  for (const IwRow& each : iw_table) {
    if (each.raise == Event::disconnected) CHECK(each.to == Iw::ended);
    if (each.from == Iw::ended || each.from == Iw::gone) CHECK(each.raise == Event::none);
  }
}

TEST_CASE("iWARP: there is no timewait") {
  CHECK(states_that(Event::timewait_exit).empty());
  for (const IwRow& each : iw_table) CHECK(each.event != Input::timewait_over);
}

TEST_CASE("iWARP: a dying id aborts what is established and rejects what is not accepted") {
  const auto sent = [](Iw iw) { return row(iw, Input::destroy)->send; };
  CHECK(sent(Iw::established) == Datagram::rst);
  CHECK(sent(Iw::conn_recv) == Datagram::mpa_reject);
  for (const Iw iw : {Iw::idle, Iw::peer_left, Iw::closing, Iw::aborted, Iw::ended}) CHECK(sent(iw) == Datagram::none);
  CHECK(row(Iw::gone, Input::destroy) == nullptr);
}

TEST_CASE("iWARP: every row says where it is from, its errno belongs to a call, its status to an event") {
  for (const IwRow& each : iw_table) {
    INFO(name(each.from) << " + " << name(each.event));
    CHECK(each.why.find(".c: ") != std::string_view::npos);
    if (each.error != 0) CHECK(std::find(all_calls.begin(), all_calls.end(), each.event) != all_calls.end());
    if (each.status != 0) CHECK(each.raise != Event::none);
  }
}
