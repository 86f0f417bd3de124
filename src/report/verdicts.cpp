#include "report/verdicts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/table.hpp"
#include "trace/explain.hpp"

namespace qpcheck::report {
namespace {

// 1 234 567
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number), text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ' ';
    text += digits[i];
  }
  return text;
}

std::string bounds(const VerdictRow& row) {
  if (row.exhaustive) return "every state within these bounds";
  return row.verdict == "violated" ? "stopped at a shortest story" : "not exhaustive within these bounds";
}

}  // namespace

std::string table(const std::vector<VerdictRow>& rows) {
  Table table({{"scenario"}, {"teardown"}, {"verdict"}, {"property"}, {"states", Align::right},
               {"transitions", Align::right}, {"depth", Align::right}, {"time", Align::right}});
  for (const VerdictRow& row : rows)
    table.row({row.setting.scenario + (trace::beyond_contract(row.setting) ? " (beyond the contract)" : ""), row.setting.teardown, row.verdict,
               row.setting.violated.property.empty() ? "-" : row.setting.violated.property, grouped(row.states),
               grouped(row.transitions), std::to_string(row.depth), fmt::format("{:.2f} s", row.seconds)});
  return table.text();
}

std::string sentences(const VerdictRow& row) {
  std::string text = trace::setting(row.setting) + ": " + row.verdict + "\n";
  if (!row.setting.violated.property.empty()) text += "  violated: " + row.setting.violated.property + "\n";
  if (!row.all_properties) text += trace::wrapped(fmt::format("looked at these properties only: {}", fmt::join(row.properties, ", ")), "  ");
  if (!row.note.empty()) text += trace::wrapped(row.note, "  ");
  text += fmt::format("  {}: {} states, {} transitions, depth {}, {:.2f} s\n", bounds(row), grouped(row.states),
                      grouped(row.transitions), row.depth, row.seconds);
  if (row.exhaustive) text += fmt::format("  probability that a hash collision hid a state: {:.1e}\n", row.hidden);
  if (!row.trace_file.empty()) text += "  written to " + row.trace_file + "\n";
  return text;
}

std::string json(const std::vector<VerdictRow>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const VerdictRow& row : rows) {
    nlohmann::ordered_json one;
    one["program"] = row.setting.program;
    one["scenario"] = row.setting.scenario;
    one["teardown"] = row.setting.teardown;
    one["transport"] = row.setting.transport;
    one["from"] = row.setting.from;
    one["qpairs"] = row.setting.qpairs;
    one["faults"] = row.setting.faults;
    if (trace::beyond_contract(row.setting)) one["beyond_contract"] = true;
    if (row.setting.disconnect_timeout_ms != trace::Header{}.disconnect_timeout_ms) one["disconnect_timeout_ms"] = row.setting.disconnect_timeout_ms;
    if (row.setting.own_cqs) one["own_cqs"] = true;
    if (row.setting.queue_depth != trace::Header{}.queue_depth) one["queue_depth"] = row.setting.queue_depth;
    one["properties"] = row.properties;
    one["verdict"] = row.verdict;
    one["violated"] = row.setting.violated.property;
    one["why"] = row.setting.violated.why;
    one["note"] = row.note;
    one["exhaustive"] = row.exhaustive;
    one["states"] = row.states;
    one["transitions"] = row.transitions;
    one["depth"] = row.depth;
    one["hidden_state_probability"] = row.hidden;
    if (!row.trace_file.empty()) one["trace"] = row.trace_file;
    list.push_back(std::move(one));
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace qpcheck::report
