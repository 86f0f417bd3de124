#include "trace/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qpcheck::trace {
namespace {

std::string faults(const Header& header) {
  std::string text;
  for (const auto& [name, count] : header.faults)
    if (count > 0) text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, count);
  return text.empty() ? "none" : text;
}

std::string told(const Step& step, std::size_t number) {
  std::string text = fmt::format("{:>3}. {}\n", number, step.choice);
  for (const std::string& line : step.observed) text += wrapped(line, "       ");
  return text;
}

}  // namespace

std::string setting(const Header& header) {
  return fmt::format("{}, teardown {}, {} qpair{}, {}, from {}, faults: {}", header.scenario,
                     header.teardown, header.qpairs, header.qpairs == 1 ? "" : "s",
                     header.transport, header.from, faults(header));
}

std::string explain(const Trace& trace) {
  std::string text = setting(trace.header) + "\n\n";
  for (std::size_t i = 0; i < trace.steps.size(); ++i) text += told(trace.steps[i], i + 1);
  const Violation& violated = trace.header.violated;
  if (violated.property.empty()) return text + "\nNothing is violated.\n";
  return text + "\nViolated: " + violated.property + "\n" + wrapped(violated.why, "  ");
}

std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (used != 0 && used + 1 + word.size() > columns) used = 0, out += '\n';
    out += used == 0 ? std::string(indent) : " ";
    used += (used == 0 ? indent.size() : 1) + word.size();
    out += word;
  }
  return out + "\n";
}

}  // namespace qpcheck::trace
