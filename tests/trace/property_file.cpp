// What holds for every trace, and for every file that is not one.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "testing/property.hpp"
#include "tests/trace/generators.hpp"
#include "trace/utf8.hpp"

namespace qpcheck::trace {
namespace {

// An error is one line for a person; a value is a trace that may stand in a file.
void expect_an_answer(const Result<Trace>& answer) {
  if (answer) {
    RC_ASSERT(check(*answer).ok());
    const auto again = from_text(to_text(*answer), "again");
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == *answer);
    return;
  }
  const std::string& line = answer.error().line();
  RC_ASSERT(line.starts_with("damaged.json"));
  RC_ASSERT(line.find('\n') == std::string::npos);
  RC_ASSERT(utf8::valid(line));
  RC_ASSERT(line.size() < 1100u);
}

std::size_t place_in(const std::string& text) {
  return *rc::gen::inRange<std::size_t>(0, text.size());
}

std::pair<std::size_t, std::size_t> range_in(const std::string& text) {
  const auto start = place_in(text);
  return {start, *rc::gen::inRange<std::size_t>(1, 40)};
}

// Some node of the tree, each as likely as any other.
nlohmann::ordered_json& some_node(nlohmann::ordered_json& document) {
  const auto flat = document.flatten();
  const auto chosen = *rc::gen::inRange<std::size_t>(0, flat.size());
  nlohmann::json::json_pointer place(
      std::next(flat.items().begin(), static_cast<long>(chosen)).key());
  const auto up = *rc::gen::inRange(0, 4);
  for (int i = 0; i < up && !place.empty(); ++i) place.pop_back();
  return document[nlohmann::ordered_json::json_pointer(place.to_string())];
}

nlohmann::ordered_json odd_value() {
  using nlohmann::ordered_json;
  return *rc::gen::element<ordered_json>(nullptr, true, -1, 1.5, 4294967296ull,
                                         18446744073709551615ull, "", "text", ordered_json::array(),
                                         ordered_json::array({1, 2}), ordered_json::object(),
                                         ordered_json::object({{"choice", 1}}));
}

}  // namespace

TEST_CASE("what is written is read back") {
  property("any trace written is read back equal", [](const Trace& trace) {
    const auto back = from_text(to_text(trace), "text");
    if (!back) RC_FAIL(back.error().line());
    RC_ASSERT(*back == trace);
  });
  property("writing is a function of the trace, in UTF-8, and ends in one line feed",
           [](const Trace& trace) {
             const Trace copy = trace;
             const std::string text = to_text(trace);
             RC_ASSERT(text == to_text(copy));
             RC_ASSERT(utf8::valid(text));
             RC_ASSERT(text.ends_with("}\n"));
           });
}

TEST_CASE("damage is answered") {
  property("a file cut short is an error", [](const Trace& trace) {
    const std::string text = to_text(trace);
    const auto answer = from_text(
        text.substr(0, *rc::gen::inRange<std::size_t>(0, text.size() - 1)), "damaged.json");
    RC_ASSERT(!answer.ok());
    expect_an_answer(answer);
  });
  property("flipped bytes are an error or another trace", [](const Trace& trace) {
    std::string text = to_text(trace);
    const int flips = *rc::gen::inRange(1, 4);
    for (int i = 0; i < flips; ++i) text[place_in(text)] = *rc::gen::arbitrary<char>();
    expect_an_answer(from_text(text, "damaged.json"));
  });
  property("a deleted range is an error or another trace", [](const Trace& trace) {
    std::string text = to_text(trace);
    const auto [start, length] = range_in(text);
    text.erase(start, length);
    expect_an_answer(from_text(text, "damaged.json"));
  });
  property("a duplicated range is an error or another trace", [](const Trace& trace) {
    std::string text = to_text(trace);
    const auto [start, length] = range_in(text);
    text.insert(place_in(text), text.substr(start, length));
    expect_an_answer(from_text(text, "damaged.json"));
  });
  property("a value of another type is an error or another trace", [](const Trace& trace) {
    auto document = nlohmann::ordered_json::parse(to_text(trace));
    some_node(document) = odd_value();
    expect_an_answer(from_text(document.dump(), "damaged.json"));
  });
  property("arbitrary bytes are an error", [](const std::string& bytes) {
    const auto answer = from_text(bytes, "damaged.json");
    RC_ASSERT(!answer.ok());
    expect_an_answer(answer);
  });
}

}  // namespace qpcheck::trace
