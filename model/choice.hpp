// The choices of a run, by what their names begin with.
//
// Purpose: one row for each verb: the words, who acts, whether it is bound to happen, on
// which transports, and what it means. The names of choices, their order, the actors in
// stories, the list and its page, and what reads names back take it from here.
// Invariants: a choice's name is its verb's words, then what it is about: "deliver DREQ qp1".
// The rows are in the order of their words, longer ones first; so are the choices of a state.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/fault.hpp"
#include "model/table.hpp"

namespace qpcheck::model {

enum class Verb : std::uint8_t {
  abort_stream,
  advance_clock,
  change_neighbour,
  close_stream,
  delay,
  deliver,
  double_event,
  drop,
  end_timewait,
  fail_bond,
  fail_next,
  flush,
  give_up,
  kill,
  lose_event,
  lose_neighbour,
  lose_send,
  mangle_reply,
  no_memory,
  poll_controller,
  poll,
  power_off,
  purge,
  put_off,
  raise,
  reboot,
  remember_stale,
  remove,
  reorder,
  repeat,
  request_connect,
  request_disconnect,
  request_failover,
  request_reset,
  request_shutdown,
  request,
  resolve,
  send,
  serve,
  start,
  stop,
  swap_events,
  target_accepts,
  target_closes,
  target_disconnects,
  target_refuses,
  unknown_event,
};

// Whether a choice that stays possible is taken in the end. `partly`: some of the verb are
// fair, and the sentence says which.
enum class Fair : std::uint8_t { no, partly, yes };
inline constexpr std::array<std::string_view, 3> fair_names = {"may never happen", "partly fair", "fair"};
constexpr std::string_view name(Fair fair) { return fair_names[static_cast<std::size_t>(fair)]; }

struct VerbInfo {
  Verb verb;
  std::string_view words;
  std::string_view actor;
  Fair fair;
  On on;
  std::string_view sentence;
};

// clang-format off
inline constexpr std::array verb_infos = std::to_array<VerbInfo>({
    {Verb::abort_stream, "abort stream", "device", Fair::no, On::iwarp,
     "the provider says that the stream was aborted, with a status of its own"},
    {Verb::advance_clock, "advance clock", "clock", Fair::yes, On::both,
     "time moves on to the next deadline, when nothing else would change anything"},
    {Verb::change_neighbour, "change neighbour", "fault", Fair::no, On::ib,
     "the target's link address changes, and the connection lives"},
    {Verb::close_stream, "close stream", "device", Fair::yes, On::iwarp, "the provider has closed the stream"},
    {Verb::delay, "delay", "fault", Fair::no, On::both,
     "what is under way for the connection comes after the next deadline"},
    {Verb::deliver, "deliver", "fabric", Fair::partly, On::both,
     "the oldest datagram of a connection and direction arrives; fair, but for what a provider makes of it in a way of "
     "its own"},
    {Verb::double_event, "double", "beyond", Fair::no, On::both, "a queued event is there twice"},
    {Verb::drop, "drop", "fault", Fair::no, On::ib, "a datagram, or the answer to a resolution, is lost"},
    {Verb::end_timewait, "end timewait", "kernel", Fair::no, On::ib, "the time of TIMEWAIT is over"},
    {Verb::fail_bond, "fail bond over", "fault", Fair::no, On::both, "the host's bond fails over: ADDR_CHANGE"},
    {Verb::fail_next, "fail next call", "fault", Fair::no, On::both, "the program's next call fails, with this errno"},
    {Verb::flush, "flush", "device", Fair::partly, On::both,
     "a work request is completed as flushed; fair where the device is sure to do it"},
    {Verb::give_up, "give up retransmission", "kernel", Fair::partly, On::both,
     "nobody answers and the kernel stops asking; fair once its time is over"},
    {Verb::kill, "kill", "fault", Fair::no, On::both, "a target's process dies"},
    {Verb::lose_event, "lose", "beyond", Fair::no, On::both, "a queued event disappears"},
    {Verb::lose_neighbour, "lose neighbour", "fault", Fair::no, On::ib,
     "the target's link address changes, and the connection loses its way back"},
    {Verb::lose_send, "lose send", "device", Fair::yes, On::both,
     "nobody acknowledges a send, and the transport's retries end"},
    {Verb::mangle_reply, "mangle MPA reply", "fault", Fair::no, On::iwarp,
     "the target's reply is not understood: CONNECT_ERROR"},
    {Verb::no_memory, "no memory for", "fault", Fair::no, On::both,
     "the kernel has no memory for an event, which is lost"},
    {Verb::poll_controller, "poll controller", "program", Fair::yes, On::both,
     "the event loop calls the controller's poll, which fetches events"},
    {Verb::poll, "poll", "program", Fair::yes, On::both, "the event loop calls the program's poll"},
    {Verb::power_off, "power off", "fault", Fair::no, On::both, "a target's host loses power"},
    {Verb::purge, "purge completions", "device", Fair::no, On::both, "the completions of a destroyed QP leave the CQ"},
    {Verb::put_off, "put off answer", "kernel", Fair::no, On::both,
     "an address is resolved only when the kernel's time for it is over"},
    {Verb::raise, "raise DEVICE_FATAL", "device", Fair::no, On::both, "the driver says that its device fails"},
    {Verb::reboot, "reboot", "fault", Fair::no, On::both, "a target's host restarts"},
    {Verb::remember_stale, "remember stale", "fault", Fair::no, On::ib,
     "the target's kernel still holds an older connection with this QP number"},
    {Verb::remove, "remove", "fault", Fair::no, On::both, "a device of the host is removed"},
    {Verb::reorder, "reorder", "fault", Fair::no, On::ib,
     "two datagrams of one connection and direction change places"},
    {Verb::repeat, "repeat", "kernel", Fair::partly, On::ib,
     "a kernel sends again what was not answered; fair of the host's"},
    {Verb::request_connect, "request connect", "application", Fair::no, On::both,
     "the application asks for the connections"},
    {Verb::request_disconnect, "request disconnect", "application", Fair::no, On::both,
     "the application asks for one connection's end"},
    {Verb::request_failover, "request failover", "application", Fair::no, On::both,
     "the application asks to go to the other target"},
    {Verb::request_reset, "request reset", "application", Fair::no, On::both,
     "the application asks for new connections"},
    {Verb::request_shutdown, "request shutdown", "application", Fair::no, On::both,
     "the application asks for the end of all"},
    {Verb::request, "request", "application", Fair::no, On::both,
     "the application asks the program for something of its own"},
    {Verb::resolve, "resolve", "kernel", Fair::yes, On::both, "an address or a route is resolved, or cannot be"},
    {Verb::send, "send", "application", Fair::no, On::both, "the application sends a message"},
    {Verb::serve, "serve", "device", Fair::yes, On::both, "a send arrives at the target, which answers it"},
    {Verb::start,              "start",                  "program",     Fair::yes,    On::both,  "the program begins"},
    {Verb::stop, "stop", "fault", Fair::no, On::both, "a target's process is stopped"},
    {Verb::swap_events, "swap events", "beyond", Fair::no, On::both,
     "two queued events of one rdma_cm_id change places"},
    {Verb::target_accepts, "target accepts", "target", Fair::yes, On::both,
     "the target's application accepts the connection"},
    {Verb::target_closes, "target closes", "target", Fair::yes, On::both,
     "the target's application answers the end of the connection"},
    {Verb::target_disconnects, "target disconnects", "target", Fair::no, On::both,
     "the target's application disconnects unasked"},
    {Verb::target_refuses, "target refuses", "target", Fair::no, On::both,
     "the target's application rejects the connection"},
    {Verb::unknown_event, "unknown event", "beyond", Fair::no, On::both,
     "an event that rdma-core does not know is queued"},
});
// clang-format on

static_assert(in_order(verb_infos, &VerbInfo::verb), "a verb's row stands at its number");
static_assert([] {
  for (std::size_t i = 1; i < verb_infos.size(); ++i)
    if (!(verb_infos[i - 1].words < verb_infos[i].words) && !verb_infos[i - 1].words.starts_with(verb_infos[i].words))
      return false;
  return true;
}(), "the rows are in the order of their words, longer ones first");

constexpr const VerbInfo& info(Verb verb) { return verb_infos[static_cast<std::size_t>(verb)]; }
constexpr std::string_view words(Verb verb) { return info(verb).words; }

// A choice's name, taken apart.
struct Named {
  const VerbInfo* verb = nullptr;  // null: no choice is called so
  std::string_view about;          // "DREQ qp1"
};

constexpr Named choice_named(std::string_view name) {
  Named found;
  for (const VerbInfo& info : verb_infos) {
    if (!name.starts_with(info.words) || (found.verb != nullptr && found.verb->words.size() > info.words.size()))
      continue;
    std::string_view rest = name.substr(info.words.size());
    if (!rest.empty() && rest.front() != ' ' && rest.front() != ':') continue;
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
    found = {&info, rest};
  }
  return found;
}
static_assert(choice_named("lose neighbour qp0").verb->verb == Verb::lose_neighbour);
static_assert(choice_named("lose DISCONNECTED qp0").about == "DISCONNECTED qp0");
static_assert(choice_named("poll").verb->verb == Verb::poll && choice_named("pollute").verb == nullptr);

}  // namespace qpcheck::model
