// Traces at random: any that may stand in a file, with the text of a hostile
// tester: every plane of Unicode, control characters, nothing at all.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "trace/file.hpp"
#include "trace/trace.hpp"

namespace qpcheck::trace {

inline std::string encode(std::uint32_t c) {
  const auto tail = [c](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | (c >> 6)), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0)};
}

// One code point: mostly plain, often what breaks writers and readers.
inline rc::Gen<std::string> gen_character() {
  using rc::gen::inRange;
  return rc::gen::map(rc::gen::weightedOneOf<std::uint32_t>(
                          {{8, inRange<std::uint32_t>('a', 'z')},
                           {4, inRange<std::uint32_t>(0, 0xa0)},
                           {2, rc::gen::element<std::uint32_t>('"', '\\', '/', '\n', 0, 0x7f)},
                           {2, inRange<std::uint32_t>(0xa0, 0xd800)},
                           {1, inRange<std::uint32_t>(0xe000, 0x10000)},
                           {1, inRange<std::uint32_t>(0x10000, 0x110000)},
                           {1, rc::gen::element<std::uint32_t>(0x2028, 0xfeff, 0xfffd, 0xffff)}}),
                      encode);
}

inline rc::Gen<std::string> gen_text() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(gen_character()),
                      [](const auto& characters) {
                        std::string text;
                        for (const auto& c : characters) text += c;
                        return text;
                      });
}

// Small ones, and the edges of the type.
template <class Number>
rc::Gen<Number> gen_number() {
  return rc::gen::weightedOneOf<Number>(
      {{3, rc::gen::arbitrary<Number>()},
       {1, rc::gen::element<Number>(0, 1, std::numeric_limits<Number>::max())}});
}

inline rc::Gen<Violation> gen_violation() {
  using rc::gen::set;
  return rc::gen::build<Violation>(set(&Violation::property, gen_text()), set(&Violation::who, gen_text()),
                                   set(&Violation::why, gen_text()));
}

inline void draw(std::string& text) { text = *gen_text(); }
inline void draw(bool& value) { value = *rc::gen::arbitrary<bool>(); }
inline void draw(std::int64_t& number) {
  number = *rc::gen::oneOf(gen_number<std::int64_t>(), rc::gen::just(std::numeric_limits<std::int64_t>::min()));
}
inline void draw(seen::Milliseconds& time_ms) {
  time_ms = *rc::gen::arbitrary<bool>() ? seen::Milliseconds(*gen_number<std::uint64_t>()) : std::nullopt;
}
inline void draw(std::vector<std::string>& texts) {
  texts = *rc::gen::resize(3, rc::gen::container<std::vector<std::string>>(gen_text()));
}

template <class Kind>
rc::Gen<Observed> gen_kind() {
  return rc::gen::exec([] {
    Kind seen;
    Kind::fields(seen, [](const char*, auto& value) { draw(value); });
    return Observed(seen);
  });
}

template <std::size_t... Index>
rc::Gen<Observed> gen_one_of(std::index_sequence<Index...>) {
  return rc::gen::oneOf(gen_kind<std::variant_alternative_t<Index, Observed>>()...);
}

// Each kind as likely as any other.
inline rc::Gen<Observed> gen_observed() {
  return gen_one_of(std::make_index_sequence<std::variant_size_v<Observed>>{});
}

inline rc::Gen<Header> gen_header() {
  using rc::gen::set;
  return rc::gen::build<Header>(
      set(&Header::program, gen_text()), set(&Header::scenario, gen_text()), set(&Header::teardown, gen_text()),
      set(&Header::transport, gen_text()), set(&Header::from, gen_text()),
      set(&Header::qpairs, rc::gen::inRange<std::uint32_t>(1, max_qpairs + 1)),
      set(&Header::devices, gen_number<std::uint32_t>()), set(&Header::own_cqs),
      set(&Header::queue_depth, gen_number<std::uint32_t>()),
      set(&Header::requests, rc::gen::resize(3, rc::gen::container<std::vector<std::string>>(gen_text()))),
      set(&Header::sends, rc::gen::oneOf(rc::gen::just(std::optional<std::uint32_t>()),
                                         rc::gen::map(gen_number<std::uint32_t>(),
                                                      [](std::uint32_t sends) { return std::optional(sends); }))),
      set(&Header::faults,
          rc::gen::container<std::map<std::string, std::uint32_t>>(gen_text(), gen_number<std::uint32_t>())),
      set(&Header::violated, rc::gen::resize(3, rc::gen::container<std::vector<Violation>>(gen_violation()))));
}

inline rc::Gen<InnerChoice> gen_inner() {
  using rc::gen::set;
  return rc::gen::build<InnerChoice>(set(&InnerChoice::call, gen_number<std::uint32_t>()),
                                     set(&InnerChoice::before, gen_text()),
                                     set(&InnerChoice::choice, gen_text()));
}

inline rc::Gen<Step> gen_step() {
  using rc::gen::container;
  using rc::gen::set;
  return rc::gen::build<Step>(
      set(&Step::choice, gen_text()),
      set(&Step::inner, rc::gen::resize(4, container<std::vector<InnerChoice>>(gen_inner()))),
      set(&Step::observed, rc::gen::resize(6, container<std::vector<Observed>>(gen_observed()))));
}

inline rc::Gen<Trace> gen_trace() {
  using rc::gen::resize;
  return rc::gen::build<Trace>(
      rc::gen::set(&Trace::header, resize(12, gen_header())),
      rc::gen::set(&Trace::steps,
                   resize(8, rc::gen::container<std::vector<Step>>(resize(12, gen_step())))));
}

}  // namespace qpcheck::trace

namespace rc {
template <>
struct Arbitrary<qpcheck::trace::Trace> {
  static Gen<qpcheck::trace::Trace> arbitrary() { return qpcheck::trace::gen_trace(); }
};
}  // namespace rc

namespace qpcheck::trace {
inline void showValue(const Trace& trace, std::ostream& os) { os << to_text(trace); }
}  // namespace qpcheck::trace
