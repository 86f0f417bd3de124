#include "sim/arena.hpp"

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace qpcheck::sim {
namespace {

constexpr std::size_t granule = 16;
constexpr std::size_t small_classes = 40;   // blocks of 16, 32, … 640 bytes,
constexpr std::size_t medium_classes = 14;  // then of 896, 1152, … 4224,
constexpr std::size_t medium_step = 256;    // then of twice as much each
constexpr std::size_t largest_small = small_classes * 16, largest_medium = largest_small + medium_classes * medium_step;
constexpr std::size_t classes = small_classes + medium_classes + 8;
constexpr std::byte fresh{0xA5}, poison{0xDD};

struct Block {  // stands before every allocation
  std::uint32_t size_class;
  std::uint32_t next_free;  // in granules from the arena's start, 0: none
  std::uint64_t allocated;  // 1, or 0: free
};
static_assert(sizeof(Block) == granule);

constexpr std::size_t class_of(std::size_t bytes) {
  if (bytes <= granule) return 0;
  if (bytes <= largest_small) return (bytes - 1) / granule;
  if (bytes <= largest_medium) return small_classes + (bytes - largest_small - 1) / medium_step;
  return small_classes + medium_classes + static_cast<std::size_t>(std::bit_width((bytes - 1) / largest_medium)) - 1;
}

constexpr std::size_t size_of(std::size_t size_class) {
  if (size_class < small_classes) return (size_class + 1) * granule;
  if (size_class < small_classes + medium_classes) return largest_small + (size_class - small_classes + 1) * medium_step;
  return largest_medium << (size_class - small_classes - medium_classes + 1);
}
static_assert(size_of(class_of(641)) >= 641 && size_of(class_of(4224)) == 4224 && size_of(class_of(5000)) >= 5000);

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "qpcheck: %s\n", why);
  std::exit(5);
}

}  // namespace

struct Arena::Header {
  std::uint32_t used;
  std::array<std::uint16_t, classes> free;  // granules from the start; a 1 MiB arena has 65536

  static std::uint32_t bytes() { return (sizeof(Header) + granule - 1) / granule * granule; }
};

Arena& Arena::get() {
  static Arena arena;
  return arena;
}

Arena::Arena() {
  // A place that neither the loader nor the kernel's mmap uses on x86-64 and arm64.
  void* const wanted = reinterpret_cast<void*>(std::uintptr_t{0x200000000000});
  void* const place = mmap(wanted, sizeof(Image), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) give_up("cannot map the arena at its fixed address; is the address space limited (ulimit -v)?");
  image_ = static_cast<Image*>(place);
  clear();
}

Arena::Header& Arena::header() const { return *reinterpret_cast<Header*>(image_); }

void Arena::clear() {
  if (image_->used != 0) std::memset(static_cast<void*>(image_), 0, image_->used);
  header() = {};
  header().used = Header::bytes();
}

void Arena::restore(const Image& image) { std::memcpy(static_cast<void*>(image_), &image, image.used); }

void* Arena::allocate(std::size_t bytes) {
  Header& head = header();
  const std::size_t size_class = class_of(bytes);
  Block* block = nullptr;
  if (size_class < classes && head.free[size_class] != 0) {
    block = reinterpret_cast<Block*>(this->bytes() + head.free[size_class] * granule);
    head.free[size_class] = static_cast<std::uint16_t>(block->next_free);
  } else {
    if (size_class >= classes) give_up("the program under test asks for more memory than the arena holds (1 MiB)");
    const std::size_t need = sizeof(Block) + size_of(size_class);
    if (head.used + need > arena_capacity) give_up("the program under test uses more memory than the arena holds (1 MiB)");
    block = reinterpret_cast<Block*>(this->bytes() + head.used);
    head.used += static_cast<std::uint32_t>(need);
  }
  *block = {static_cast<std::uint32_t>(size_class), 0, 1};
  void* const place = block + 1;
  std::memset(place, static_cast<int>(fresh), size_of(size_class));
  return place;
}

void* Arena::allocate_zeroed(std::size_t bytes) {
  void* const place = allocate(bytes);
  std::memset(place, 0, size_of(class_of(bytes)));
  return place;
}

void Arena::free(void* place) {
  if (place == nullptr) return;
  Block* const block = static_cast<Block*>(place) - 1;
  std::memset(place, static_cast<int>(poison), size_of(block->size_class));
  Header& head = header();
  block->allocated = 0;
  block->next_free = head.free[block->size_class];
  head.free[block->size_class] =
      static_cast<std::uint16_t>((reinterpret_cast<std::byte*>(block) - bytes()) / static_cast<std::ptrdiff_t>(granule));
}

bool Arena::contains(const void* place) const {
  const auto* const byte = static_cast<const std::byte*>(place);
  return byte >= bytes() && byte < bytes() + arena_capacity;
}

void Arena::Blocks::next() { at_ = bytes().data() + bytes().size(); }

bool Arena::Blocks::allocated() const { return reinterpret_cast<const Block*>(at_)->allocated != 0; }

std::span<const std::byte> Arena::Blocks::bytes() const {
  return {at_ + sizeof(Block), size_of(reinterpret_cast<const Block*>(at_)->size_class)};
}

std::size_t Arena::Blocks::offset() const { return static_cast<std::size_t>(at_ - Arena::get().bytes()); }

Arena::Blocks Arena::blocks() const { return {bytes() + Header::bytes(), bytes() + header().used}; }

bool Arena::is_freed(const void* place) const {
  if (!contains(place)) return false;
  for (Blocks walk = blocks(); walk.more(); walk.next()) {
    const auto* const begin = walk.bytes().data();
    const bool inside = place >= begin && place < begin + walk.bytes().size();
    if (inside) return !walk.allocated();
  }
  return false;
}

}  // namespace qpcheck::sim
