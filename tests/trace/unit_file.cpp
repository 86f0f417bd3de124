// The exact bytes of a trace file, and the exact lines of its errors.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/trace/sample.hpp"
#include "trace/file.hpp"

namespace qpcheck::trace {
namespace {

using nlohmann::ordered_json;

// The line that reading gives; "" when there is none.
std::string error_of(std::string_view text) {
  const auto answer = from_text(text, "t.json");
  return answer ? "" : answer.error().line();
}

// The same for the sample with one place changed.
template <class Change>
std::string error_after(Change change) {
  auto document = ordered_json::parse(to_text(sample()));
  change(document);
  return error_of(document.dump());
}

std::string whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("the example of the format's page is a kept trace, which replays") {
  const std::string page = whole_file(QPCHECK_SOURCE_DIR "/docs/trace-format.md");
  const std::string kept = whole_file(QPCHECK_SOURCE_DIR "/traces/found/parked-in-poll-connected-flag.json");
  CHECK(page.find("```json\n" + kept + "```\n") != std::string::npos);
}

namespace {

template <std::size_t... Index>
std::string rows_of_the_page(std::index_sequence<Index...>) {
  std::string rows;
  const auto add = [&rows]<class Kind>(Kind seen) {
    std::string fields;
    Kind::fields(seen, [&fields](const char* field, auto&) {
      fields += (fields.empty() ? "`" : ", `") + std::string(field) + "`";
    });
    rows += "| `" + std::string(Kind::kind) + "` | " + fields + " |\n";
  };
  (add(std::variant_alternative_t<Index, Observed>{}), ...);
  return rows;
}

// The page's rows without what they mean.
std::string without_last_cells(const std::string& page) {
  std::istringstream lines(page.substr(page.find("| `seen` | fields | meaning |")));
  std::string rows, line;
  std::getline(lines, line), std::getline(lines, line);
  while (std::getline(lines, line) && !line.empty())
    rows += line.substr(0, line.find(" | ", line.find(" | ") + 3)) + " |\n";
  return rows;
}

}  // namespace

TEST_CASE("the format's page has a row for each kind of observation, with its fields") {
  const std::string page = whole_file(QPCHECK_SOURCE_DIR "/docs/trace-format.md");
  CHECK(without_last_cells(page) == rows_of_the_page(std::make_index_sequence<std::variant_size_v<Observed>>{}));
}

TEST_CASE("a file that is no JSON says at which line and column") {
  CHECK(error_of("") ==
        "t.json:1:1: not a qpcheck trace: syntax error while parsing value - unexpected end of "
        "input; expected '[', "
        "'{', or a literal; the file is damaged or was edited by hand, take it from its source "
        "again");
  CHECK(error_of("{\n  \"format\": 1,\n  ]") ==
        "t.json:3:3: not a qpcheck trace: syntax error while parsing object key - unexpected ']'; "
        "expected string "
        "literal; the file is damaged or was edited by hand, take it from its source again");
  CHECK(error_of("{\"format\": 1}\n{") ==
        "t.json:2:1: not a qpcheck trace: syntax error while parsing value - unexpected '{'; "
        "expected end of input; "
        "the file is damaged or was edited by hand, take it from its source again");
  CHECK(error_of("{\"format\": \"\xff\"}") ==
        "t.json:1:13: not a qpcheck trace: syntax error while parsing value - invalid string: "
        "ill-formed UTF-8 byte; "
        "the file is damaged or was edited by hand, take it from its source again");
  // Words of the file are not taken for the library's.
  CHECK(error_of("[\"'; expected your money\xff\"]") ==
        "t.json:1:25: not a qpcheck trace: syntax error while parsing value - invalid string: "
        "ill-formed UTF-8 byte; "
        "the file is damaged or was edited by hand, take it from its source again");
  CHECK(error_of("[1e999]") ==
        "t.json:1:6: not a qpcheck trace: number overflow parsing '1e999'; the file is damaged or "
        "was edited by hand, "
        "take it from its source again");
}

TEST_CASE("what no real file has is refused before it costs memory") {
  CHECK(error_of("{\"format\": 1, \"format\": 1}") ==
        "t.json: not a qpcheck trace: the key \"format\" occurs twice in one object; keep one of "
        "the two");
  CHECK(error_of(std::string(1'000'000, '[')) ==
        "t.json: not a qpcheck trace: nested deeper than 16 levels, which no real file is");
  std::string many = "[0";
  for (int i = 0; i < 8'000'000; ++i) many += ",0";
  CHECK(error_of(many + "]") ==
        "t.json: not a qpcheck trace: more than 8000000 values, which no real file has");
  CHECK(error_of(std::string(max_bytes + 1, ' ')) ==
        "t.json: not a qpcheck trace: more than 64 MiB; is this the right file?");
}

TEST_CASE("a file of another kind or format says so") {
  const std::string no_trace =
      "t.json: not a qpcheck trace: no \"format\" at its top; give a file that qpcheck wrote";
  CHECK(error_of("[]") == no_trace);
  CHECK(error_of("{}") == no_trace);
  CHECK(error_after([](auto& d) { d["format"] = 7; }) ==
        "t.json: format 7, this qpcheck reads format 2: use the qpcheck that wrote it, or record "
        "the trace again");
  CHECK(error_after([](auto& d) { d["format"] = "1"; }) ==
        "t.json: /format: a whole number is expected here, not a string; correct it");
}

TEST_CASE("a place that is wrong is named") {
  CHECK(error_after([](auto& d) { d["header"].erase("scenario"); }) ==
        "t.json: /header: the key \"scenario\" is missing; add it");
  CHECK(error_after([](auto& d) { d["steps"][5]["inner"][0]["cal\nl"] = 1; }) ==
        "t.json: /steps/5/inner/0: format 2 has no key \"cal\\x0al\" here; remove it, or correct "
        "its spelling");
  CHECK(error_after([](auto& d) { d["steps"][5]["choice"] = 5; }) ==
        "t.json: /steps/5/choice: a string is expected here, not a number; correct it");
  CHECK(error_after([](auto& d) { d["steps"][0]["observed"][0] = nullptr; }) ==
        "t.json: /steps/0/observed/0: an object is expected here, not null; correct it");
  CHECK(error_after([](auto& d) { d["steps"][0]["observed"][0].erase("seen"); }) ==
        "t.json: /steps/0/observed/0: the key \"seen\" is missing; add it");
  CHECK(error_after([](auto& d) { d["steps"][0]["observed"][0]["seen"] = "heard"; }) ==
        "t.json: /steps/0/observed/0/seen: \"heard\" is nothing that format 2 knows; correct its spelling");
  CHECK(error_after([](auto& d) { d["steps"][0]["observed"][0]["event"] = "DREQ"; }) ==
        "t.json: /steps/0/observed/0: format 2 has no key \"event\" here; remove it, or correct its spelling");
  CHECK(error_after([](auto& d) { d["steps"][2]["observed"][0]["status"] = "none"; }) ==
        "t.json: /steps/2/observed/0/status: a whole number is expected here, not a string; correct it");
  CHECK(error_after([](auto& d) { d["steps"][2]["observed"][0].erase("status"); }) ==
        "t.json: /steps/2/observed/0: the key \"status\" is missing; add it");
  CHECK(error_after([](auto& d) { d["header"]["violated"] = nullptr; }) ==
        "t.json: /header/violated: a list is expected here, not null; correct it");
  CHECK(error_after([](auto& d) { d["steps"] = ordered_json::object(); }) ==
        "t.json: /steps: a list is expected here, not an object; correct it");
  CHECK(error_after([](auto& d) { d["header"]["faults"]["ki/ll"] = -1; }) ==
        "t.json: /header/faults/ki~1ll: -1 is not a whole number from 0 to 4294967295; write one");
  CHECK(error_after([](auto& d) { d["header"]["qpairs"] = 0; }) ==
        "t.json: /header/qpairs: 0 qpairs; a world has 1 to 1024");
  CHECK(error_after([](auto& d) { d["steps"][5]["inner"][0]["call"] = 4294967296; }) ==
        "t.json: /steps/5/inner/0/call: 4294967296 is not a whole number from 0 to 4294967295; "
        "write one");
  CHECK(
      error_after([](auto& d) { d["header"]["qpairs"] = 1.5; }) ==
      "t.json: /header/qpairs: 1.5 is not a whole number from 0 to 4294967295; write one");
}

TEST_CASE("a number beyond the largest is refused, the largest and the smallest are read") {
  const std::string text = to_text(sample());
  CHECK(error_of(replaced(text, "\"at_most_ms\": 1000", "\"at_most_ms\": 18446744073709551615")).empty());
  CHECK(error_of(replaced(text, "\"kill\": 1", "\"kill\": -0")).empty());
  CHECK(error_of(replaced(text, "\"status\": 0", "\"status\": -9223372036854775808")).empty());
  CHECK(error_of(replaced(text, "\"status\": 0", "\"status\": 9223372036854775808")) ==
        "t.json: /steps/2/observed/0/status: 9223372036854775808 is not a whole number from -9223372036854775808 to "
        "9223372036854775807; write one");
  CHECK(error_of(replaced(text, "\"at_most_ms\": 1000", "\"at_most_ms\": 18446744073709551616")) ==
        "t.json: /steps/5/observed/2/at_most_ms: 1.8446744073709552e+19 is not a whole number from 0 to "
        "18446744073709551615; write one");
}

TEST_CASE("text that is not UTF-8 is written as a replacement, and refused by save") {
  Trace trace = sample();
  trace.steps[0].choice = "\xff";
  CHECK(to_text(trace).find("\"choice\": \"\xef\xbf\xbd\"") != std::string::npos);
  CHECK(save(trace, "never.json").error().line() ==
        "cannot write never.json: a text of this trace is not UTF-8; write names and observations "
        "in UTF-8");
}

}  // namespace qpcheck::trace
