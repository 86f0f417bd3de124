// Connection parameters and private data: what rdma_connect is given, and what the events
// that answer it carry. Internal to sim/.
//
// Ownership: kept in the arena, from rdma_connect until the id is destroyed. Threads: none.
#pragma once

#include "sim/kernel.hpp"

namespace qpcheck::sim {

// What the program gave; null: nothing.
void remember_sent(std::uint8_t slot, const rdma_conn_param* parameters);
void forget_sent(std::uint8_t slot);

// An event as librdmacm makes it: its private data stands behind it, and goes with it.
rdma_cm_event* make_event(const QueuedEvent& event);

}  // namespace qpcheck::sim
