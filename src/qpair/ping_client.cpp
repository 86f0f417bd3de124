// What the client does: connect, exchange, go down.
#include "qpair/ping_client.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace qpair::ping {
namespace {

constexpr auto answer_timeout = std::chrono::seconds(5);
constexpr int rest_ms = 1;  // between two polls while nothing is awaited

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count());
}

Options options_for(const ClientArguments& arguments, const sockaddr_in& address) {
  Options options;
  options.teardown = arguments.teardown;
  options.qpairs = arguments.qpairs;
  options.queue_depth = 2;
  options.message_bytes = arguments.size;
  options.paths = {address, address};
  return options;
}

bool may_go_down(const Qpair& qpair) {
  return !qpair.finished() && qpair.life() != Life::disconnecting && qpair.life() != Life::lingering;
}

}  // namespace

Client::Client(const ClientArguments& arguments, const sockaddr_in& address)
    : arguments_(arguments),
      server_(text(address)),
      tracks_(arguments.qpairs),
      message_(arguments.size),
      controller_(options_for(arguments, address), this, this) {}

int Client::run() {
  const bool connected = connect();
  if (connected) {
    std::printf("connected to %s, qpairs: %u, teardown: %s\n", server_.c_str(), arguments_.qpairs,
                name(arguments_.teardown));
    std::fflush(stdout);
    if (!exchange()) failed_ = true;
    print_messages();
  } else {
    failed_ = true;
  }
  const Clock::time_point began = Clock::now();
  go_down();
  if (connected) print_teardown(Clock::now() - began);
  return failed_ ? exit_failed : exit_ok;
}

void Client::poll() {
  const std::uint64_t now = now_ms();
  controller_.poll(now);
  for (std::uint32_t i = 0; i < controller_.size(); ++i)
    if (!controller_.at(i).finished()) controller_.at(i).poll(now);
}

bool Client::connect() {
  controller_.connect(now_ms());
  while (controller_.busy() && !interrupted()) poll();
  if (interrupted()) complain("interrupted while connecting to " + server_);
  if (failed_ || controller_.succeeded()) return !failed_;
  for (const Track& track : tracks_)
    if (!track.why_failed.empty())
      complain("qp" + std::to_string(&track - tracks_.data()) + " cannot connect to " + server_ + ": " + track.why_failed);
  if (!failed_) complain("a connection to " + server_ + " was lost while the others were made");
  return false;
}

bool Client::exchange() {
  round_trips_.reserve(std::size_t{arguments_.count} * arguments_.qpairs);
  Clock::time_point next = Clock::now();
  for (std::uint32_t sequence = 0; sequence < arguments_.count; ++sequence) {
    if (!rest_until(next)) return !failed_;
    next = Clock::now() + std::chrono::milliseconds(arguments_.interval_ms);
    if (!send_round(sequence) || !await_answers()) return false;
  }
  return !failed_;
}

bool Client::send_round(std::uint32_t sequence) {
  for (std::uint32_t i = 0; i < controller_.size(); ++i) {
    for (std::size_t place = 0; place < message_.size(); ++place) message_[place] = pattern(i, sequence, place);
    Track& track = tracks_[i];
    track.sequence = sequence;
    track.answered = false;
    track.sent_at = Clock::now();
    if (const int error = controller_.at(i).send(message_, sequence); error != 0) {
      complain("qp" + std::to_string(i) + " cannot send: " + std::strerror(-error));
      return false;
    }
    ++sent_;
  }
  return true;
}

bool Client::await_answers() {
  const Clock::time_point until = Clock::now() + answer_timeout;
  while (!all_answered()) {
    poll();
    if (failed_ || !all_up()) return false;
    if (Clock::now() < until) continue;
    complain("no answer within 5 s");
    return false;
  }
  return true;
}

// False: there is a reason to stop.
bool Client::rest_until(Clock::time_point when) {
  for (;;) {
    poll();
    if (interrupted() || failed_ || !all_up()) return false;
    if (Clock::now() >= when) return true;
    pollfd events{controller_.event_fd(), POLLIN, 0};
    ::poll(&events, 1, rest_ms);
  }
}

bool Client::all_answered() const { return std::ranges::all_of(tracks_, &Track::answered); }

bool Client::all_up() {
  for (std::uint32_t i = 0; i < controller_.size(); ++i) {
    if (controller_.at(i).life() == Life::connected) continue;
    complain("qp" + std::to_string(i) + ": the server has gone");
    return false;
  }
  return true;
}

// Also out of an unfinished connect(): taking its qpairs down ends it.
void Client::go_down() {
  while (controller_.busy()) {
    for (std::uint32_t i = 0; i < controller_.size(); ++i)
      if (may_go_down(controller_.at(i))) controller_.at(i).disconnect(now_ms());
    poll();
  }
  controller_.shutdown(now_ms());
  while (controller_.busy()) poll();
}

void Client::complain(const std::string& why) {
  failed_ = true;
  fail(why);
}

int run_client(const ClientArguments& arguments) {
  sockaddr_in address{};
  if (!resolve(arguments.address, arguments.port, address))
    return fail("no IPv4 address is known for '" + arguments.address + "'");
  catch_signals();
  try {
    return Client(arguments, address).run();
  } catch (const std::system_error& error) {
    return fail(no_channel(error.code().value()));
  }
}

}  // namespace qpair::ping
