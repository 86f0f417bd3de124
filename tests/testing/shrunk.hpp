// The run at which shrinking ends, of a property that is false.
#pragma once

#include "testing/random_runs.hpp"

namespace qpcheck::testing {

inline Run shrunk_violation(const scenario::Config& config, std::uint64_t seed) {
  Run last;
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = 2000;
  const auto result = rc::detail::checkTestable(
      [&] {
        Run run = walk(config, *gen_decisions());
        if (run.violated.empty()) return;
        last = std::move(run);
        RC_FAIL("violated");
      },
      rc::detail::TestMetadata{}, params);
  CHECK(result.template is<rc::detail::FailureResult>());
  return last;
}

}  // namespace qpcheck::testing
