// A kernel log as its lines of JSON, to be changed on purpose.
//
// Purpose: the mutators' view of a log: cheap to copy (lines are shared until one is
// changed), with words for what they look for.
// Ownership: lines are shared and immutable. Threads: none.
// Invariants: text() of an unchanged log is what was read, but for spaces; times never
// go back (a line that is put somewhere takes its time from there).
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::tests {

class Recorded {
 public:
  using Json = nlohmann::ordered_json;

  explicit Recorded(const std::filesystem::path& path);

  std::size_t size() const { return lines_.size(); }
  const Json& operator[](std::size_t at) const { return lines_[at]->json; }
  std::string text() const;
  bool iwarp() const { return iwarp_; }
  bool target_seen() const;  // in an event or a call

  std::string word(std::size_t at, const char* key) const;  // "" if it has none
  std::int64_t number(std::size_t at, const char* key, std::int64_t otherwise = 0) const;
  bool is(std::size_t at, std::string_view kind) const { return word(at, "kind") == kind; }
  bool is_event(std::size_t at, std::string_view name = "") const;
  bool is_call(std::size_t at, std::string_view call = "") const;
  bool succeeded(std::size_t at) const { return number(at, "ret") == 0; }
  std::int64_t time(std::size_t at) const { return number(at, "t_us"); }
  bool same_end(std::size_t one, std::size_t other) const;  // side and connection

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  // The next or previous line of the same end (not `at` itself) for which `wanted` holds, within the life
  // of its id: never past an rdma_create_id or a CONNECT_REQUEST.
  template <class Wanted>
  std::size_t next(std::size_t at, Wanted wanted) const {
    for (std::size_t i = at + 1; i < size(); ++i) {
      if (!same_end(at, i)) continue;
      if (begins_id(i)) return none;
      if (wanted(i)) return i;
    }
    return none;
  }
  template <class Wanted>
  std::size_t previous(std::size_t at, Wanted wanted) const {
    for (std::size_t i = at; i-- > 0;) {
      if (!same_end(at, i)) continue;
      if (wanted(i)) return i;
      if (begins_id(i)) return none;
    }
    return none;
  }
  // A line of the other end of this connection.
  template <class Wanted>
  bool peer_has(std::size_t at, Wanted wanted) const {
    for (std::size_t i = 0; i < size(); ++i)
      if (number(i, "conn") == number(at, "conn") && word(i, "side") != word(at, "side") && wanted(i)) return true;
    return false;
  }
  bool begins_id(std::size_t at) const { return is_call(at, "rdma_create_id") || is_event(at, "CONNECT_REQUEST"); }

  Recorded with(std::size_t at, const char* key, const Json& value) const;
  Recorded without(std::size_t at) const;
  Recorded with_copy(std::size_t of, std::size_t before, std::int64_t later_us = 0) const;
  Recorded with_line(Json line, std::size_t before) const;  // takes its time from the line before
  Recorded moved(std::size_t at, std::size_t before) const;
  Recorded swapped(std::size_t one, std::size_t other) const;  // they keep their places and times
  Recorded at_time(std::size_t at, std::int64_t us) const;     // to its place by that time

 private:
  struct Row {
    Json json;
    std::string text;
  };
  static std::shared_ptr<const Row> row(Json json);
  void insert(Json line, std::size_t before, std::int64_t us);

  std::vector<std::shared_ptr<const Row>> lines_;
  bool iwarp_ = false;
};

}  // namespace qpcheck::tests
