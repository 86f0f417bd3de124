// What a run lets an observer see: the language between the world and the properties.
//
// Purpose: an Observation is one thing that happened; a View is the state of the
// simulated machine just then. Properties are automata over these two and see
// nothing else. Both are plain; texts point to string literals.
// A connection is named by its slot (0 … max_slots-1), a qpair by its number.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/connection.hpp"
#include "model/event.hpp"
#include "model/fault.hpp"

namespace qpcheck::model {

inline constexpr std::size_t max_qpairs = 3;
inline constexpr std::size_t max_slots = 2 * max_qpairs;  // rdma_cm_ids remembered at one time
inline constexpr std::uint8_t nobody = 255;   // "no slot", "no qpair"

enum class Seen : std::uint8_t {
  call,                // the program called `text` for the slot; `status` is what it returned, `error` its errno
  event_fetched,       // rdma_get_cm_event returned `event` with `status`
  event_acknowledged,  // rdma_ack_cm_event
  event_handled,       // the program acted on `event` (only code with an observer says so)
  wait_begins,         // until one of `events`, at the place `text`, for `in_ms` at most
  wait_ends,           // `text`: satisfied, cancelled, timed out
  flag,                // the qpair's `connected` is now `status`
  life,                // the qpair moved; `text` is the state it is in now
  teardown_requested,
  linger_begins,  // for `in_ms` at most
  linger_timed_out,
  teardown_finished,
  completion,  // a work completion was polled; `status` is its ibv_wc_status, `text` its opcode; `error` 1: its QP is
               // destroyed
  request_accepted,   // the program took a message number `status` to send it
  request_refused,    // or refused to, although no call of it failed; `status`: as many may be under way
  request_completed,  // and told its application what became of it
  message_stopped,    // a message does not get through, or may not, by the program's own doing; `status` is a Stopped
  answer_told,        // the application was told of a message; `status` is the number that its bytes say
  all_connected,      // by a step, all that the program connects; `status`: how many things it holds (gives-back)
  time_passes,        // between two steps: nothing else would change anything
  told_up,            // the application was told that the connection is up,
  told_gone,          // and that it is gone
  return_requested,   // the application asked for a reset or a failover (`text`)
  return_ended,       // it is over; `status` 1: every qpair is connected again
  misuse,             // a call, event or completion that must not be; `status` is a Misuse, `text` says why
  step_ends,  // an outer step is over: the state is one of the graph's; a bit for each qpair, in `status`: whose
              // poll it was, in `error`: whose completions that poll left although it takes all
};

// How a request was completed to the application: in `error` of request_completed.
enum class Told : std::uint8_t { unsaid, success, failure };

inline constexpr std::uint64_t no_limit_ms = ~std::uint64_t{0};  // in_ms of a wait without a deadline

// What a misuse is about.
enum class Misuse : std::uint8_t {
  state,      // the object is there, but the call is not legal for its state
  destroyed,  // a call on an object that is destroyed or was never created
  stale,      // an event or completion reaches memory that the program has freed
};

// Why a message, or the peer's answer to it, does not get through or may not.
enum class Stopped : std::uint8_t {
  no_receive,
  receive_too_short,
  receive_not_registered,
  not_registered,
  lies_in_receive
};

struct StoppedInfo {
  Stopped by;
  std::string_view name;      // in traces
  std::string_view sentence;  // for a person
};
inline constexpr std::array stopped_infos = std::to_array<StoppedInfo>({
    {Stopped::no_receive, "no receive posted", "the peer's answer finds no receive posted"},
    {Stopped::receive_too_short, "receive too short", "the peer's answer is longer than the receive that it finds"},
    {Stopped::receive_not_registered, "receive not registered",
     "the peer's answer finds a receive whose memory is not registered to be written"},
    {Stopped::not_registered, "not registered", "a message lies in memory that is not registered"},
    {Stopped::lies_in_receive, "lies in a receive",
     "a message is sent from the memory of a posted receive, which another message may overwrite before"},
});

constexpr const StoppedInfo& info(Stopped by) { return stopped_infos[static_cast<std::size_t>(by)]; }
constexpr const StoppedInfo* stopped_named(std::string_view name) {
  for (const StoppedInfo& info : stopped_infos)
    if (info.name == name) return &info;
  return nullptr;
}
static_assert([] {
  for (std::size_t i = 0; i < stopped_infos.size(); ++i)
    if (static_cast<std::size_t>(stopped_infos[i].by) != i) return false;
  return true;
}());

struct Observation {
  Seen kind{};
  std::uint8_t qpair = nobody;
  std::uint8_t slot = nobody;
  Event event = Event::none;
  EventSet events{};
  std::int32_t status = 0;
  std::int32_t error = 0;
  std::uint64_t in_ms = 0;
  std::uint64_t said_ms = 0;  // by the program's options; 0: they say nothing
  std::uint64_t at_ms = 0;  // the world's time
  const char* text = "";
};

struct SlotView {
  Connection connection;
  bool id_alive = false;     // rdma_create_id returned it, rdma_destroy_id has not
  bool qp_alive = false;
  bool qp_error = false;     // its QP is in the error state
  bool established = false;  // the program acknowledged ESTABLISHED
  bool excused = false;      // a spent fault excuses a timeout of this connection,
  bool linger_excused = false;  // and one of its linger
  EventSet queued{};         // in the channel, not fetched
  EventSet held{};           // fetched, not acknowledged
  bool target_runs = false;  // the target's process is alive and not stopped
  bool device_there = false; // the host's device by which it is reached was not removed
  std::uint8_t target = 0;   // its number
  bool delayed = false;      // what is under way for it, its events too, waits until time has passed
  std::uint8_t qpair = nobody;
};

struct View {
  std::array<SlotView, max_slots> slots{};
  Budget faults_left;
  bool calls_well = true;  // none is about to fail
  std::uint8_t hindering = 0;  // faults that were spent, `stale` not counted
};

}  // namespace qpcheck::model
