#include "tests/conform/recorded.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

namespace qpcheck::tests {

Recorded::Recorded(const std::filesystem::path& path) {
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) lines_.push_back(row(Json::parse(text)));
  for (std::size_t i = 0; i < size(); ++i)
    iwarp_ = iwarp_ || word(i, "msg").find(" transport siw ") != std::string::npos;
}

std::shared_ptr<const Recorded::Row> Recorded::row(Json json) {
  std::string text = json.dump();
  return std::make_shared<const Row>(Row{std::move(json), std::move(text)});
}

std::string Recorded::text() const {
  std::string text;
  for (const auto& line : lines_) text += line->text + "\n";
  return text;
}

std::string Recorded::word(std::size_t at, const char* key) const {
  const auto found = (*this)[at].find(key);
  return found != (*this)[at].end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t Recorded::number(std::size_t at, const char* key, std::int64_t otherwise) const {
  const auto found = (*this)[at].find(key);
  return found != (*this)[at].end() && found->is_number() ? found->get<std::int64_t>() : otherwise;
}

bool Recorded::is_event(std::size_t at, std::string_view name) const {
  return is(at, "event") && number(at, "conn") >= 0 && (name.empty() || word(at, "name") == name);
}

bool Recorded::is_call(std::size_t at, std::string_view call) const {
  return is(at, "api") && (call.empty() || word(at, "call") == call);
}

bool Recorded::same_end(std::size_t one, std::size_t other) const {
  return number(one, "conn") == number(other, "conn") && word(one, "side") == word(other, "side");
}

bool Recorded::target_seen() const {
  for (std::size_t i = 0; i < size(); ++i)
    if (word(i, "side") == "target" && (is_event(i) || is_call(i))) return true;
  return false;
}

Recorded Recorded::with(std::size_t at, const char* key, const Json& value) const {
  Recorded changed = *this;
  Json line = (*this)[at];
  line[key] = value;
  changed.lines_[at] = row(std::move(line));
  return changed;
}

Recorded Recorded::without(std::size_t at) const {
  Recorded changed = *this;
  changed.lines_.erase(changed.lines_.begin() + static_cast<std::ptrdiff_t>(at));
  return changed;
}

void Recorded::insert(Json line, std::size_t before, std::int64_t us) {
  line["t_us"] = us;
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(before), row(std::move(line)));
}

Recorded Recorded::with_line(Json line, std::size_t before) const {
  Recorded changed = *this;
  changed.insert(std::move(line), before, before > 0 ? time(before - 1) : time(0));
  return changed;
}

Recorded Recorded::with_copy(std::size_t of, std::size_t before, std::int64_t later_us) const {
  if (later_us == 0) return with_line((*this)[of], before);
  const Recorded changed = with_line((*this)[of], before);
  return changed.at_time(before, changed.time(before) + later_us);
}

Recorded Recorded::moved(std::size_t at, std::size_t before) const {
  const Json line = (*this)[at];
  return before <= at ? without(at).with_line(line, before) : with_line(line, before).without(at);
}

Recorded Recorded::swapped(std::size_t one, std::size_t other) const {
  Recorded changed = *this;
  Json first = (*this)[one], second = (*this)[other];
  std::swap(first["t_us"], second["t_us"]);
  changed.lines_[one] = row(std::move(second));
  changed.lines_[other] = row(std::move(first));
  return changed;
}

Recorded Recorded::at_time(std::size_t at, std::int64_t us) const {
  Recorded changed = without(at);
  std::size_t before = 0;
  while (before < changed.size() && changed.time(before) <= us) ++before;
  changed.insert((*this)[at], before, us);
  return changed;
}

}  // namespace qpcheck::tests
