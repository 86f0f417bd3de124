// qpair-ping's command line, by hand: the library's folder needs nothing but std.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "qpair/ping.hpp"

namespace qpair::ping {

namespace {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};
constexpr std::array<Named<Teardown>, 3> teardowns = {{
    {"settled", Teardown::settled},
    {"connected-flag", Teardown::connected_flag},
    {"always-wait", Teardown::always_wait},
}};
constexpr std::array<Named<Polls>, 3> orders = {{
    {"controller-first", Polls::controller_first},
    {"qpairs-first", Polls::qpairs_first},
    {"held-back", Polls::held_back},
}};

// The words of a command line, one after the other; the first complaint is kept.
class Words {
 public:
  explicit Words(std::span<const char* const> words) : words_(words) {}

  bool next(std::string_view& word) {
    if (bad_ || words_.empty()) return false;
    word = words_.front();
    words_ = words_.subspan(1);
    return true;
  }
  std::string_view value(std::string_view option) {
    std::string_view word;
    if (!next(word)) complain(std::string(option) + " needs a value");
    return word;
  }
  template <class Number>
  void number(std::string_view option, std::uint32_t least, std::uint32_t most, Number& to) {
    const std::string_view word = value(option);
    std::uint32_t read = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), read);
    if (error != std::errc{} || end != word.data() + word.size() || read < least || read > most)
      return complain(std::string(option) + " must be a number from " + std::to_string(least) + " to " +
                      std::to_string(most) + ", not '" + std::string(word) + "'");
    to = static_cast<Number>(read);
  }
  void complain(std::string why) {
    if (!bad_) bad_ = BadUsage{std::move(why)};
  }
  const std::optional<BadUsage>& bad() const { return bad_; }

 private:
  std::span<const char* const> words_;
  std::optional<BadUsage> bad_;
};

template <class Value>
void read_name(std::string_view option, Words& words, const std::array<Named<Value>, 3>& names, Value& to) {
  const std::string_view word = words.value(option);
  const auto found = std::ranges::find(names, word, &Named<Value>::name);
  if (found != names.end()) {
    to = found->value;
    return;
  }
  const auto text = [&](std::size_t which) { return std::string(names[which].name); };
  words.complain(std::string(option) + " must be " + text(0) + ", " + text(1) + " or " + text(2) + ", not '" +
                 std::string(word) + "'");
}

Arguments parse_server(Words words) {
  ServerArguments to;
  for (std::string_view word; words.next(word);) {
    if (word == "--help" || word == "-h") return Help{};
    if (word == "--address") to.address = words.value(word);
    else if (word == "--port") words.number(word, 1, 65535, to.port);
    else words.complain("server has no '" + std::string(word) + "'");
  }
  if (words.bad()) return *words.bad();
  return to;
}

// An option whose value is a number of ms; false: it is none.
bool read_deadline(std::string_view word, Words& words, Options& to) {
  constexpr std::uint32_t longest_ms = 60000;
  if (word == "--resolve-timeout-ms") words.number(word, 1, longest_ms, to.resolve_timeout_ms);
  else if (word == "--connect-timeout-ms") words.number(word, 1, longest_ms, to.connect_timeout_ms);
  else if (word == "--disconnect-timeout-ms") words.number(word, 1, longest_ms, to.disconnect_timeout_ms);
  else if (word == "--linger-timeout-ms") words.number(word, 1, longest_ms, to.linger_timeout_ms);
  else if (word == "--stale-retry-ms") words.number(word, 1, longest_ms, to.stale_retry_ms);
  else return false;
  return true;
}

void read_option(std::string_view word, Words& words, ClientArguments& to) {
  if (word == "--port") words.number(word, 1, 65535, to.port);
  else if (word == "--qpairs") words.number(word, 1, 64, to.options.qpairs);
  else if (word == "--count") words.number(word, 0, 1000000, to.count);
  else if (word == "--size") words.number(word, 1, largest_message, to.options.message_bytes);
  else if (word == "--interval-ms") words.number(word, 0, 60000, to.interval_ms);
  else if (word == "--resets") words.number(word, 0, 1000, to.resets);
  else if (word == "--failover") to.failover = words.value(word);
  else if (word == "--failover-port") words.number(word, 1, 65535, to.failover_port);
  else if (word == "--stale-retries") words.number(word, 0, 255, to.options.stale_retries);
  else if (word == "--stay") to.stay = true;
  else if (word == "--each") to.each = true;
  else if (word == "--verbose") to.verbose = true;
  else if (word == "--teardown") read_name(word, words, teardowns, to.options.teardown);
  else if (word == "--polls") read_name(word, words, orders, to.polls);
  else if (read_deadline(word, words, to.options)) return;
  else if (word.starts_with('-') || !to.address.empty()) words.complain("client has no '" + std::string(word) + "'");
  else to.address = word;
}

Arguments parse_client(Words words) {
  ClientArguments to;
  for (std::string_view word; words.next(word);) {
    if (word == "--help" || word == "-h") return Help{};
    read_option(word, words, to);
  }
  if (to.address.empty()) words.complain("client needs the server's address");
  if (to.failover_port != 0 && to.failover.empty())
    words.complain("--failover-port needs --failover ADDRESS beside it");
  if (words.bad()) return *words.bad();
  return to;
}

}  // namespace

const char* name(Teardown teardown) {
  return std::ranges::find(teardowns, teardown, &Named<Teardown>::value)->name.data();
}

Arguments parse(int count, const char* const* words) {
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  if (all.size() < 2) return BadUsage{"server or client?"};
  const std::string_view side = all[1];
  if (side == "--help" || side == "-h" || side == "help") return Help{};
  if (side == "server") return parse_server(Words(all.subspan(2)));
  if (side == "client") return parse_client(Words(all.subspan(2)));
  return BadUsage{"server or client, not '" + std::string(side) + "'"};
}

}  // namespace qpair::ping
