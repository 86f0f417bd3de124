// qpair-ping's command line, by hand: the library's folder needs nothing but std.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>

#include "qpair/ping.hpp"

namespace qpair::ping {

const char* const usage =
    "qpair-ping server [--address A] [--port P]\n"
    "  Accepts connections and sends every message back, until SIGINT or SIGTERM.\n"
    "    --address A      listen at this IPv4 address only (0.0.0.0: at all)\n"
    "    --port P         1 to 65535 (18515)\n"
    "\n"
    "qpair-ping client ADDRESS [OPTIONS]\n"
    "  Connects, sends messages, checks that they come back, and disconnects. ADDRESS is\n"
    "  an IPv4 address, or the name of a host that has one; it must belong to an RDMA device.\n"
    "    --port P         1 to 65535 (18515)\n"
    "    --qpairs N       connections, 1 to 64 (2)\n"
    "    --count C        messages on each of them, 0 to 1000000 (10)\n"
    "    --size BYTES     of a message, 1 to 65536 (64)\n"
    "    --interval-ms T  between two messages of a connection, 0 to 60000 (100)\n"
    "    --each           print a line for each message\n"
    "    --teardown T     settled, connected-flag or always-wait (settled)\n"
    "\n"
    "SIGINT ends either side in order; the second one ends it at once.\n"
    "Exit code: 0 all that was sent came back unchanged; 1 something failed; 2 bad usage.\n";

namespace {

struct NamedTeardown {
  std::string_view name;
  Teardown teardown;
};
constexpr std::array<NamedTeardown, 3> teardowns = {{
    {"always-wait", Teardown::always_wait},
    {"connected-flag", Teardown::connected_flag},
    {"settled", Teardown::settled},
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

void read_teardown(Words& words, Teardown& to) {
  const std::string_view word = words.value("--teardown");
  const auto found = std::ranges::find(teardowns, word, &NamedTeardown::name);
  if (found == teardowns.end())
    return words.complain("--teardown must be settled, connected-flag or always-wait, not '" + std::string(word) + "'");
  to = found->teardown;
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

void read_option(std::string_view word, Words& words, ClientArguments& to) {
  if (word == "--port") words.number(word, 1, 65535, to.port);
  else if (word == "--qpairs") words.number(word, 1, 64, to.qpairs);
  else if (word == "--count") words.number(word, 0, 1000000, to.count);
  else if (word == "--size") words.number(word, 1, largest_message, to.size);
  else if (word == "--interval-ms") words.number(word, 0, 60000, to.interval_ms);
  else if (word == "--each") to.each = true;
  else if (word == "--teardown") read_teardown(words, to.teardown);
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
  if (words.bad()) return *words.bad();
  return to;
}

}  // namespace

const char* name(Teardown teardown) {
  return std::ranges::find(teardowns, teardown, &NamedTeardown::teardown)->name.data();
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
