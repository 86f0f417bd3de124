// What the client does: connect, exchange, go round, go down.
#include "qpair/ping_client.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

namespace qpair::ping {
namespace {

Options options_for(const ClientArguments& arguments) {
  Options options = arguments.options;
  options.queue_depth = 2;
  options.pending_events = 255;  // held-back: events stay where they are for long
  return options;
}

bool may_go_down(const Qpair& qpair) {
  return !qpair.finished() && qpair.life() != Life::disconnecting && qpair.life() != Life::lingering;
}

}  // namespace

Client::Client(const ClientArguments& arguments)
    : arguments_(arguments),
      servers_{text(arguments.options.paths[0]), text(arguments.options.paths[1])},
      tracks_(arguments.options.qpairs),
      message_(arguments.options.message_bytes),
      watch_(arguments.options.qpairs),
      controller_(options_for(arguments), &watch_, this) {}

int Client::run() {
  const bool connected = connect();
  if (!connected || !go_through()) failed_ = true;
  const bool open = !all_finished();
  const Clock::time_point began = Clock::now();
  go_down();
  if (connected && open) print_teardown("teardown", Clock::now() - began);
  return failed_ ? exit_failed : exit_ok;
}

// All that lies between connecting and the last teardown.
bool Client::go_through() {
  const bool came_back = exchange();
  print_messages();
  if (!came_back) return false;
  for (std::uint32_t done = 0; done < arguments_.resets && !interrupted(); ++done) {
    if (!go_round("reset", &Controller::reset)) return false;
    const bool again = exchange();
    print_messages();
    if (!again) return false;
  }
  holding_ = arguments_.polls == Polls::held_back;
  if (arguments_.stay && !stay()) return false;
  if (arguments_.failover.empty() || interrupted()) return true;
  path_ = 1;
  if (!go_round("failover", &Controller::failover)) return false;
  const bool there = exchange();
  print_messages();
  holding_ = arguments_.polls == Polls::held_back;
  return there;
}

// One round of polls, and before the controller's a sleep until something may have changed:
// what the controller fetches is unseen, so nothing may sleep between that and the qpairs.
// Nor after the qpairs, in the caller's order: its wait may be over by then.
void Client::step(std::uint64_t until_ms) {
  const bool qpairs_first = arguments_.polls == Polls::qpairs_first;
  if (qpairs_first) poll_qpairs(now_ms());
  rest(until_ms);
  controller_.poll(now_ms());
  if (!qpairs_first) poll_qpairs(now_ms());
}

void Client::poll_qpairs(std::uint64_t now) {
  for (std::uint32_t i = 0; i < controller_.size(); ++i)
    if (!controller_.at(i).finished() && !held(controller_.at(i))) controller_.at(i).poll(now);
}

bool Client::held(const Qpair& qpair) const {
  return holding_ && (qpair.life() == Life::connected || qpair.life() == Life::lost);
}

void Client::rest(std::uint64_t until_ms) {
  Rest known;
  known.progressed = watch_.take_progress();
  known.completion_may_come = completion_may_come();
  known.idle_us = watch_.idle_us();
  known.now_ms = now_ms();
  known.deadline_ms = next_deadline_ms(until_ms);
  if (const int timeout_ms = rest_ms(known); timeout_ms != 0) event_ready(timeout_ms);
}

bool Client::event_ready(int timeout_ms) const {
  pollfd events{controller_.event_fd(), POLLIN, 0};
  return ::poll(&events, 1, timeout_ms) > 0;
}

bool Client::completion_may_come() const {
  for (std::uint32_t i = 0; i < controller_.size(); ++i) {
    const Life life = controller_.at(i).life();
    if (life == Life::lingering || life == Life::stale || (life == Life::connected && !tracks_[i].answered))
      return true;
  }
  return false;
}

std::uint64_t Client::next_deadline_ms(std::uint64_t until_ms) const {
  std::uint64_t next = until_ms;
  for (std::uint32_t i = 0; i < controller_.size(); ++i)
    if (const std::uint64_t deadline = controller_.at(i).deadline_ms(); deadline != 0 && (next == 0 || deadline < next))
      next = deadline;
  return next;
}

bool Client::connect() {
  controller_.connect(now_ms());
  while (controller_.busy() && !interrupted()) step();
  if (interrupted()) complain("interrupted while connecting to " + server());
  if (failed_) return false;
  if (!controller_.succeeded()) return say_why_not_connected();
  std::printf("connected to %s, qpairs: %u, teardown: %s\n", server().c_str(), controller_.size(),
              name(arguments_.options.teardown));
  std::fflush(stdout);
  return true;
}

// A reset or a failover.
bool Client::go_round(const char* what, Start start) {
  const Clock::time_point began = Clock::now();
  watch_.forget();
  (controller_.*start)(now_ms());
  while (controller_.busy() && !interrupted()) step();
  holding_ = false;
  if (interrupted()) complain(std::string("interrupted during the ") + what);
  if (failed_) return false;
  print_teardown(what, Clock::now() - began);
  if (!controller_.succeeded()) return say_why_not_connected();
  std::printf("connected to %s again\n", server().c_str());
  std::fflush(stdout);
  return true;
}

// False, for the caller to return.
bool Client::say_why_not_connected() {
  const bool failed_before = failed_;
  for (std::size_t i = 0; i < tracks_.size(); ++i)
    if (!watch_.why_failed(i).empty())
      complain("qp" + std::to_string(i) + " cannot connect to " + server() + ": " + watch_.why_failed(i));
  if (failed_ == failed_before)
    complain("a connection to " + server() + " was lost while the others were made: " + why_gone());
  return false;
}

bool Client::stay() {
  std::printf("staying until the server goes\n");
  std::fflush(stdout);
  if (holding_) {
    stay_held_back();
    return true;
  }
  while (!interrupted() && why_gone().empty()) step();
  if (watch_.device_removed()) return all_up();
  if (!interrupted()) std::printf("%s\n", why_gone().c_str());
  std::fflush(stdout);
  return true;
}

// No qpair is polled, so only the channel's fd tells that something came. When nothing
// more comes for a while, all that the server's end sends is fetched.
void Client::stay_held_back() {
  bool fetched = false;
  while (!interrupted()) {
    const bool ready = event_ready(longest_rest_ms);
    if (!ready && fetched) break;
    if (ready) controller_.poll(now_ms());
    fetched = fetched || ready;
  }
  if (!fetched) return;
  std::printf("events were fetched, and none is handled: going down now\n");
  std::fflush(stdout);
}

// Also out of an unfinished procedure: taking its qpairs down ends it.
void Client::go_down() {
  if (!controller_.busy()) watch_.forget();
  while (controller_.busy()) {
    for (std::uint32_t i = 0; i < controller_.size(); ++i)
      if (may_go_down(controller_.at(i))) controller_.at(i).disconnect(now_ms());
    step();
  }
  controller_.shutdown(now_ms());
  while (controller_.busy()) step();
}

bool Client::all_finished() const {
  for (std::uint32_t i = 0; i < controller_.size(); ++i)
    if (!controller_.at(i).finished()) return false;
  return true;
}

void Client::complain(const std::string& why) {
  failed_ = true;
  fail(why);
}

int run_client(const ClientArguments& arguments) {
  ClientArguments resolved = arguments;
  auto& paths = resolved.options.paths;
  if (!resolve(arguments.address, arguments.port, paths[0]))
    return fail("no IPv4 address is known for '" + arguments.address + "'");
  paths[1] = paths[0];
  const std::uint16_t port = arguments.failover_port != 0 ? arguments.failover_port : arguments.port;
  if (!arguments.failover.empty() && !resolve(arguments.failover, port, paths[1]))
    return fail("no IPv4 address is known for '" + arguments.failover + "' of --failover");
  catch_signals();
  try {
    return Client(resolved).run();
  } catch (const std::system_error& error) {
    const std::string what = error.what();  // "call: error's text"
    return fail(no_channel(what.substr(0, what.find(':')), error.code().value()));
  }
}

}  // namespace qpair::ping
