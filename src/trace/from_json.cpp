#include "trace/from_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "trace/file.hpp"

namespace qpcheck::trace {
namespace {

using nlohmann::ordered_json;

// Thrown and caught in this file only: the reading functions stay prose.
struct Departure {
  std::string line;
};

// A value and its place, spelled as a JSON pointer (RFC 6901).
class Place {
 public:
  Place(const ordered_json& value, std::string path) : value_(value), path_(std::move(path)) {}

  [[noreturn]] void reject(const std::string& what) const {
    throw Departure{fmt::format("{}: {}", path_.empty() ? "/" : path_, what)};
  }

  // An object with all of `required`, perhaps some of `optional`, and no other key.
  void expect_keys(const std::vector<std::string_view>& required,
                   const std::vector<std::string_view>& optional = {}) const {
    expect(value_.is_object(), "an object");
    const auto in = [](const auto& list, const std::string& key) {
      return std::find(list.begin(), list.end(), key) != list.end();
    };
    for (const auto& item : value_.items()) {
      if (in(required, item.key()) || in(optional, item.key())) continue;
      reject(fmt::format("format {} has no key \"{}\" here; remove it, or correct its spelling",
                         format_version, printable(item.key(), 80)));
    }
    for (const auto key : required) expect_key(key);
  }

  void expect_key(std::string_view key) const {
    expect(value_.is_object(), "an object");
    if (!value_.contains(key)) reject(fmt::format("the key \"{}\" is missing; add it", key));
  }

  [[nodiscard]] bool has(std::string_view key) const { return value_.contains(key); }
  [[nodiscard]] Place operator[](const std::string& key) const {
    return {value_.at(key), path_ + "/" + escaped(key)};
  }

  [[nodiscard]] std::string text() const {
    expect(value_.is_string(), "a string");
    return value_.get<std::string>();
  }

  [[nodiscard]] bool yes_or_no() const {
    expect(value_.is_boolean(), "true or false");
    return value_.get<bool>();
  }

  template <class Number>
  [[nodiscard]] Number number() const {
    constexpr Number least = std::numeric_limits<Number>::min();
    constexpr std::uint64_t most = std::numeric_limits<Number>::max();
    const bool negative = value_.is_number_integer() && !value_.is_number_unsigned();  // "-0" too
    if (negative && value_.get<std::int64_t>() <= 0 && std::cmp_greater_equal(value_.get<std::int64_t>(), least))
      return value_.get<Number>();
    if (value_.is_number_unsigned() && value_.get<std::uint64_t>() <= most) return value_.get<Number>();
    if (value_.is_number())
      reject(fmt::format("{} is not a whole number from {} to {}; write one", value_.dump(), least, most));
    expect(false, "a whole number");
    return 0;
  }

  template <class Item, class Read>
  [[nodiscard]] std::vector<Item> list(Read read) const {
    expect(value_.is_array(), "a list");
    std::vector<Item> items;
    items.reserve(value_.size());
    for (const auto& item : value_)
      items.push_back(read(Place{item, fmt::format("{}/{}", path_, items.size())}));
    return items;
  }

  [[nodiscard]] std::map<std::string, std::uint32_t> counts() const {
    expect(value_.is_object(), "an object of counts");
    std::map<std::string, std::uint32_t> out;
    for (const auto& item : value_.items())
      out[item.key()] = (*this)[item.key()].number<std::uint32_t>();
    return out;
  }

 private:
  void expect(bool good, const std::string& kind) const {
    if (good) return;
    const std::string found =
        value_.is_null() ? "null" : fmt::format("{} {}", article(), value_.type_name());
    reject(fmt::format("{} is expected here, not {}; correct it", kind, found));
  }

  [[nodiscard]] std::string_view article() const {
    return value_.is_object() || value_.is_array() ? "an" : "a";
  }

  static std::string escaped(const std::string& key) {
    std::string out;
    for (const char c : key) {
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out += c;
    }
    return printable(out, 80);
  }

  const ordered_json& value_;
  std::string path_;
};

Violation read_violation(const Place& place) {
  place.expect_keys({"property", "why"}, {"who"});
  return {place["property"].text(), place.has("who") ? place["who"].text() : "", place["why"].text()};
}

void read(std::string& text, const Place& place) { text = place.text(); }
void read(bool& value, const Place& place) { value = place.yes_or_no(); }
void read(std::int64_t& number, const Place& place) { number = place.number<std::int64_t>(); }
void read(seen::Milliseconds& time_ms, const Place& place) { time_ms = place.number<std::uint64_t>(); }
void read(std::vector<std::string>& texts, const Place& place) {
  texts = place.list<std::string>([](const Place& one) { return one.text(); });
}
void read(std::uint32_t& number, const Place& place) { number = place.number<std::uint32_t>(); }
void read(std::optional<std::uint32_t>& number, const Place& place) { number = place.number<std::uint32_t>(); }
void read(std::map<std::string, std::uint32_t>& counts, const Place& place) { counts = place.counts(); }
void read(std::vector<Violation>& violated, const Place& place) { violated = place.list<Violation>(read_violation); }

Header read_header(const Place& place) {
  std::vector<std::string_view> required, optional;
  each_header_field([&](const auto& field) { (field.always ? required : optional).emplace_back(field.name); });
  place.expect_keys(required, optional);
  Header header;
  each_header_field([&](const auto& field) {
    if (place.has(field.name)) read(header.*field.value, place[field.name]);
  });
  return header;
}

InnerChoice read_inner(const Place& place) {
  place.expect_keys({"call", "before", "choice"});
  return {place["call"].number<std::uint32_t>(), place["before"].text(), place["choice"].text()};
}

template <class Value>
constexpr bool may_be_left_out = std::is_same_v<Value, std::string> || std::is_same_v<Value, seen::Milliseconds>;

template <class Kind>
Observed read_kind(const Place& place) {
  Kind seen;
  std::vector<std::string_view> required = {"seen"}, optional;
  Kind::fields(seen, [&]<class Value>(const char* key, Value&) {
    (may_be_left_out<Value> ? optional : required).emplace_back(key);
  });
  place.expect_keys(required, optional);
  Kind::fields(seen, [&place](const char* key, auto& value) {
    if (place.has(key)) read(value, place[key]);
  });
  return seen;
}

template <std::size_t... Index>
Observed read_one_of(const Place& place, std::string_view kind, std::index_sequence<Index...>) {
  std::optional<Observed> found;
  const auto try_kind = [&]<class Kind>(std::type_identity<Kind>) {
    if (!found && kind == Kind::kind) found = read_kind<Kind>(place);
  };
  (try_kind(std::type_identity<std::variant_alternative_t<Index, Observed>>{}), ...);
  if (!found)
    place["seen"].reject(fmt::format("\"{}\" is nothing that format {} knows; correct its spelling",
                                     printable(kind, 80), format_version));
  return *std::move(found);
}

Observed read_observed(const Place& place) {
  place.expect_key("seen");
  return read_one_of(place, place["seen"].text(), std::make_index_sequence<std::variant_size_v<Observed>>{});
}

Step read_step(const Place& place) {
  place.expect_keys({"choice", "observed"}, {"inner"});
  Step step;
  step.choice = place["choice"].text();
  if (place.has("inner")) step.inner = place["inner"].list<InnerChoice>(read_inner);
  step.observed = place["observed"].list<Observed>(read_observed);
  return step;
}

// Before anything else, since another format may have other keys.
void expect_our_format(const ordered_json& document) {
  if (!document.is_object() || !document.contains("format")) {
    throw Departure{
        "not a qpcheck trace: no \"format\" at its top; give a file that qpcheck wrote"};
  }
  const auto version = Place{document, ""}["format"].number<std::uint64_t>();
  if (version == format_version) return;
  throw Departure{
      fmt::format("format {}, this qpcheck reads format {}: use the qpcheck that wrote it, or "
                  "record the trace again",
                  version, format_version)};
}

}  // namespace

Result<Trace> from_json(const ordered_json& document) {
  try {
    expect_our_format(document);
    const Place top{document, ""};
    top.expect_keys({"format", "header", "steps"});
    return Trace{read_header(top["header"]), top["steps"].list<Step>(read_step)};
  } catch (const Departure& departure) {
    return Error(departure.line);
  }
}

}  // namespace qpcheck::trace
