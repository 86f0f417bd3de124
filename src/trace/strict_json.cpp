#include "trace/strict_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace qpcheck {
namespace {

using nlohmann::ordered_json;

struct Fault {
  std::optional<std::size_t> byte;  // where, if the library says it
  std::string what;
};

// First pass: builds nothing, stops at the first thing that is not allowed.
class Inspector final : public nlohmann::json_sax<ordered_json> {
 public:
  explicit Inspector(JsonLimits limits) : limits_(limits) {}
  [[nodiscard]] const Fault& fault() const { return fault_; }

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (keys_.back().insert(name).second) return true;
    return stop(fmt::format("the key \"{}\" occurs twice in one object; keep one of the two",
                            printable(name, 80)));
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    fault_ = {position, library_words(error.what())};
    return false;
  }

 private:
  bool stop(std::string what) {
    fault_ = {std::nullopt, std::move(what)};
    return false;
  }

  bool count() {
    if (++values_ <= limits_.values) return true;
    return stop(fmt::format("more than {} values, which no real file has", limits_.values));
  }

  bool open() {
    keys_.emplace_back();
    if (keys_.size() > limits_.depth) {
      return stop(
          fmt::format("nested deeper than {} levels, which no real file is", limits_.depth));
    }
    return count();
  }

  bool close() {
    keys_.pop_back();
    return true;
  }

  // The quotation before it may hold any words, so only what the library can say counts.
  static std::string expectation_at_the_end(std::string_view words) {
    for (const std::string_view expected :
         {"string literal", "':'", "'}'", "']'", "'[', '{', or a literal", "end of input"})
      if (words.ends_with(fmt::format("'; expected {}", expected))) return fmt::format("; expected {}", expected);
    return "";
  }

  // "[json.exception.parse_error.101] parse error at line 2, column 1: syntax
  // error while parsing value - unexpected end of input; last read: 'x'; expected
  // 'y'" without the front, which we say ourselves, and without the quotation,
  // which may be as long as the file.
  static std::string library_words(std::string words) {
    if (const auto id = words.find("] "); id != std::string::npos) words.erase(0, id + 2);
    if (words.starts_with("parse error at line")) words.erase(0, words.find(": ") + 2);
    if (const auto quote = words.find("; last read: '"); quote != std::string::npos)
      words.replace(quote, std::string::npos, expectation_at_the_end(words));
    return printable(words, 200) +
           "; the file is damaged or was edited by hand, take it from its source again";
  }

  JsonLimits limits_;
  std::size_t values_ = 0;
  std::vector<std::set<std::string>> keys_;  // of each object or array that is open
  Fault fault_;
};

// ":3:14" for the byte that the library had read last when it gave up.
std::string line_and_column(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : std::min(byte - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? before.size() + 1 : before.size() - start;
  return fmt::format(":{}:{}", line, column);
}

}  // namespace

Result<ordered_json> read_strict_json(std::string_view text, std::string_view where,
                                      std::string_view kind, JsonLimits limits) {
  try {
    Inspector inspector(limits);
    if (ordered_json::sax_parse(text.begin(), text.end(), &inspector))
      return ordered_json::parse(text.begin(), text.end());
    const Fault& fault = inspector.fault();
    const std::string at = fault.byte ? line_and_column(text, *fault.byte) : "";
    return Error(fmt::format("{}{}: not a {}: {}", where, at, kind, fault.what));
  } catch (const nlohmann::json::exception& error) {  // none is known to come here
    return Error(fmt::format("{}: not a {}: {}; take the file from its source again", where, kind,
                             error.what()));
  }
}

}  // namespace qpcheck
