#include "zoo/zoo.hpp"

#include <vector>

namespace qpcheck::zoo {

std::span<const sim::ProgramInfo> programs() {
  static const std::vector<sim::ProgramInfo> all = {
      awaits_twice(),
      parked_disconnect(),
      admin_polls_for_all(),
      timewait_exit_as_error(),
      event_pool_empty(),
      requests_freed_early(),
      qp_left_in_rts(),
      counts_on_late_flush(),
      freed_before_disconnected(),
      context_recycled(),
      disconnects_again(),
      never_disconnects(),
      error_events_unacked(),
      destroys_in_handler(),
      shutdown_before_drain(),
      waits_for_timewait_exit(),
      told_twice(),
      disconnected_while_connecting(),
      einval_as_failure(),
      timeout_as_clean(),
      listed_twice(),
      frees_then_completes(),
      destroys_then_polls(),
      one_beacon(),
      route_error(),
      retry_same_id(),
      silent_death(),
  };
  return all;
}

}  // namespace qpcheck::zoo
