#include "qpair/ping_words.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace qpair::ping {
namespace {

// The reasons of a REJ on InfiniBand and RoCE (IB specification, 12.6.7.2, in the words of
// the kernel's ibcm_reject_msg); null: no such reason.
constexpr std::array<const char*, 36> reject_reasons = {
    nullptr, "no QP", "no EEC", "no resources", "timeout", "unsupported request", "invalid communication ID",
    "invalid communication instance", "invalid service ID", "invalid transport type", "stale connection",
    "RDC does not exist", "invalid GID", "invalid LID", "invalid SL", "invalid traffic class", "invalid hop limit",
    "invalid packet rate", "invalid alternate GID", "invalid alternate LID", "invalid alternate SL",
    "invalid alternate traffic class", "invalid alternate hop limit", "invalid alternate packet rate",
    "port and CM redirection", "port redirection", "invalid MTU", "insufficient responder resources",
    "consumer reject", "invalid RNR retry count", "duplicate local communication ID", "invalid class version",
    "invalid flow label", "invalid alternate flow label", nullptr, "vendor option is not supported"};
constexpr int invalid_service = 8, consumer_reject = 28;

std::string reject_reason(int status) {
  const auto place = static_cast<std::size_t>(status);
  const char* const words = place < reject_reasons.size() ? reject_reasons[place] : nullptr;
  return std::string(words != nullptr ? words : "unknown reason") + ", reason " + std::to_string(status);
}

// iWARP has no reasons: a refusal is -ECONNREFUSED whoever refuses.
std::string reject_hint(int status) {
  if (status == invalid_service || status == -ECONNREFUSED)
    return "; does qpair-ping server run there, at this port?";
  if (status == consumer_reject) return "; the server's program refused, or is about to end";
  return "";
}

std::string milliseconds(double ms) {
  char digits[32];
  std::snprintf(digits, sizeof(digits), "%.3f ms", ms);
  return digits;
}

template <class Property>
void add_count(std::string& line, std::span<const WayDown> ways, const char* what, Property has) {
  if (const auto count = std::ranges::count_if(ways, has); count != 0)
    line += "; " + std::string(what) + ": " + std::to_string(count);
}

}  // namespace

std::string errno_words(int error) {
  error = std::abs(error);
  const char* const name = strerrorname_np(error);
  if (name == nullptr) return "error " + std::to_string(error);
  return std::string(name) + " (" + std::strerror(error) + ")";
}

std::string call_words(const char* call, int error) { return std::string(call) + ": " + errno_words(error); }

std::string event_words(rdma_cm_event_type type, int status) {
  const std::string name = rdma_event_str(type);
  if (status == 0) return name;
  const bool resolves = type == RDMA_CM_EVENT_ADDR_ERROR || type == RDMA_CM_EVENT_ROUTE_ERROR;
  if (resolves && status == -1) return name + ": a query of librdmacm itself failed, status -1";
  const std::string hint = type == RDMA_CM_EVENT_REJECTED ? reject_hint(status) : "";
  if (status < 0) return name + ": " + errno_words(status) + hint;
  if (type == RDMA_CM_EVENT_REJECTED) return name + ": " + reject_reason(status) + hint;
  if (type == RDMA_CM_EVENT_ROUTE_ERROR)
    return name + ": status " + std::to_string(status) + " of the subnet administrator";
  return name + ": status " + std::to_string(status);
}

std::string way_down_line(std::size_t number, const WayDown& way) {
  std::string line = "qp" + std::to_string(number) + ": " + milliseconds(way.took_ms) + ": ";
  if (way.ended_by.empty()) line += "no wait";
  else line += "waited " + milliseconds(way.waited_ms) + ", ended by " + way.ended_by;
  line += "; lingered " + milliseconds(way.lingered_ms);
  if (way.lingered_out) line += ", until its deadline";
  if (!way.failed_call.empty()) line += "; " + way.failed_call;
  return line;
}

std::string summary_line(std::span<const WayDown> ways) {
  std::string line = "qpairs: " + std::to_string(ways.size()) +
                     ", closed cleanly: " + std::to_string(std::ranges::count_if(ways, &WayDown::clean));
  add_count(line, ways, "waited until the deadline", [](const WayDown& way) { return way.waited_out; });
  add_count(line, ways, "lingered until the deadline", [](const WayDown& way) { return way.lingered_out; });
  add_count(line, ways, "a call failed", [](const WayDown& way) { return !way.failed_call.empty(); });
  if (ways.empty()) return line;
  const auto slowest = std::ranges::max_element(ways, {}, &WayDown::took_ms);
  return line + "; slowest teardown: " + milliseconds(slowest->took_ms) + " (qp" +
         std::to_string(slowest - ways.begin()) + ")";
}

int rest_ms(const Rest& rest) {
  if (rest.progressed) return 0;
  if (rest.completion_may_come && rest.idle_us < spin_us) return 0;
  const int most = rest.completion_may_come ? completion_ms : longest_rest_ms;
  if (rest.deadline_ms == 0) return most;
  if (rest.deadline_ms <= rest.now_ms) return 0;
  return static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(most), rest.deadline_ms - rest.now_ms));
}

}  // namespace qpair::ping
