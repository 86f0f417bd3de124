// Sentences of the form "there is a run in which …".
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>

#include "tests/model/sentences.hpp"

namespace qpcheck::model::test {

inline Walk::Wanted fetches(Event event) {
  return [event](const Edge& edge) { return edge.fetched.event == event; };
}
inline Walk::Wanted calls(Act act) {
  return [act](const Edge& edge) { return is(edge, act) && edge.error == 0 && !edge.blocks; };
}
inline Walk::Wanted calls(Fault fault) {
  return [fault](const Edge& edge) { return is(edge, fault); };
}

// The walk has a run in which these come, in this order.
inline void possible(const Walk& walk, const std::vector<Walk::Wanted>& wanted) {
  const std::string run = walk.run_through(wanted);
  CHECK_FALSE(run.empty());
  if (std::getenv("QPCHECK_SHOW_RUNS") != nullptr)
    std::cout << Catch::getResultCapture().getCurrentTestName() << "\n" << run << "\n";
}

}  // namespace qpcheck::model::test
