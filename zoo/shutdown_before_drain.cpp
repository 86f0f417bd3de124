// The shutdown is reported to the application before the completion queue was drained.
//
// DISCONNECTED comes through the event channel, completions come through the CQ, and
// nothing orders the two: a message that arrived before the peer left may still be in the
// CQ when DISCONNECTED is handled. An application that was told of the shutdown is done
// with the endpoint, and what completes after that is dropped. Fixed: DISCONNECTED moves
// the QP to the error state, and the shutdown is reported when every request has come back.
#include "zoo/endpoint.hpp"
#include "zoo/zoo.hpp"

namespace qpcheck::zoo {
namespace {

class ShutdownBeforeDrain final : public Endpoint {
 public:
  using Endpoint::Endpoint;

 private:
  void ended() override {
    if (!fixed_) report_shutdown();
  }
};

}  // namespace

const Registered shutdown_before_drain{{
    .name = "shutdown-before-drain",
    .sentence = "the shutdown is reported when DISCONNECTED is handled, and requests whose completions are still in "
                "the CQ never come back",
    .history = "libfabric, before its PR 5228: the shutdown was reported before the completion queue was drained",
    .link = "https://github.com/ofiwg/libfabric/pull/5228",
    .make = [](bool fixed) -> sim::Program* { return new ShutdownBeforeDrain(fixed); },
    .reports = endpoint_reports,
    .caught_by = "requests-complete-once",
}};

}  // namespace qpcheck::zoo
