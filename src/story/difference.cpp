#include "story/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "story/words.hpp"

namespace qpcheck::story {
namespace {

using trace::Header;
using trace::InnerChoice;
using trace::Observed;
using trace::Step;
using trace::Trace;
using trace::Violation;

// "observed "…", the trace says "…"": the first that differs; empty: none does.
std::string first_observed(const std::vector<Observed>& kept, const std::vector<Observed>& now) {
  const auto words_at = [](const std::vector<Observed>& observed, std::size_t i) {
    return i < observed.size() ? words(observed[i]) : "(nothing)";
  };
  for (std::size_t i = 0; i < std::max(kept.size(), now.size()); ++i)
    if (i >= kept.size() || i >= now.size() || kept[i] != now[i])
      return fmt::format("observed \"{}\", the trace says \"{}\"", words_at(now, i), words_at(kept, i));
  return "";
}

std::string first_inner(const std::vector<InnerChoice>& kept, const std::vector<InnerChoice>& now) {
  const auto words = [](const std::vector<InnerChoice>& inner, std::size_t i) {
    return i < inner.size() ? fmt::format("{} before {} (call {})", inner[i].choice, inner[i].before, inner[i].call)
                            : "nothing";
  };
  for (std::size_t i = 0; i < std::max(kept.size(), now.size()); ++i)
    if (words(kept, i) != words(now, i))
      return fmt::format("\"{}\" falls inside it, the trace says \"{}\"", words(now, i), words(kept, i));
  return "";
}

std::string in_step(const Step& kept, const Step& now) {
  if (kept.choice != now.choice)
    return fmt::format("the choice is \"{}\", the trace says \"{}\"", now.choice, kept.choice);
  const std::string inner = first_inner(kept.inner, now.inner);
  return inner.empty() ? first_observed(kept.observed, now.observed) : inner;
}

std::string in_header(const Header& kept, const Header& now) {
  const std::string was = names(kept.violated), is = names(now.violated);
  if (was != is) return fmt::format("violated is \"{}\", the trace says \"{}\"", is, was);
  if (kept.violated != now.violated)
    return fmt::format("the reason is \"{}\", the trace says \"{}\"", reasons(now.violated), reasons(kept.violated));
  return kept == now ? "" : "the header names another setting";
}

}  // namespace

std::string first_difference(const Trace& kept, const Trace& now) {
  for (std::size_t i = 0; i < kept.steps.size(); ++i) {
    if (i >= now.steps.size()) return fmt::format("step {}: the run ended before it", i + 1);
    const std::string found = in_step(kept.steps[i], now.steps[i]);
    if (!found.empty()) return fmt::format("step {} ({}): {}", i + 1, kept.steps[i].choice, found);
  }
  if (now.steps.size() > kept.steps.size())
    return fmt::format("step {}: the trace ends before it", kept.steps.size() + 1);
  return in_header(kept.header, now.header);
}

}  // namespace qpcheck::story
