#include "sim/guard.hpp"

#include <sys/mman.h>

#include <array>

#include "sim/arena.hpp"

namespace qpcheck::sim {
namespace {

// Beside the arena, a region of its size for each kind.
constexpr std::uintptr_t first_region = 0x210000000000, between = 0x1000000000;
constexpr std::array whys = {
    "the program touched memory that it had freed: the context of an rdma_cm_id still points there",
    "the program touched memory that it had freed: the wr_id of a completion still points there"};

std::uintptr_t begin_of(Kept kept) { return first_region + between * static_cast<std::uintptr_t>(kept); }

void map_once() {
  static const bool mapped = [] {
    for (const Kept kept : {Kept::context, Kept::wr_id})
      mmap(reinterpret_cast<void*>(begin_of(kept)), arena_capacity, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
    return true;
  }();
  static_cast<void>(mapped);
}

bool near(std::uint64_t word, std::uint64_t pattern) { return word - pattern + 4096 < 8192; }

}  // namespace

const void* guarded(const void* pointer, Kept kept) {
  const Arena& arena = Arena::get();
  if (!arena.contains(pointer) || !arena.is_freed(pointer)) return pointer;
  map_once();
  const auto offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(&arena.image());
  return reinterpret_cast<const void*>(begin_of(kept) + offset);
}

const char* why_guarded(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const Kept kept : {Kept::context, Kept::wr_id})
    if (at >= begin_of(kept) && at < begin_of(kept) + arena_capacity) return whys[static_cast<std::size_t>(kept)];
  return nullptr;
}

const char* why_no_pointer(std::uint64_t word) {
  constexpr std::uint64_t every_byte = 0x0101010101010101;
  if (near(word, every_byte * static_cast<std::uint64_t>(poison)))
    return "the program followed a pointer that it read from memory that it had freed";
  if (near(word, every_byte * static_cast<std::uint64_t>(fresh)))
    return "the program followed a pointer that it read from memory that it had not written to";
  return nullptr;
}

}  // namespace qpcheck::sim
