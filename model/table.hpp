// What every transition table must be: checks at compile time over rows that
// have `from`, `event` and `to`, and most of them a `guard`.
#pragma once

#include <array>
#include <cstddef>

namespace qpcheck::model {

template <class Row>
constexpr bool same_guard(const Row& one, const Row& other) {
  if constexpr (requires { one.guard; }) return one.guard == other.guard;
  else return true;
}

template <class Row, std::size_t N>
constexpr bool no_duplicate_rows(const std::array<Row, N>& table) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = i + 1; j < N; ++j)
      if (table[i].from == table[j].from && table[i].event == table[j].event && same_guard(table[i], table[j]))
        return false;
  return true;
}

// By the rows of one table, or of several that move the same state.
template <std::size_t States, class State, class... Tables>
constexpr bool every_state_reachable(State initial, const Tables&... tables) {
  std::array<bool, States> reached{};
  reached[static_cast<std::size_t>(initial)] = true;
  const auto spread = [&reached](const auto& table) {
    for (const auto& row : table)
      if (reached[static_cast<std::size_t>(row.from)]) reached[static_cast<std::size_t>(row.to)] = true;
  };
  for (std::size_t round = 0; round < States; ++round) (spread(tables), ...);
  for (const bool state : reached)
    if (!state) return false;
  return true;
}

template <class Row, std::size_t N, class State>
constexpr bool absorbing(const std::array<Row, N>& table, State terminal) {
  for (const Row& row : table)
    if (row.from == terminal && row.to != terminal) return false;
  return true;
}

// Each row stands at the number of what it is about.
template <class Row, std::size_t N, class Key>
constexpr bool in_order(const std::array<Row, N>& rows, Key Row::*key) {
  for (std::size_t i = 0; i < N; ++i)
    if (static_cast<std::size_t>(rows[i].*key) != i) return false;
  return true;
}

// The row for (state, event) whose guard holds; null: there is none.
template <class Row, std::size_t N, class State, class Event, class Holds>
constexpr const Row* find_row(const std::array<Row, N>& table, State from, Event event, Holds&& holds) {
  for (const Row& row : table)
    if (row.from == from && row.event == event && holds(row.guard)) return &row;
  return nullptr;
}

}  // namespace qpcheck::model
