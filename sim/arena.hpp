// The arena: all memory that a run can change, at one fixed address.
//
// Purpose: a snapshot is a copy of the arena's used bytes, restoring is a copy
// back, and raw pointers stay valid. The simulated kernel and the objects of the
// program under test live here; constants (a device and its PD) live outside.
// Ownership: one arena for a process, mapped at first use and never unmapped.
// Threads: one. Addresses in it never show in a result.
// Invariants: the first word of the image is the number of its used bytes; freed
// memory is poisoned, new memory is patterned, so that a read of either is the
// same on every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <span>
#include <utility>

namespace qpcheck::sim {

inline constexpr std::size_t arena_capacity = std::size_t{1} << 20;

// What memory holds that was allocated and not written to, and that was freed.
inline constexpr std::byte fresh{0xA5}, poison{0xDD};

// The arena as bytes; also what the search keeps of a state.
struct Image {
  std::uint32_t used;
  std::byte rest[arena_capacity - sizeof(std::uint32_t)];
};

class Arena {
 public:
  static Arena& get();

  const Image& image() const { return *image_; }
  void restore(const Image& image);
  void clear();  // as if nothing had ever been allocated

  void* allocate(std::size_t bytes);       // aligned to 16; ends the process when full
  void* allocate_zeroed(std::size_t bytes);
  void free(void* place);
  // Why free(place) would be wrong, of a program that is not to be trusted; null: it is right.
  const char* wrong_to_free(const void* place) const;
  bool contains(const void* place) const;
  // What a device reads and writes: so many bytes of one allocated block, as an offset from
  // the arena's beginning; 0: they are anywhere else.
  std::uint32_t offset_of(const void* place, std::size_t bytes) const;
  std::byte* at(std::uint32_t offset) { return bytes() + offset; }
  // Of what lies there; 0 where the offset is 0.
  std::uint64_t hash(std::uint32_t offset, std::size_t bytes) const;

  // For a build with the address sanitizer: between the two, what is not allocated is
  // hidden from the program. Snapshots are taken and restored outside of them, where the
  // sanitizer sees nothing of what happens in the arena.
  void fence();
  void unfence();
  // The place lies in a block that was freed, and not allocated again.
  bool is_freed(const void* place) const;
  // No block's own words were overwritten: what stands before each still leads to the next.
  bool intact() const;
  // Each allocated block whose memory begins `begin` bytes into the arena or behind that, in
  // the order of addresses.
  using Visit = std::function<void(std::size_t offset, std::span<const std::byte> bytes)>;
  void each_block(std::size_t begin, const Visit& visit) const;

  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    return ::new (allocate(sizeof(T))) T(std::forward<Arguments>(arguments)...);
  }

 private:
  Arena();
  struct Header;
  struct Block;
  Header& header() const;
  Block* first() const;
  Block* next(Block* block) const;  // null: it was the last
  std::byte* bytes() const { return reinterpret_cast<std::byte*>(image_); }

  Image* image_;
  bool fenced_ = false;
};

}  // namespace qpcheck::sim
