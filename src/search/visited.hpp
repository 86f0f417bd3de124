// The visited set: 64-bit fingerprints in an open-addressing table that grows.
//
// Numbered tables also give each fingerprint the number under which it was first
// inserted. The table owns its pages. One thread.
//
// Invariants:
//   1. 0 marks a free slot; the fingerprint 0 is stored as 1.
//   2. A fingerprint's home slot is the top bits of its product with an odd constant.
//      So a grown table holds its entries in nearly the same order as before, and
//      growing streams through both tables instead of jumping about. What it has moved it
//      gives back, so that there are never two whole tables.
//   3. At most max_load of the slots are taken.
//   4. What is found never depends on the number of slots.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "search/memory.hpp"
#include "search/model.hpp"

namespace qpcheck::search {

/// How a fingerprint is kept, 0 being taken.
constexpr std::uint64_t stored(std::uint64_t fingerprint) { return fingerprint + (fingerprint == 0 ? 1 : 0); }

template <bool Numbered>
class VisitedTable {
public:
  struct Inserted {
    StateId id;    ///< its number; meaningless in a table that is not numbered
    bool is_new;
  };

  explicit VisitedTable(std::size_t slots) { allocate(std::bit_ceil(slots < 16 ? 16 : slots)); }

  /// Inserts the fingerprint under this number unless it is already there.
  Inserted insert(std::uint64_t fingerprint, StateId id) {
    fingerprint = stored(fingerprint);
    std::size_t slot = home(fingerprint);
    while (fingerprints_[slot] != 0) {
      if (fingerprints_[slot] == fingerprint) return {number(slot), false};
      slot = (slot + 1) & mask_;
    }
    fingerprints_[slot] = fingerprint;
    if constexpr (Numbered) ids_[slot] = id;
    if (++size_ > threshold_) grow();
    return {id, true};
  }

  /// Brings the slot nearer that the insertion of this fingerprint will look at.
  void prefetch(std::uint64_t fingerprint) const { __builtin_prefetch(&fingerprints_[home(fingerprint)]); }

  /// Calls visit(fingerprint, id) for each entry, in no order that means anything.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t slot = 0; slot <= mask_; ++slot) {
      if (fingerprints_[slot] != 0) visit(fingerprints_[slot], number(slot));
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t slots() const { return mask_ + 1; }
  [[nodiscard]] std::size_t bytes() const { return slots() * slot_bytes; }
  /// What growing will take on top of bytes() if it is due soon, else 0.
  [[nodiscard]] std::size_t growth_soon() const {
    return size_ >= threshold_ - threshold_ / 8 ? bytes() * (growth() - 1) : 0;
  }

private:
  static constexpr std::size_t slot_bytes = sizeof(std::uint64_t) + (Numbered ? sizeof(StateId) : 0);
  static constexpr std::size_t piece = std::size_t{1} << 16;   // slots moved at a time
  static constexpr std::uint64_t spread = 0x9e3779b97f4a7c15;

  [[nodiscard]] std::size_t home(std::uint64_t fingerprint) const {
    return static_cast<std::size_t>((fingerprint * spread) >> shift_);
  }
  [[nodiscard]] StateId number(std::size_t slot) const {
    if constexpr (Numbered) return ids_[slot];
    return static_cast<StateId>(slot);
  }

  /// Small tables grow faster: growing costs more than the few megabytes it leaves free.
  [[nodiscard]] std::size_t growth() const { return slots() < (std::size_t{1} << 20) ? 4 : 2; }

  void allocate(std::size_t slots) { use(PageMemory(slots * slot_bytes), slots); }

  void use(PageMemory pages, std::size_t slots) {
    pages_ = std::move(pages);
    fingerprints_ = pages_.as<std::uint64_t>();
    if constexpr (Numbered) ids_ = reinterpret_cast<StateId*>(fingerprints_ + slots);
    mask_ = slots - 1;
    shift_ = std::countl_zero(std::uint64_t{mask_});
    threshold_ = slots / 16 * 11;   // max_load
  }

  __attribute__((noinline)) void grow() {
    const std::size_t new_slots = slots() * growth();
    PageMemory new_pages(new_slots * slot_bytes);   // may throw: then the table is as it was
    const PageMemory old_pages = std::move(pages_);
    const std::uint64_t* old_fingerprints = fingerprints_;
    const StateId* old_ids = ids_;
    const std::size_t old_slots = slots();
    use(std::move(new_pages), new_slots);
    for (std::size_t old = 0; old < old_slots; ++old) {
      if (old % piece == 0 && old != 0) {
        old_pages.give_back(&old_fingerprints[old - piece], piece * sizeof(std::uint64_t));
        if constexpr (Numbered) old_pages.give_back(&old_ids[old - piece], piece * sizeof(StateId));
      }
      if (old_fingerprints[old] == 0) continue;
      std::size_t slot = home(old_fingerprints[old]);
      while (fingerprints_[slot] != 0) slot = (slot + 1) & mask_;
      fingerprints_[slot] = old_fingerprints[old];
      if constexpr (Numbered) ids_[slot] = old_ids[old];
    }
  }

  PageMemory pages_;
  std::uint64_t* fingerprints_ = nullptr;
  StateId* ids_ = nullptr;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
  std::size_t threshold_ = 0;
};

}  // namespace qpcheck::search
