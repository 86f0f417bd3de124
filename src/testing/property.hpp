// RapidCheck properties as Catch2 test cases.
//
//   TEST_CASE("sorting") {
//     qpcheck::property("sorting twice is sorting once", [](std::vector<int> v) { … RC_ASSERT(…);
//     });
//   }
//
// Purpose: like rc::prop, with three differences. The sentence is the property's
// id, without which RapidCheck can not find the property again; the seed is
// always printed; and a property of which no case ran fails (rc::prop passes).
// Ownership: none. Threads: Catch2's rule, assertions on one thread.
//
// To run a failed case again, and only that, shrunk as it was: at the end of the
// run standard error has a line RC_PARAMS="reproduce=…"; put it before the
// command of that one test case:
//
//   RC_PARAMS="reproduce=BIxctFG…" tests/trace/property_trace "what is written is read back"
//
// While the property still fails this shows the same counterexample; once it is
// fixed it says "Reproduced result is not a failure". To draw the same cases again:
// RC_PARAMS="seed=…". More or larger ones: RC_PARAMS="max_success=10000 max_size=300".
// Properties that `reproduce` does not name fail with "no case ran", so name the
// test case on the command line.
#pragma once

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

namespace qpcheck {
namespace property_detail {

inline int cases_run(const rc::detail::TestResult& result) {
  rc::detail::SuccessResult success;
  return result.match(success) ? success.numSuccess : 0;
}

}  // namespace property_detail

template <class Testable>
void property(const std::string& sentence, Testable&& testable) {
  SECTION(sentence) {
    const auto& params = rc::detail::configuration().testParams;
    std::cerr << "property \"" << sentence << "\": seed=" << params.seed << '\n';
    const auto result = rc::detail::checkTestable(std::forward<Testable>(testable),
                                                  rc::detail::TestMetadata{sentence, sentence});

    std::ostringstream message;
    message << sentence << '\n';
    rc::detail::printResultMessage(result, message);
    message << "\nseed=" << params.seed;
    // RapidCheck itself prints the line at the end of the run, on standard error;
    // here Catch2 would break it in two.
    if (result.template is<rc::detail::FailureResult>())
      message << "; to run this case again, see RC_PARAMS below";
    INFO(message.str());
    if (!result.template is<rc::detail::SuccessResult>()) FAIL("the property does not hold");
    if (property_detail::cases_run(result) == 0) {
      FAIL("no case ran: RC_PARAMS names other properties, or allows no case");
    }
    SUCCEED();
  }
}

}  // namespace qpcheck
