// What a run lets an observer see, as a trace records it.
//
// Purpose: from the language between the world and the properties to the trace's own:
// with names for numbers, and without what a reader can do without.
// Invariants: the same run gives the same records; no address, no absolute time.
#pragma once

#include <optional>
#include <vector>

#include "model/observation.hpp"
#include "sim/kernel.hpp"
#include "trace/observed.hpp"

namespace qpcheck::scenario {

// Nothing: not worth a place in a trace.
std::optional<trace::Observed> recorded(const model::Observation& seen);

// What has changed at connections, wires and queue between two moments.
class Changes {
 public:
  explicit Changes(const sim::Kernel& kernel) : before_(kernel.shared) {}
  // Since the last time that it was asked, or since it was made.
  std::vector<trace::Observed> until_now(const sim::Kernel& kernel);

 private:
  sim::Shared before_;
};

}  // namespace qpcheck::scenario
