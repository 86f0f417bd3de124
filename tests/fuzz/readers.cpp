#include "tests/fuzz/readers.hpp"

#include "conform/judge.hpp"
#include "conform/read_log.hpp"
#include "story/explain.hpp"
#include "trace/file.hpp"
#include "trace/utf8.hpp"

namespace qpcheck::fuzz {
namespace {

constexpr std::string_view where = "input";

// One line for a person: UTF-8 without control characters, that begins with the place.
std::string wrong_with(const Error& error) {
  const std::string& line = error.line();
  if (!line.starts_with(where)) return "an error does not say where: " + line;
  for (std::string_view rest = line; !rest.empty();) {
    const utf8::CodePoint point = utf8::first(rest);
    if (!point.valid || utf8::is_control(point.value)) return "an error is not one line of text: " + line;
    rest.remove_prefix(point.bytes);
  }
  return "";
}

std::string wrong_with(const conform::Log& log) {
  const conform::Judgement judgement = conform::judge(log);
  if (judgement.judged > log.lines.size()) return "more lines were judged than there are";
  if (!judgement.departure) return "";
  if (judgement.departure->what.empty()) return "a departure has no words";
  if (log.lines.empty() || judgement.departure->line > log.lines.back().number)
    return "a departure stands behind the last line";
  return "";
}

}  // namespace

std::string read_as_trace(std::string_view bytes) {
  const auto read = trace::from_text(bytes, where);
  if (!read) return wrong_with(read.error());
  if (!trace::check(*read)) return "what was read may not be written";
  const std::string text = trace::to_text(*read);
  const auto again = trace::from_text(text, where);
  if (!again || !(*again == *read)) return "what was read is another trace when it is written and read again";
  if (trace::to_text(*again) != text) return "the same trace is not the same bytes";
  return story::explain(*read).empty() ? "a story without a word" : "";
}

std::string read_as_log(std::string_view bytes) {
  const auto read = conform::read_log(bytes, where);
  if (std::string wrong = read ? wrong_with(*read) : wrong_with(read.error()); !wrong.empty()) return wrong;
  // By the other tables too, and without the line that names the transport.
  const bool ib = !read || read->transport == model::Transport::iw;
  const auto other = conform::read_log(bytes, where, ib ? model::Transport::ib : model::Transport::iw);
  return other ? wrong_with(*other) : wrong_with(other.error());
}

}  // namespace qpcheck::fuzz
