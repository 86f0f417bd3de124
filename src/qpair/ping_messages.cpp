// The client's messages: rounds of them, what came back, and what is printed of it.
#include <algorithm>
#include <cstdio>

#include "qpair/ping_client.hpp"

namespace qpair::ping {
namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::uint64_t answer_timeout_ms = 5000;

bool is_echo(std::span<const std::byte> bytes, std::size_t size, std::uint32_t qpair, std::uint32_t sequence) {
  if (bytes.size() != size) return false;
  for (std::size_t place = 0; place < size; ++place)
    if (bytes[place] != pattern(qpair, sequence, place)) return false;
  return true;
}

}  // namespace

bool Client::exchange() {
  sent_ = 0;
  round_trips_.clear();
  round_trips_.reserve(std::size_t{arguments_.count} * controller_.size());
  std::uint64_t next_ms = now_ms();
  for (std::uint32_t sequence = 0; sequence < arguments_.count; ++sequence) {
    if (!rest_until(next_ms)) return !failed_;
    next_ms = now_ms() + arguments_.interval_ms;
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
      complain("qp" + std::to_string(i) + " cannot send: " + call_words("ibv_post_send", error));
      return false;
    }
    ++sent_;
  }
  watch_.note_progress();  // answers are looked for at once
  return true;
}

bool Client::await_answers() {
  const std::uint64_t until_ms = now_ms() + answer_timeout_ms;
  while (!all_answered()) {
    step(until_ms);
    if (failed_ || !all_up()) return false;
    if (now_ms() < until_ms) continue;
    if (all_answered()) break;
    complain(no_answer());
    return false;
  }
  return true;
}

std::string Client::no_answer() const {
  const auto silent = static_cast<std::size_t>(std::ranges::find(tracks_, false, &Track::answered) - tracks_.begin());
  const std::string& refused = watch_.why_failed(silent);  // a receive that could not be posted again
  return "qp" + std::to_string(silent) + ": no answer within " + std::to_string(answer_timeout_ms) + " ms" +
         (refused.empty() ? "" : "; " + refused);
}

// False: there is a reason to stop.
bool Client::rest_until(std::uint64_t when_ms) {
  for (;;) {
    step(when_ms);
    if (interrupted() || failed_ || !all_up()) return false;
    if (now_ms() >= when_ms) return true;
  }
}

bool Client::all_answered() const { return std::ranges::all_of(tracks_, &Track::answered); }

std::string Client::why_gone() const {
  for (std::uint32_t i = 0; i < controller_.size(); ++i)
    if (const std::string why = watch_.why_gone(controller_.at(i)); !why.empty())
      return "qp" + std::to_string(i) + ": " + why;
  return "";
}

bool Client::all_up() {
  const std::string why = why_gone();
  if (!why.empty()) complain(why);
  return why.empty();
}

// A request that was flushed is the consequence of something else, which an event tells.
void Client::sent(Qpair& qpair, std::uint64_t tag, ibv_wc_status status) {
  watch_.note_progress();
  if (status == IBV_WC_SUCCESS || status == IBV_WC_WR_FLUSH_ERR || qpair.life() != Life::connected) return;
  complain("qp" + std::to_string(qpair.number()) + " message " + std::to_string(tag) + ": " +
           ibv_wc_status_str(status));
}

void Client::received(Qpair& qpair, std::span<const std::byte> bytes) {
  watch_.note_progress();
  Track& seen = tracks_[qpair.number()];
  const Microseconds took = Clock::now() - seen.sent_at;
  const std::string who = "qp" + std::to_string(qpair.number()) + " message " + std::to_string(seen.sequence);
  if (seen.answered) return complain(who + " was answered twice");
  seen.answered = true;
  if (!is_echo(bytes, message_.size(), qpair.number(), seen.sequence)) return complain(who + " came back changed");
  round_trips_.push_back(took.count());
  if (!arguments_.each) return;
  std::printf("%zu bytes from %s: %s, %.1f µs\n", bytes.size(), server().c_str(), who.c_str(), took.count());
  std::fflush(stdout);
}

void Client::print_messages() {
  std::printf("messages: %llu sent, %zu came back", static_cast<unsigned long long>(sent_), round_trips_.size());
  if (!round_trips_.empty()) {
    std::ranges::sort(round_trips_);
    std::printf("; round trip min/median/max %.1f/%.1f/%.1f µs", round_trips_.front(),
                round_trips_[round_trips_.size() / 2], round_trips_.back());
  }
  std::printf("\n");
  std::fflush(stdout);
}

void Client::print_teardown(const char* what, Milliseconds took) const {
  std::printf("%s took %.3f ms; %s\n", what, took.count(), summary_line(watch_.ways_down()).c_str());
  for (std::size_t i = 0; arguments_.verbose && i < tracks_.size(); ++i)
    std::printf("  %s\n", way_down_line(i, watch_.ways_down()[i]).c_str());
  std::fflush(stdout);
}

}  // namespace qpair::ping
