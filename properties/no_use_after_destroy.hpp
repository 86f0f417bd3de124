// no-use-after-destroy: no call, event or completion concerns a destroyed id, QP or CQ,
// or a freed request.
//
// Assumes: an rdma_cm_id's context, and a work request's wr_id, are pointers where they
// point into the program's memory; then what they point to must not be freed when an
// event or a completion brings them back. (Memory that was freed and allocated again is
// not recognised; but some order of events reaches it before that.)
// A failure is explained by the object that is gone, and by the call that led to it.
#pragma once

#include "model/observation.hpp"

namespace qpcheck::properties {

struct NoUseAfterDestroy {
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    if (seen.kind == model::Seen::call) antecedent = 1;
    return seen.kind == model::Seen::misuse && static_cast<model::Misuse>(seen.status) != model::Misuse::state;
  }
};

}  // namespace qpcheck::properties
