// nothing-left: when a teardown has finished, every resource it held is released
// and every fetched event acknowledged.
//
// Assumes: the program reports when a teardown has finished. A resource is the
// qpair's rdma_cm_id, its QP, and the events fetched for the id; what qpairs share
// (channel, CQ, PD) is not the teardown's.
// A failure is explained by the qpair whose resources are left.
#pragma once

#include "model/observation.hpp"

namespace qpcheck::properties {

struct NothingLeft {
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen, const model::View& view) {
    if (seen.kind != model::Seen::teardown_finished) return false;
    antecedent = 1;
    for (const model::SlotView& slot : view.slots)
      if (slot.qpair == seen.qpair && (slot.id_alive || slot.qp_alive || !slot.held.empty())) return true;
    return false;
  }
};

}  // namespace qpcheck::properties
