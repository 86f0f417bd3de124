// The order in which states are expanded: by cost, then by discovery.
//
// Both orders copy a state once, its stored bytes only, and hand it out in place.
// LevelOrder serves models whose edges all cost {1, 0}: one queue, and the number
// and cost of a state follow from its position. CostOrder keeps one queue per cost, and
// of a model that packs its states the packed ones.
// Orders own the waiting states. One thread.
//
// Invariants:
//   1. Costs handed out by take() never decrease.
//   2. Among equal costs, first pushed is first taken.
//   3. A taken state stays valid until drop().
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "search/frontier.hpp"
#include "search/model.hpp"

namespace qpcheck::search {

template <class State>
struct Taken {
  const State* state = nullptr;
  StateId id = no_state;
  Cost cost;
};

namespace detail {
template <class State>
inline constexpr std::size_t state_align = alignof(State) > 8 ? alignof(State) : 8;

/// Copies the bytes that matter; for a constant stored_bytes a fixed copy.
template <class M>
inline void copy_state(const M& model, void* to, const typename M::State& from) {
  std::memcpy(to, static_cast<const void*>(&from), model.stored_bytes(from));
}
}  // namespace detail

template <class M>
class LevelOrder {
public:
  using State = typename M::State;

  explicit LevelOrder(const M& /*model*/) : pool_(sizeof(State) + align), queue_(pool_) {}

  void push(const M& model, const State& state, StateId /*id*/, Cost /*cost*/) {
    detail::copy_state(model, queue_.push(model.stored_bytes(state)), state);
    ++pushed_;
  }

  /// Every state of this level was taken: what is discovered must be pushed now.
  [[nodiscard]] bool level_done() const { return taken_ == level_end_; }

  bool take(const M& /*model*/, Taken<State>& out) {
    if (taken_ == level_end_) {
      if (taken_ == pushed_) return false;
      if (taken_ != 0) ++level_;
      level_end_ = pushed_;
    }
    out = {reinterpret_cast<const State*>(queue_.front()), taken_++, {level_, 0}};
    return true;
  }

  void drop(const M& model, const Taken<State>& taken) { queue_.pop(model.stored_bytes(*taken.state)); }

  [[nodiscard]] std::size_t waiting() const { return pushed_ - taken_; }
  [[nodiscard]] std::size_t bytes() const { return pool_.bytes(); }
  [[nodiscard]] std::size_t peak_bytes() const { return pool_.peak_bytes(); }
  [[nodiscard]] static std::size_t average_bytes() { return sizeof(State); }

private:
  static constexpr std::size_t align = detail::state_align<State>;

  ChunkPool pool_;
  ByteQueue<align> queue_;
  StateId pushed_ = 0;
  StateId taken_ = 0;
  StateId level_end_ = 0;
  std::uint32_t level_ = 0;
};

template <class M>
class CostOrder {
public:
  using State = typename M::State;

  explicit CostOrder(const M& model) : largest_(largest(model)), pool_(sizeof(Head) + align + largest_) {
    if constexpr (Packs<M>) {
      packed_.resize(largest_);
      state_ = std::make_unique_for_overwrite<std::byte[]>(sizeof(State));
    }
  }

  void push(const M& model, const State& state, StateId id, Cost cost) {
    std::size_t bytes = 0;
    if constexpr (Packs<M>) bytes = model.pack(state, packed_.data());
    else bytes = model.stored_bytes(state);
    std::byte* const record = bucket(cost).push(sizeof(Head) + bytes);
    const Head head{id, static_cast<std::uint32_t>(bytes)};
    std::memcpy(record, &head, sizeof head);
    if constexpr (Packs<M>) std::memcpy(record + sizeof(Head), packed_.data(), bytes);
    else detail::copy_state(model, record + sizeof(Head), state);
    ++waiting_;
    ++pushed_;
    pushed_bytes_ += sizeof(Head) + bytes;
  }

  [[nodiscard]] bool level_done() const { return false; }

  bool take(const M& model, Taken<State>& out) {
    while (!buckets_.empty() && buckets_.begin()->second.empty()) forget_cheapest();
    if (buckets_.empty()) return false;
    auto& [cost, queue] = *buckets_.begin();
    const std::byte* const record = queue.front();
    const Head head = head_of(record);
    if constexpr (Packs<M>) {
      out.state = reinterpret_cast<const State*>(state_.get());
      model.unpack(record + sizeof(Head), head.bytes, *reinterpret_cast<State*>(state_.get()));
    } else {
      out.state = reinterpret_cast<const State*>(record + sizeof(Head));
    }
    out.id = head.id;
    out.cost = cost;
    --waiting_;
    return true;
  }

  void drop(const M& /*model*/, const Taken<State>& /*taken*/) {
    // New states never cost less, so the bucket is still the first one.
    Queue& queue = buckets_.begin()->second;
    queue.pop(sizeof(Head) + head_of(queue.front()).bytes);
  }

  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t bytes() const { return pool_.bytes(); }
  [[nodiscard]] std::size_t peak_bytes() const { return pool_.peak_bytes(); }
  /// Of a state that waits, on average.
  [[nodiscard]] std::size_t average_bytes() const { return pushed_ == 0 ? 0 : pushed_bytes_ / pushed_; }

private:
  static constexpr std::size_t align = detail::state_align<State>;
  using Queue = ByteQueue<align>;
  struct alignas(Packs<M> ? 8 : align) Head {
    StateId id;
    std::uint32_t bytes;
  };

  static std::size_t largest(const M& model) {
    if constexpr (Packs<M>) return model.largest_packed();
    else return sizeof(State);
  }

  static Head head_of(const std::byte* record) {
    Head head;
    std::memcpy(&head, record, sizeof head);
    return head;
  }

  Queue& bucket(Cost cost) {
    if (recent_ == nullptr || recent_cost_ != cost) {
      recent_ = &buckets_.try_emplace(cost, pool_).first->second;
      recent_cost_ = cost;
    }
    return *recent_;
  }

  void forget_cheapest() {
    recent_ = nullptr;
    buckets_.erase(buckets_.begin());
  }

  std::size_t largest_;
  ChunkPool pool_;   // before the buckets: it must outlive them
  std::map<Cost, Queue> buckets_;
  Queue* recent_ = nullptr;
  Cost recent_cost_;
  std::size_t waiting_ = 0;
  std::uint64_t pushed_ = 0, pushed_bytes_ = 0;
  std::vector<std::byte> packed_;
  std::unique_ptr<std::byte[]> state_;   // the taken one, unpacked
};

}  // namespace qpcheck::search
