// What the engine keeps for each state: how it was first (or most cheaply) reached,
// and what that cost. Append-only, numbered by StateId. One thread.
#pragma once

#include <algorithm>

#include "search/memory.hpp"
#include "search/model.hpp"
#include "search/result.hpp"

namespace qpcheck::search {

/// From where a state was reached, and its own mark. Without parent: an initial state.
struct Link {
  StateId parent = no_state;
  std::uint32_t mark = 0;
};

/// A Cost in four bytes. One that does not fit is kept as the greatest that does; a search
/// that meets one ends.
class KeptCost {
public:
  static constexpr unsigned inner_bits = 10;
  static constexpr Cost greatest{(1U << (32 - inner_bits)) - 1, (1U << inner_bits) - 1};
  static constexpr bool fits(Cost cost) { return cost.length <= greatest.length && cost.inner <= greatest.inner; }

  KeptCost() = default;
  KeptCost(Cost cost)
      : bits_(std::min(cost.length, greatest.length) << inner_bits | std::min(cost.inner, greatest.inner)) {}
  operator Cost() const { return {bits_ >> inner_bits, bits_ & greatest.inner}; }

private:
  std::uint32_t bits_;
};

class Links {
public:
  explicit Links(bool kept) : kept_(kept) {}

  void append(Link link) {
    if (kept_) links_.push_back(link);
  }
  void replace(StateId id, Link link) {
    if (kept_) links_[id] = link;
  }

  [[nodiscard]] std::uint32_t mark_of(StateId id) const { return kept_ ? links_[id].mark : 0; }

  [[nodiscard]] Path path_to(StateId id) const {
    Path path;
    if (!kept_) return path;
    for (; links_[id].parent != no_state; id = links_[id].parent) path.steps.push_back(links_[id].mark);
    path.initial = links_[id].mark;
    std::reverse(path.steps.begin(), path.steps.end());
    return path;
  }

  [[nodiscard]] Path path_to_violation(Link last, std::uint8_t code) const {
    Path path = path_to(last.parent);
    if (kept_) path.steps.push_back(last.mark);
    path.violation = code;
    return path;
  }

  [[nodiscard]] std::size_t bytes() const { return links_.bytes(); }

private:
  bool kept_;
  BlockVector<Link> links_;
};

/// The violations seen so far: the cheapest of each code, and how many of each.
class Violations {
public:
  void add(std::uint8_t code, Cost cost, Link link) {
    auto same = std::find_if(seen_.begin(), seen_.end(), [&](const Seen& seen) { return seen.code == code; });
    if (same == seen_.end()) same = seen_.insert(seen_.end(), Seen{code, 0, cost, link, order_});
    ++same->count;
    if (cost < same->cost) *same = {code, same->count, cost, link, order_};
    ++order_;
  }

  [[nodiscard]] bool any() const { return !seen_.empty(); }

  /// No violation that is still to come can be cheaper than one already seen.
  [[nodiscard]] bool settled_at(Cost cost) const {
    return std::any_of(seen_.begin(), seen_.end(), [&](const Seen& seen) { return seen.cost <= cost; });
  }

  [[nodiscard]] std::vector<Violation> sorted(const Links& links) const {
    std::vector<Seen> order = seen_;
    std::sort(order.begin(), order.end(), [](const Seen& a, const Seen& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.order < b.order;
    });
    std::vector<Violation> out;
    for (const Seen& seen : order) {
      out.push_back({seen.code, seen.count, seen.cost, links.path_to_violation(seen.link, seen.code)});
    }
    return out;
  }

private:
  struct Seen {
    std::uint8_t code;
    std::uint64_t count;
    Cost cost;
    Link link;
    std::uint64_t order;
  };
  std::vector<Seen> seen_;
  std::uint64_t order_ = 0;
};

}  // namespace qpcheck::search
