#include "report/verdicts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/table.hpp"
#include "story/explain.hpp"
#include "story/words.hpp"

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

constexpr int json_version = 2;

// The fields of the setting; what is violated is told otherwise.
void put(nlohmann::ordered_json& one, const char* name, const auto& value) { one[name] = value; }
void put(nlohmann::ordered_json& one, const char* name, const std::optional<std::uint32_t>& number) {
  if (number) one[name] = *number;
}
void put(nlohmann::ordered_json&, const char*, const std::vector<trace::Violation>&) {}

nlohmann::ordered_json json_of(const VerdictRow& row) {
  const trace::Header& setting = row.setting;
  nlohmann::ordered_json one;
  trace::each_header_field([&](const auto& field) { put(one, field.name, setting.*field.value); });
  put(one, "sends", row.sends);
  one["beyond_contract"] = story::beyond_contract(setting);
  one["properties"] = row.properties;
  one["limits"] = row.limits;
  one["verdict"] = row.verdict;
  one["violated"] = row.violated;
  one["why"] = story::reasons(setting.violated);
  one["note"] = row.note;
  one["ended"] = row.ended;
  one["exhaustive"] = row.exhaustive;
  one["states"] = row.states;
  one["states_told_apart"] = row.states_told_apart;
  one["places"] = row.places;
  one["depth"] = row.depth;
  one["hidden_state_probability"] = row.hidden;
  if (row.budgets)
    one["budgets"] = {
        {"largest", row.budgets->largest}, {"held", row.budgets->held}, {"incomplete", row.budgets->incomplete}};
  if (!row.trace_file.empty()) one["trace"] = row.trace_file;
  return one;
}

}  // namespace

std::string table(const std::vector<VerdictRow>& rows) {
  Table table({{"scenario"}, {"teardown"}, {"verdict"}, {"property"}, {"states", Align::right},
               {"places", Align::right}, {"depth", Align::right}, {"time", Align::right}});
  for (const VerdictRow& row : rows)
    table.row({row.setting.scenario + (story::beyond_contract(row.setting) ? " (beyond the contract)" : ""),
               row.setting.teardown, row.verdict,
               row.setting.violated.empty() ? "-" : story::names(row.setting.violated), grouped(row.states),
               grouped(row.places), std::to_string(row.depth), fmt::format("{:.2f} s", row.seconds)});
  return table.text();
}

std::string sentences(const VerdictRow& row) {
  std::string text = story::setting(row.setting) + ": " + row.verdict + "\n";
  if (!row.setting.violated.empty()) text += "  violated: " + story::names(row.setting.violated) + "\n";
  if (!row.all_properties)
    text += story::wrapped(fmt::format("looked at these properties only: {}", fmt::join(row.properties, ", ")), "  ");
  if (!row.note.empty()) text += story::wrapped(row.note, "  ");
  const std::string apart = row.states_told_apart == row.states
                                ? ""
                                : fmt::format(" ({} with the qpairs told apart)", grouped(row.states_told_apart));
  text += fmt::format("  {}: {} states{}, {} places inside steps, depth {}, {:.2f} s\n", bounds(row),
                      grouped(row.states), apart, grouped(row.places), row.depth, row.seconds);
  if (row.exhaustive) text += fmt::format("  probability that a hash collision hid a state: {:.1e}\n", row.hidden);
  if (!row.trace_file.empty()) text += "  written to " + row.trace_file + "\n";
  return text;
}

std::string json(const std::vector<VerdictRow>& rows) {
  nlohmann::ordered_json all;
  all["version"] = json_version;
  all["checks"] = nlohmann::ordered_json::array();
  for (const VerdictRow& row : rows) all["checks"].push_back(json_of(row));
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace qpcheck::report
