#include <array>
#include <string_view>

#include "testing/random_runs.hpp"

using namespace qpcheck;
using namespace qpcheck::testing;

namespace {

// Between making an id and destroying it, rdma_disconnect is called at most once.
struct DisconnectsOnce {
  std::array<int, model::max_slots> calls{};

  bool violated_by(const model::Observation& seen, const model::View&) {
    if (seen.kind != model::Seen::call) return false;
    const std::string_view call = seen.text;
    if (call == "rdma_destroy_id") calls[seen.slot] = 0;
    return call == "rdma_disconnect" && ++calls[seen.slot] > 1;
  }
};

}  // namespace

TEST_CASE("my own property: an automaton") {
  random_runs("an id is disconnected at most once", {}, [](const Run& run) { return holds<DisconnectsOnce>(run); });
}

TEST_CASE("my own property: a predicate over the finished trace") {
  random_runs("without faults no deadline passes", {.names = {"reset", "failover"}}, [](const Run& run) {
    if (run.config.faults != model::Budget{}) return true;
    for (const trace::Step& step : trace_of(run).steps)
      for (const trace::Observed& observed : step.observed) {
        const auto* const ends = std::get_if<trace::seen::WaitEnds>(&observed);
        if (ends != nullptr && ends->how == "timed out") return false;
      }
    return true;
  });
}
