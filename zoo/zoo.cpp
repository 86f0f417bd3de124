#include "zoo/zoo.hpp"

#include <vector>

namespace qpcheck::zoo {

std::span<const sim::ProgramInfo> programs() {
  static const std::vector<sim::ProgramInfo> all = {
      awaits_twice(),
      qp_left_in_rts(),
      disconnects_again(),
      never_disconnects(),
      error_events_unacked(),
      destroys_in_handler(),
      told_twice(),
      disconnected_while_connecting(),
      einval_as_failure(),
      timeout_as_clean(),
      listed_twice(),
  };
  return all;
}

}  // namespace qpcheck::zoo
