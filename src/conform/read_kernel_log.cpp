#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "conform/read_log.hpp"
#include "trace/strict_json.hpp"

namespace qpcheck::conform {
namespace {

using nlohmann::ordered_json;

// Thrown and caught in this file only: the reading functions stay prose.
struct Unreadable {
  std::string line;
};

// Some weeks in microseconds: beyond it a number is a mistake, and arithmetic stays safe.
constexpr std::int64_t latest_us = std::int64_t{1} << 52;
constexpr std::int64_t largest = 0x7fffffff;

// Calls whose result depends on the connection, and those that are read and not judged.
constexpr std::array judged_calls = {"rdma_create_id",    "rdma_resolve_addr", "rdma_resolve_route", "rdma_connect",
                                     "rdma_accept",       "rdma_reject",       "rdma_establish",     "rdma_notify",
                                     "rdma_disconnect",   "rdma_create_qp",    "rdma_destroy_qp",    "rdma_destroy_id",
                                     "ibv_modify_qp(ERR)"};
constexpr std::array other_calls = {
    "rdma_bind_addr", "rdma_listen", "rdma_ack_cm_event", "rdma_get_cm_event", "rdma_set_option",
    "rdma_create_event_channel", "rdma_destroy_event_channel", "ibv_post_recv", "ibv_post_send", "ibv_poll_cq",
    "ibv_modify_qp", "ibv_query_qp"};

class Object {
 public:
  explicit Object(const ordered_json& json) : json_(json) {
    if (!json.is_object())
      throw Unreadable{fmt::format("an object is expected, not {}; one JSON object a line", json.type_name())};
  }

  bool has(const char* key) const { return json_.contains(key); }

  std::string text(const char* key) const {
    const ordered_json& value = at(key);
    if (!value.is_string())
      throw Unreadable{fmt::format("\"{}\": a string is expected, not {}; correct it", key, value.type_name())};
    return value.get<std::string>();
  }

  std::int64_t number(const char* key, std::int64_t most, std::int64_t least) const {
    const ordered_json& value = at(key);
    const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                                                 : value.is_number_integer() && value.get<std::int64_t>() >= least;
    if (!fits)
      throw Unreadable{fmt::format("\"{}\": a whole number from {} to {} is expected; correct it", key, least, most)};
    return value.get<std::int64_t>();
  }
  std::int64_t number(const char* key) const { return number(key, largest, -largest); }
  std::int64_t count(const char* key) const { return number(key, largest, 0); }

 private:
  const ordered_json& at(const char* key) const {
    if (!json_.contains(key)) throw Unreadable{fmt::format("the key \"{}\" is missing; add it", key)};
    return json_.at(key);
  }

  const ordered_json& json_;
};

std::string without_prefix(std::string name) {
  constexpr std::string_view prefix = "RDMA_CM_EVENT_";
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

template <class List>
bool in(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void read_call(const Object& object, Line& line) {
  line.name = object.text("call");
  line.status = object.number("ret");
  line.error = static_cast<int>(object.count("errno"));
  line.begin_us = line.end_us - object.number("dur_us", latest_us, 0);
  if (in(judged_calls, line.name))
    line.kind = Kind::call;
  else if (!in(other_calls, line.name))
    throw Unreadable{fmt::format("the call \"{}\" is not known; correct its spelling", printable(line.name, 80))};
  // ibv_… return the errno itself.
  if (line.status > 0 && line.error == 0) line.error = static_cast<int>(line.status);
  if (line.status != 0 && line.error == 0) throw Unreadable{"the call failed, and its \"errno\" is 0; give the errno"};
}

void read_event(const Object& object, Line& line) {
  line.kind = Kind::event;
  line.name = without_prefix(object.text("name"));
  line.status = object.number("status");
  if (object.has("qp")) line.qp = object.text("qp");
}

void read_completion(const Object& object, Line& line) {
  line.kind = Kind::completion;
  line.name = object.text("op");
  line.status = object.count("status");
  line.request = object.count("wr_id");
}

void read_posted(const Object& object, Line& line) {
  line.kind = Kind::posted;
  line.name = object.text("op");
  line.status = object.count("n");
}

// What a script did to link or device: iWARP closes a connection by itself then.
constexpr std::string_view link_down = " down", device_removed = "link del";
bool tells_trouble(std::string_view message) {
  constexpr std::array words = {std::string_view("netem"), link_down, device_removed, std::string_view("neigh ")};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return message.find(word) != std::string_view::npos; });
}

Trouble trouble_told(std::string_view message) {
  if (message.find(link_down) != std::string_view::npos) return Trouble::link_down;
  return message.find(device_removed) != std::string_view::npos ? Trouble::device_removed : Trouble::any;
}

model::Side receiver_of(const Object& object) {
  if (!object.has("to")) return model::Side::target;
  const std::string who = object.text("to");
  if (who != "host" && who != "target")
    throw Unreadable{fmt::format("\"to\": host or target is expected, not \"{}\"; correct it", printable(who, 80))};
  return who == "host" ? model::Side::host : model::Side::target;
}

void read_signal(const Object& object, Line& line) {
  line.kind = Kind::signal;
  line.side = receiver_of(object);
  line.status = object.number("sig", 64, 1);
  if (object.has("took_us")) line.begin_us -= object.number("took_us", latest_us, 0);
}

void read_kind(const Object& object, const std::string& kind, Line& line) {
  constexpr std::array unjudged = {"api_begin", "readable", "qpattr", "error"};
  if (kind == "api") return read_call(object, line);
  if (kind == "event") return read_event(object, line);
  if (kind == "wc") return read_completion(object, line);
  if (kind == "post") return read_posted(object, line);
  if (kind == "signal") return read_signal(object, line);
  if (kind == "qpstate") {
    line.kind = Kind::qp_state;
    line.qp = object.text("qp");
  } else if (kind == "note" || kind == "async") {
    line.name = object.text(kind == "note" ? "msg" : "name");
    const bool port_error = kind == "async" && line.name.starts_with("port error");
    if (port_error || (kind == "note" && tells_trouble(line.name))) line.kind = Kind::trouble;
    line.status = static_cast<std::int64_t>(port_error ? Trouble::link_down : trouble_told(line.name));
  } else if (!in(unjudged, kind)) {
    throw Unreadable{fmt::format("the kind \"{}\" is not known; correct its spelling", printable(kind, 80))};
  }
}

Line read_line(const ordered_json& json, std::size_t number) {
  const Object object(json);
  Line line;
  line.number = number;
  line.begin_us = line.end_us = object.number("t_us", latest_us, -latest_us);
  const std::string side = object.text("side");
  if (!in(std::array{"host", "target", "agent", "shell"}, side))
    throw Unreadable{
        fmt::format("\"side\": host, target, agent or shell is expected, not \"{}\"; correct it", printable(side, 80))};
  line.side = side == "target" || side == "agent" ? model::Side::target : model::Side::host;
  line.connection = static_cast<int>(object.number("conn", 1023, -1));
  read_kind(object, object.text("kind"), line);
  return line;
}

// "scenario a1 nq 1 transport rxe loop 0"
std::optional<model::Transport> transport_told(const std::string& message) {
  const std::size_t at = message.find(" transport ");
  if (at == std::string::npos || !message.starts_with("scenario ")) return std::nullopt;
  const std::string_view word = std::string_view(message).substr(at + 11);
  if (word.starts_with("siw") || word.starts_with("iwarp")) return model::Transport::iw;
  if (word.starts_with("rxe") || word.starts_with("ib")) return model::Transport::ib;
  return std::nullopt;
}

// An event was fetched after whatever its side did before; a fetch itself takes no longer than this.
constexpr std::int64_t longest_fetch_us = 300'000;

void open_windows(std::vector<Line>& lines) {
  std::array<std::int64_t, 2> last = {-latest_us, -latest_us};
  for (Line& line : lines) {
    std::int64_t& before = last[static_cast<std::size_t>(line.side)];
    if (line.kind == Kind::event) line.begin_us = std::max(before, line.end_us - longest_fetch_us);
    before = line.end_us;
  }
}

Error at_line(std::string_view where, std::size_t number, std::string_view what) {
  return Error(fmt::format("{}: line {}: {}", where, number, what));
}

}  // namespace

Result<Log> read_kernel_log(std::string_view text, std::string_view where, std::optional<model::Transport> transport) {
  Log log;
  log.name = where;
  std::optional<model::Transport> told;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (++number > max_lines)
      return at_line(where, number, fmt::format("more than {} lines, which no log has; cut it", max_lines));
    const auto json = read_strict_json(row, fmt::format("{}: line {}", where, number), "line of a log");
    if (!json) return json.error();
    try {
      log.lines.push_back(read_line(*json, number));
    } catch (const Unreadable& unreadable) {
      return at_line(where, number, unreadable.line);
    }
    const Line& line = log.lines.back();
    if (log.lines.size() > 1 && line.end_us < log.lines[log.lines.size() - 2].end_us)
      return at_line(where, number, "\"t_us\" goes back; sort the log by time");
    if (!told) told = transport_told(line.name);
  }
  if (log.lines.empty()) return Error(fmt::format("{}: an empty log; give one that has lines", where));
  if (!transport) transport = told;
  if (!transport)
    return Error(
        fmt::format("{}: no line says which transport it was; add --transport ib or --transport iwarp", where));
  log.transport = *transport;
  open_windows(log.lines);
  const auto at_target = [](const Line& line) { return line.side == model::Side::target; };
  if (std::none_of(log.lines.begin(), log.lines.end(), at_target)) log.target_events = log.target_calls = false;
  return log;
}

}  // namespace qpcheck::conform
