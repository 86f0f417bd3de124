#include "trace/difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qpcheck::trace {
namespace {

// "observed "…", the trace says "…"": the first of the lines that differs; empty: none does.
std::string first_line(const std::vector<std::string>& kept, const std::vector<std::string>& now) {
  for (std::size_t i = 0; i < std::max(kept.size(), now.size()); ++i) {
    const std::string was = i < kept.size() ? kept[i] : "(nothing)", is = i < now.size() ? now[i] : "(nothing)";
    if (was != is) return fmt::format("observed \"{}\", the trace says \"{}\"", is, was);
  }
  return "";
}

std::string first_inner(const std::vector<InnerChoice>& kept, const std::vector<InnerChoice>& now) {
  const auto words = [](const std::vector<InnerChoice>& inner, std::size_t i) {
    return i < inner.size() ? fmt::format("{} before {} (call {})", inner[i].choice, inner[i].before, inner[i].call) : "nothing";
  };
  for (std::size_t i = 0; i < std::max(kept.size(), now.size()); ++i)
    if (words(kept, i) != words(now, i)) return fmt::format("\"{}\" falls inside it, the trace says \"{}\"", words(now, i), words(kept, i));
  return "";
}

std::string in_step(const Step& kept, const Step& now) {
  if (kept.choice != now.choice) return fmt::format("the choice is \"{}\", the trace says \"{}\"", now.choice, kept.choice);
  const std::string inner = first_inner(kept.inner, now.inner);
  return inner.empty() ? first_line(kept.observed, now.observed) : inner;
}

std::string in_header(const Header& kept, const Header& now) {
  if (kept.violated.property != now.violated.property)
    return fmt::format("violated is \"{}\", the trace says \"{}\"", now.violated.property, kept.violated.property);
  if (kept.violated.why != now.violated.why) return fmt::format("the reason is \"{}\", the trace says \"{}\"", now.violated.why, kept.violated.why);
  return kept == now ? "" : "the header names another setting";
}

}  // namespace

std::string first_difference(const Trace& kept, const Trace& now) {
  for (std::size_t i = 0; i < kept.steps.size(); ++i) {
    if (i >= now.steps.size()) return fmt::format("step {}: the run ended before it", i + 1);
    const std::string found = in_step(kept.steps[i], now.steps[i]);
    if (!found.empty()) return fmt::format("step {} ({}): {}", i + 1, kept.steps[i].choice, found);
  }
  if (now.steps.size() > kept.steps.size()) return fmt::format("step {}: the trace ends before it", kept.steps.size() + 1);
  return in_header(kept.header, now.header);
}

}  // namespace qpcheck::trace
