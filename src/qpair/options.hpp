// What an application chooses when it makes a Controller.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>

namespace qpair {

// How a qpair goes down. API and data path are the same for all three.
enum class Teardown : std::uint8_t {
  always_wait,     // call rdma_disconnect and wait for DISCONNECTED, whatever happened before
  connected_flag,  // look at connected() first; the widely published repair
  settled,         // wait for the connection to be gone, by whatever proves it (default)
};

// On which completion queues the requests of qpairs complete.
enum class CompletionQueues : std::uint8_t {
  shared,     // on one, for all qpairs: polling any qpair handles what has completed on all (default)
  per_qpair,  // on one for each qpair: polling it handles its own
};

// The kernel may take all the time that it was given to resolve and still succeed; it says
// so, or why not, a moment later (addr.c). For so long it is waited for.
inline constexpr std::uint32_t kernel_answers_within_ms = 1000;

// iWARP: for so long at the most the kernel keeps an attempt to connect that its peer does not
// answer (siw_cm.c: MPAREQ_TIMEOUT and MPAREP_TIMEOUT are 10 s), and rdma_destroy_qp with it.
inline constexpr std::uint32_t iwarp_attempt_ends_within_ms = 11000;

struct Options {
  Teardown teardown = Teardown::settled;
  std::uint32_t qpairs = 2;             // qpair 0 is the admin qpair; 1 to 255
  std::uint32_t queue_depth = 1;        // receives kept posted, and sends allowed, per qpair; 1 to 16
  CompletionQueues completion_queues = CompletionQueues::shared;
  std::uint32_t message_bytes = 64;     // size of a message buffer; 1 or more
  std::uint32_t pending_events = 64;    // events held for qpairs whose slot is taken; 1 to 255
  std::uint32_t resolve_timeout_ms = 2000;  // for an address, and for a route; the kernel's
  std::uint32_t connect_timeout_ms = 5000;
  std::uint32_t disconnect_timeout_ms = 1000;
  std::uint32_t linger_timeout_ms = 1000;  // iWARP: while the kernel is still connecting the QP, longer (above)
  std::uint32_t stale_retries = 3;      // attempts more when the peer still remembers an older connection; up to 255
  std::uint32_t stale_retry_ms = 10;    // before each of these
  // Where to connect: the first address, and the one that failover goes to.
  std::array<sockaddr_in, 2> paths{};
};

}  // namespace qpair
