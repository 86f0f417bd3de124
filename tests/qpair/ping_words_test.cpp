#include <catch2/catch.hpp>
#include <cerrno>
#include <vector>

#include "qpair/ping_words.hpp"

// What qpair-ping says of statuses and teardowns, and how long it sleeps.

using namespace qpair::ping;

TEST_CASE("an error number is said by its name and in words") {
  CHECK(errno_words(ETIMEDOUT) == "ETIMEDOUT (Connection timed out)");
  CHECK(errno_words(-ECONNREFUSED) == "ECONNREFUSED (Connection refused)");
  CHECK(errno_words(100000) == "error 100000");
  CHECK(call_words("rdma_connect", EINVAL) == "rdma_connect: EINVAL (Invalid argument)");
}

TEST_CASE("an event's status is said in words, as the transport means it") {
  CHECK(event_words(RDMA_CM_EVENT_DISCONNECTED, 0) == "RDMA_CM_EVENT_DISCONNECTED");
  CHECK(event_words(RDMA_CM_EVENT_UNREACHABLE, -ETIMEDOUT) ==
        "RDMA_CM_EVENT_UNREACHABLE: ETIMEDOUT (Connection timed out)");
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 10) == "RDMA_CM_EVENT_REJECTED: stale connection, reason 10");
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 3) == "RDMA_CM_EVENT_REJECTED: no resources, reason 3");
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 28).starts_with("RDMA_CM_EVENT_REJECTED: consumer reject, reason 28;"));
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 8) ==
        "RDMA_CM_EVENT_REJECTED: invalid service ID, reason 8; does qpair-ping server run there, at this port?");
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, -ECONNREFUSED) ==
        "RDMA_CM_EVENT_REJECTED: ECONNREFUSED (Connection refused); does qpair-ping server run there, at this port?");
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 33).find("invalid alternate flow label, reason 33") != std::string::npos);
  CHECK(event_words(RDMA_CM_EVENT_REJECTED, 35).find("vendor option is not supported, reason 35") != std::string::npos);
  for (const int unknown : {34, 36, 1000}) {
    CAPTURE(unknown);
    CHECK(event_words(RDMA_CM_EVENT_REJECTED, unknown) ==
          "RDMA_CM_EVENT_REJECTED: unknown reason, reason " + std::to_string(unknown));
  }
  CHECK(event_words(RDMA_CM_EVENT_ADDR_ERROR, -EHOSTUNREACH) ==
        "RDMA_CM_EVENT_ADDR_ERROR: EHOSTUNREACH (No route to host)");
  CHECK(event_words(RDMA_CM_EVENT_ADDR_ERROR, -1) ==
        "RDMA_CM_EVENT_ADDR_ERROR: a query of librdmacm itself failed, status -1");
  CHECK(event_words(RDMA_CM_EVENT_ROUTE_ERROR, 5) == "RDMA_CM_EVENT_ROUTE_ERROR: status 5 of the subnet administrator");
}

TEST_CASE("many teardowns are summed up in one line, what was not clean by its kind") {
  std::vector<WayDown> ways(64);
  for (WayDown& way : ways) way.took_ms = 1.5;
  CHECK(summary_line(ways) == "qpairs: 64, closed cleanly: 64; slowest teardown: 1.500 ms (qp0)");
  ways[5].waited_out = true;
  ways[5].took_ms = 1001.25;
  ways[7].lingered_out = ways[8].lingered_out = true;
  ways[9].failed_call = "rdma_disconnect: EINVAL (Invalid argument)";
  CHECK(summary_line(ways) ==
        "qpairs: 64, closed cleanly: 60; waited until the deadline: 1; lingered until the deadline: 2; "
        "a call failed: 1; slowest teardown: 1001.250 ms (qp5)");
  CHECK(summary_line({}) == "qpairs: 0, closed cleanly: 0");
}

TEST_CASE("the line of one teardown says what its wait ended by") {
  WayDown way;
  way.took_ms = 2;
  way.lingered_ms = 0.5;
  CHECK(way_down_line(3, way) == "qp3: 2.000 ms: no wait; lingered 0.500 ms");
  way.waited_ms = 1.5;
  way.ended_by = "RDMA_CM_EVENT_DISCONNECTED";
  way.lingered_out = true;
  way.failed_call = "rdma_disconnect: EINVAL (Invalid argument)";
  CHECK(way_down_line(3, way) ==
        "qp3: 2.000 ms: waited 1.500 ms, ended by RDMA_CM_EVENT_DISCONNECTED; lingered 0.500 ms, until its deadline; "
        "rdma_disconnect: EINVAL (Invalid argument)");
}

TEST_CASE("a round that handled something is followed by another at once") {
  Rest rest;
  rest.progressed = true;
  rest.now_ms = 100;
  rest.deadline_ms = 150;
  CHECK(rest_ms(rest) == 0);
}

TEST_CASE("while only an event can come, the sleep lasts until the deadline, and a signal is never far") {
  Rest rest;
  rest.now_ms = 100;
  CHECK(rest_ms(rest) == longest_rest_ms);
  rest.deadline_ms = 130;
  CHECK(rest_ms(rest) == 30);
  rest.deadline_ms = 100 + 5000;
  CHECK(rest_ms(rest) == longest_rest_ms);
  rest.deadline_ms = 100;
  CHECK(rest_ms(rest) == 0);
  rest.deadline_ms = 90;
  CHECK(rest_ms(rest) == 0);
}

TEST_CASE("a completion is looked for at once, and then once a millisecond") {
  Rest rest;
  rest.completion_may_come = true;
  rest.now_ms = 100;
  rest.deadline_ms = 200;
  rest.idle_us = spin_us - 1;
  CHECK(rest_ms(rest) == 0);
  rest.idle_us = spin_us;
  CHECK(rest_ms(rest) == completion_ms);
  rest.deadline_ms = 100;
  CHECK(rest_ms(rest) == 0);
}
