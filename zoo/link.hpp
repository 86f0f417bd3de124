// One connection of a zoo program, and how it is made and unmade.
//
// Purpose: what every such program needs before its bug can begin, and after it: resolve,
// create a QP, connect; destroy the QP, destroy the id. None of the bugs is in here.
// Ownership: a Link owns its rdma_cm_id and that one's QP; PD, CQ and channel are the
// program's. Threads: one.
#pragma once

#include <rdma/rdma_cma.h>

#include <cstdint>

namespace qpcheck::zoo {

// What a program keeps for the whole of its life.
struct Device {
  rdma_event_channel* channel = nullptr;
  ibv_pd* pd = nullptr;
  ibv_cq* cq = nullptr;

  void open();                          // a channel that does not block
  void prepare(ibv_context* context);   // PD and CQ, once an address is resolved
};

struct Link {
  enum class State : std::uint8_t { idle, connecting, up, failed };
  rdma_cm_id* id = nullptr;
  State state = State::idle;

  // Begins to connect to the first target; 0, or -1 with errno.
  int open(Device& device, void* context);
  // An event of the connecting phase moves it on.
  void advance(Device& device, const rdma_cm_event& event);
  // Posts a receive whose wr_id is `request`; 0 or the errno.
  int post_receive(std::uint64_t request) const;
  int post_send(std::uint64_t request) const;
  int move_to_error() const;   // its QP: what is posted is flushed; 0 or the errno
  void close();                // destroys QP and id
};

}  // namespace qpcheck::zoo
