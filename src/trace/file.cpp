#include "trace/file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trace/from_json.hpp"
#include "trace/strict_json.hpp"
#include "trace/utf8.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::trace {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Violation& violated) {
  if (violated == Violation{}) return nullptr;
  return {{"property", violated.property}, {"why", violated.why}};
}

ordered_json json_of(const Header& header) {
  ordered_json out = {{"program", header.program},
                      {"scenario", header.scenario},
                      {"teardown", header.teardown},
                      {"transport", header.transport},
                      {"from", header.from},
                      {"qpairs", header.qpairs}};
  if (header.devices != Header{}.devices) out["devices"] = header.devices;
  if (header.disconnect_timeout_ms != Header{}.disconnect_timeout_ms) out["disconnect_timeout_ms"] = header.disconnect_timeout_ms;
  if (header.own_cqs) out["own_cqs"] = true;
  if (header.queue_depth != Header{}.queue_depth) out["queue_depth"] = header.queue_depth;
  if (!header.requests.empty()) out["requests"] = header.requests;
  if (header.sends) out["sends"] = *header.sends;
  out["faults"] = header.faults;
  out["seed"] = header.seed;
  out["violated"] = json_of(header.violated);
  return out;
}

ordered_json json_of(const InnerChoice& inner) {
  return {{"call", inner.call}, {"before", inner.before}, {"choice", inner.choice}};
}

ordered_json json_of(const Step& step) {
  ordered_json out = {{"choice", step.choice}};
  for (const InnerChoice& inner : step.inner) out["inner"].push_back(json_of(inner));
  out["observed"] = step.observed;
  return out;
}

bool all_text_is_utf8(const Trace& trace) {
  const auto& h = trace.header;
  bool good = true;
  const auto look = [&good](const std::string& text) { good = good && utf8::valid(text); };
  for (const auto* text : {&h.program, &h.scenario, &h.teardown, &h.transport, &h.from,
                           &h.violated.property, &h.violated.why}) {
    look(*text);
  }
  for (const auto& fault : h.faults) look(fault.first);
  for (const std::string& request : h.requests) look(request);
  for (const Step& step : trace.steps) {
    look(step.choice);
    for (const InnerChoice& inner : step.inner) {
      look(inner.before);
      look(inner.choice);
    }
    for (const std::string& line : step.observed) look(line);
  }
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
  ordered_json document = {{"format", format_version}, {"header", json_of(trace.header)}};
  ordered_json& steps = document["steps"] = ordered_json::array();
  for (const Step& step : trace.steps) steps.push_back(json_of(step));
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
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
