#include "trace/file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "trace/from_json.hpp"
#include "trace/strict_json.hpp"
#include "trace/utf8.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::trace {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Violation& violated) {
  ordered_json out = {{"property", violated.property}};
  if (!violated.who.empty()) out["who"] = violated.who;
  out["why"] = violated.why;
  return out;
}

ordered_json json_of(const std::vector<Violation>& violated) {
  ordered_json out = ordered_json::array();
  for (const Violation& one : violated) out.push_back(json_of(one));
  return out;
}
ordered_json json_of(const std::optional<std::uint32_t>& number) { return *number; }
ordered_json json_of(const auto& value) { return value; }

ordered_json json_of(const Header& header) {
  ordered_json out;
  each_header_field([&](const auto& field) {
    const auto& value = header.*field.value;
    if (field.always || value != Header{}.*field.value) out[field.name] = json_of(value);
  });
  return out;
}

ordered_json json_of(const InnerChoice& inner) {
  return {{"call", inner.call}, {"before", inner.before}, {"choice", inner.choice}};
}

void put(ordered_json& out, const char* key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}
void put(ordered_json& out, const char* key, const seen::Milliseconds& time_ms) {
  if (time_ms) out[key] = *time_ms;
}
void put(ordered_json& out, const char* key, const auto& value) { out[key] = value; }

ordered_json json_of(const Observed& observed) {
  return std::visit(
      []<class Kind>(const Kind& seen) {
        ordered_json out = {{"seen", Kind::kind}};
        Kind::fields(seen, [&out](const char* key, const auto& value) { put(out, key, value); });
        return out;
      },
      observed);
}

std::string dumped(const ordered_json& value, int indent = -1) {
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

// {"seen": "event fetched", "who": "qp0"}: an object in one line.
std::string line_of(const ordered_json& object) {
  std::string line;
  for (const auto& item : object.items())
    line += fmt::format("{}{}: {}", line.empty() ? "{" : ", ", dumped(item.key()), dumped(item.value()));
  return line + "}";
}

// A list of objects, one a line, as the value of a step's key.
template <class Item>
std::string lines_of(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) text += fmt::format("{}\n        {}", text.empty() ? "" : ",", line_of(json_of(item)));
  return text.empty() ? "[]" : "[" + text + "\n      ]";
}

std::string text_of(const Step& step) {
  std::string text = "    {\n      \"choice\": " + dumped(step.choice);
  if (!step.inner.empty()) text += ",\n      \"inner\": " + lines_of(step.inner);
  return text + ",\n      \"observed\": " + lines_of(step.observed) + "\n    }";
}

// Visits every text of a trace.
template <class Look>
void each_text(const std::vector<std::string>& texts, Look&& look) {
  for (const std::string& text : texts) look(text);
}
template <class Look>
void each_text(const Observed& observed, Look&& look) {
  const auto texts_in = [&look](const char*, const auto& value) {
    if constexpr (std::is_same_v<decltype(value), const std::string&>) look(value);
    if constexpr (std::is_same_v<decltype(value), const std::vector<std::string>&>) each_text(value, look);
  };
  std::visit([&texts_in]<class Kind>(const Kind& seen) { Kind::fields(seen, texts_in); }, observed);
}
template <class Look>
void each_text(const std::string& text, Look&& look) {
  look(text);
}
template <class Look>
void each_text(const std::map<std::string, std::uint32_t>& counts, Look&& look) {
  for (const auto& count : counts) look(count.first);
}
template <class Look>
void each_text(const std::vector<Violation>& violated, Look&& look) {
  for (const Violation& one : violated)
    for (const auto* text : {&one.property, &one.who, &one.why}) look(*text);
}
void each_text(const auto&, auto&&) {}  // a number has none

template <class Look>
void each_text(const Header& header, Look&& look) {
  each_header_field([&](const auto& field) { each_text(header.*field.value, look); });
}
template <class Look>
void each_text(const Step& step, Look&& look) {
  look(step.choice);
  for (const InnerChoice& inner : step.inner) {
    look(inner.before);
    look(inner.choice);
  }
  for (const Observed& observed : step.observed) each_text(observed, look);
}

bool all_text_is_utf8(const Trace& trace) {
  bool good = true;
  const auto look = [&good](const std::string& text) { good = good && utf8::valid(text); };
  each_text(trace.header, look);
  for (const Step& step : trace.steps) each_text(step, look);
  return good;
}

}  // namespace

Result<void> check(const Trace& trace) {
  const std::uint32_t qpairs = trace.header.qpairs;
  if (qpairs < 1 || qpairs > max_qpairs) {
    return Error(fmt::format("/header/qpairs: {} qpairs; a world has 1 to {}", qpairs, max_qpairs));
  }
  if (trace.steps.size() > max_steps) {
    return Error(fmt::format("/steps: {} steps; a trace has at most {}, shrink it first",
                             trace.steps.size(), max_steps));
  }
  if (!all_text_is_utf8(trace)) {
    return Error("a text of this trace is not UTF-8; write names and observations in UTF-8");
  }
  return {};
}

std::string to_text(const Trace& trace) {
  const ordered_json head = {{"format", format_version}, {"header", json_of(trace.header)}};
  std::string steps;
  for (const Step& step : trace.steps) steps += (steps.empty() ? "\n" : ",\n") + text_of(step);
  std::string text = dumped(head, 2);
  text.resize(text.size() - 2);  // without "\n}"
  return text + ",\n  \"steps\": [" + steps + (steps.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

Result<Trace> from_text(std::string_view text, std::string_view where) {
  if (text.size() > max_bytes) {
    return Error(fmt::format("{}: not a qpcheck trace: more than {} MiB; is this the right file?",
                             where, max_bytes >> 20));
  }
  const auto json = read_strict_json(text, where, "qpcheck trace");
  if (!json) return json.error();
  auto trace = from_json(*json);
  if (!trace) return Error(fmt::format("{}: {}", where, trace.error().line()));
  if (const auto good = check(*trace); !good)
    return Error(fmt::format("{}: {}", where, good.error().line()));
  return trace;
}

Result<Trace> load(const std::filesystem::path& path) {
  const auto text = read_file(path, max_bytes);
  if (!text) return text.error();
  return from_text(*text, path.native());
}

Result<void> save(const Trace& trace, const std::filesystem::path& path) {
  if (const auto good = check(trace); !good) {
    return Error(fmt::format("cannot write {}: {}", path.native(), good.error().line()));
  }
  const std::string text = to_text(trace);
  if (text.size() > max_bytes) {
    return Error(fmt::format("cannot write {}: more than {} MiB; shrink the trace first",
                             path.native(), max_bytes >> 20));
  }
  return write_file(path, text);
}

}  // namespace qpcheck::trace
