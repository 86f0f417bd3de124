#include "trace/explain.hpp"

#include "model/fault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace qpcheck::trace {
namespace {

std::string faults(const Header& header) {
  std::string text;
  for (const auto& [name, count] : header.faults)
    if (count > 0) text += fmt::format("{}{}={}{}", text.empty() ? "" : ",", name, count, beyond_contract(name) ? " (beyond the contract)" : "");
  return text.empty() ? "none" : text;
}

// What only some runs choose.
std::string not_default(const Header& header) {
  std::string text;
  if (header.devices != Header{}.devices) text += fmt::format(", {} devices", header.devices);
  if (header.own_cqs) text += ", own CQs";
  if (header.queue_depth != Header{}.queue_depth) text += fmt::format(", queue depth {}", header.queue_depth);
  if (!header.requests.empty()) text += fmt::format(", requests: {}", fmt::join(header.requests, " "));
  if (header.sends) text += fmt::format(", {} send{} each", *header.sends, *header.sends == 1 ? "" : "s");
  return text;
}

// Who takes a choice, by the words it begins with.
struct Actor {
  std::string_view choice, who;
};
constexpr std::array actors = std::to_array<Actor>({
    {"abort stream ", "device"},
    {"advance clock", "clock"},
    {"change neighbour ", "fault"},
    {"close stream ", "device"},
    {"delay ", "fault"},
    {"deliver ", "fabric"},
    {"double ", "beyond"},
    {"drop ", "fault"},
    {"end timewait ", "kernel"},
    {"fail ", "fault"},
    {"flush ", "device"},
    {"give up retransmission ", "kernel"},
    {"kill ", "fault"},
    {"lose neighbour ", "fault"},
    {"lose send ", "device"},
    {"lose ", "beyond"},
    {"mangle ", "fault"},
    {"no memory for ", "fault"},
    {"poll", "program"},
    {"power off ", "fault"},
    {"purge completions ", "device"},
    {"put off answer ", "kernel"},
    {"raise DEVICE_FATAL", "device"},
    {"reboot ", "fault"},
    {"remember stale ", "fault"},
    {"remove ", "fault"},
    {"reorder ", "fault"},
    {"repeat ", "kernel"},
    {"request ", "application"},
    {"resolve ", "kernel"},
    {"send ", "application"},
    {"serve ", "device"},
    {"start", "program"},
    {"stop ", "fault"},
    {"swap ", "beyond"},
    {"target ", "target"},
    {"unknown event ", "beyond"},
});

std::string who(std::string_view choice) {
  for (const Actor& actor : actors)
    if (choice.starts_with(actor.choice)) return fmt::format("[{}]", actor.who);
  return "";
}

std::string told(const Step& step, std::size_t number) {
  std::string text = fmt::format("{:>3}. {:<13} {}\n", number, who(step.choice), step.choice);
  for (const std::string& line : step.observed) text += wrapped(line, "       ");
  return text;
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  for (std::size_t end; (end = text.find(at)) != text.npos; text.remove_prefix(end + at.size()))
    parts.push_back(text.substr(0, end));
  parts.push_back(text);
  return parts;
}

// Each property with its own reason, where there is one for each.
std::string told(const Violation& violated) {
  const auto names = split(violated.property, ", "), reasons = split(violated.why, ". ");
  if (names.size() != reasons.size())
    return fmt::format("Violated: {}\n{}", violated.property, wrapped(violated.why, "  "));
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("Violated: {}\n{}", names[i], wrapped(reasons[i], "  "));
  return text;
}

// The last wait of the qpair that the violation is about, unless it was satisfied.
struct Wait {
  std::string qpair;     // "qp0"
  std::size_t step = 0;  // counted from 1; 0: there is none
  std::string_view events, armed_at;  // "DISCONNECTED"; "\"disconnect: after rdma_disconnect\""
};

// What stands behind `before` in the line, when it begins with that.
std::optional<std::string_view> behind(std::string_view line, std::string_view before) {
  if (!line.starts_with(before)) return std::nullopt;
  return line.substr(before.size());
}

Wait last_wait(const Trace& trace) {
  const std::string& why = trace.header.violated.why;
  Wait wait{why.substr(0, why.find(':')), 0, {}, {}};
  if (!wait.qpair.starts_with("qp")) return {};
  for (std::size_t i = 0; i < trace.steps.size(); ++i)
    for (const std::string& line : trace.steps[i].observed) {
      if (const auto rest = behind(line, wait.qpair + " waits for ")) {
        const auto place = rest->find("armed at ");
        wait.step = i + 1;
        wait.events = rest->substr(0, rest->find(','));
        wait.armed_at = place == rest->npos ? "?" : rest->substr(place + 9);
      }
      if (const auto end = behind(line, wait.qpair + " wait ends: "); end && *end != "timed out") wait.step = 0;
    }
  return wait;
}

// "queued in step 2, fetched in step 3, parked in step 3, handled in step 4", since
// the qpair's connection was begun.
std::string way_of(const Trace& trace, const std::string& qpair, std::string_view event) {
  std::string way;
  for (std::size_t i = 0; i < trace.steps.size(); ++i)
    for (const std::string& line : trace.steps[i].observed) {
      if (line == qpair + " rdma_create_id") way.clear();
      const auto rest = behind(line, fmt::format("{} {} ", qpair, event));
      if (!rest) continue;
      for (const auto& [words, name] : {std::pair{"is queued", "queued"}, {"fetched", "fetched"}, {"is parked", "parked"}, {"handled", "handled"}})
        if (rest->starts_with(words)) way += fmt::format("{}{} in step {}", way.empty() ? "" : ", ", name, i + 1);
    }
  return way;
}

// What the story comes to: where the event went, and where the wait for it was armed.
std::string in_short(const Trace& trace) {
  const Wait wait = last_wait(trace);
  if (wait.step == 0) return "";
  std::string text = "In short:\n";
  for (const std::string_view event : split(wait.events, " or ")) {
    const std::string way = way_of(trace, wait.qpair, event);
    text += wrapped(fmt::format("{}'s {}: {}", wait.qpair, event, way.empty() ? "there was none" : way), "  ");
  }
  return text + wrapped(fmt::format("{}'s wait for {}: armed in step {} at {}", wait.qpair, wait.events, wait.step, wait.armed_at), "  ");
}

}  // namespace

bool beyond_contract(std::string_view name) {
  const auto fault = model::fault_named(name);
  return fault && !model::info(*fault).within_contract;
}

bool beyond_contract(const Header& header) {
  return std::any_of(header.faults.begin(), header.faults.end(),
                     [](const auto& fault) { return fault.second > 0 && beyond_contract(fault.first); });
}

std::string setting(const Header& header) {
  if (header.program != Header{}.program)
    return fmt::format("{}, {}, {}, from {}, faults: {}", header.program, header.teardown == "fixed" ? "fixed" : "as it was",
                       header.transport, header.from, faults(header));
  return fmt::format("{}, teardown {}, {} qpair{}, {}, from {}{}, faults: {}", header.scenario,
                     header.teardown, header.qpairs, header.qpairs == 1 ? "" : "s",
                     header.transport, header.from, not_default(header), faults(header));
}

std::string explain(const Trace& trace) {
  std::string text = setting(trace.header) + "\n\n";
  for (std::size_t i = 0; i < trace.steps.size(); ++i) text += told(trace.steps[i], i + 1);
  const Violation& violated = trace.header.violated;
  if (violated.property.empty()) return text + "\nNothing is violated in these steps.\n";
  return text + "\n" + told(violated) + in_short(trace);
}

std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used != 0 && used + 1 + word.size() > columns) used = 0, out += '\n';
    out += used == 0 ? std::string(indent) : " ";
    used += (used == 0 ? indent.size() : 1) + word.size();
    out += word;
  }
  return out + "\n";
}

}  // namespace qpcheck::trace
