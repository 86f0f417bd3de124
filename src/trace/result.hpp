// Result<T>: a value, or one line that says what went wrong.
//
// Purpose: errors between our own layers, without exceptions. The line is for
// the person at the terminal: where, what, and how to mend it.
// Ownership: plain values. Threads: no shared state.
// Invariants: an Error is one line of valid UTF-8 without control characters,
// whatever names and bytes were put into it; a Result holds exactly one of the
// two. REQUIRES of value(), * and ->: ok(); of error(): !ok(). Both are asserted.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace qpcheck {

// Control characters and bytes that are no UTF-8, written out as \xNN; what is
// longer than `limit` bytes is cut and ends in "…".
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 1000);

class [[nodiscard]] Error {
 public:
  explicit Error(std::string_view line) : line_(printable(line)) {}
  [[nodiscard]] const std::string& line() const { return line_; }
  bool operator==(const Error&) const = default;

 private:
  std::string line_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : either_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return either_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    assert(ok());
    return std::get<0>(either_);
  }
  T& value() & {
    assert(ok());
    return std::get<0>(either_);
  }
  T&& value() && {
    assert(ok());
    return std::get<0>(std::move(either_));
  }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return std::get<1>(either_);
  }

 private:
  std::variant<T, Error> either_;
};

// Done, or why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace qpcheck
