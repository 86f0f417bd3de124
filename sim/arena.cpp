#include "sim/arena.hpp"

#include "sim/sanitizer.hpp"

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

constexpr std::size_t class_of(std::size_t bytes) {
  if (bytes <= granule) return 0;
  if (bytes <= largest_small) return (bytes - 1) / granule;
  if (bytes <= largest_medium) return small_classes + (bytes - largest_small - 1) / medium_step;
  return small_classes + medium_classes + static_cast<std::size_t>(std::bit_width((bytes - 1) / largest_medium)) - 1;
}

constexpr std::size_t size_of(std::size_t size_class) {
  if (size_class < small_classes) return (size_class + 1) * granule;
  if (size_class < small_classes + medium_classes)
    return largest_small + (size_class - small_classes + 1) * medium_step;
  return largest_medium << (size_class - small_classes - medium_classes + 1);
}
static_assert(size_of(class_of(641)) >= 641 && size_of(class_of(4224)) == 4224 && size_of(class_of(5000)) >= 5000);

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "qpcheck: %s\n", why);
  std::exit(5);
}

}  // namespace

struct Arena::Block {  // stands before every allocation
  std::uint32_t size_class;
  std::uint32_t next_free;  // in granules from the arena's start, 0: none
  std::uint64_t bytes;      // as asked for; or freed
  static constexpr std::uint64_t freed = ~std::uint64_t{0};

  std::byte* place() { return reinterpret_cast<std::byte*>(this + 1); }
};

struct Arena::Header {
  std::uint32_t used;
  std::array<std::uint16_t, classes> free;  // granules from the start; a 1 MiB arena has 65536
};

// Blocks are hidden from the program while the arena is fenced, and not from these functions.
#ifdef QPCHECK_ADDRESS_SANITIZER
#define QPCHECK_SEES_BLOCKS __attribute__((no_sanitize("address")))
#else
#define QPCHECK_SEES_BLOCKS
#endif

Arena& Arena::get() {
  static Arena arena;
  return arena;
}

Arena::Arena() {
  // A place that neither the loader nor the kernel's mmap uses on x86-64 and arm64.
  void* const wanted = reinterpret_cast<void*>(std::uintptr_t{0x200000000000});
  void* const place = mmap(wanted, sizeof(Image), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED)
    give_up("cannot map the arena at its fixed address; is the address space limited (ulimit -v)?");
  image_ = static_cast<Image*>(place);
  clear();
}

Arena::Header& Arena::header() const { return *reinterpret_cast<Header*>(image_); }

void Arena::clear() {
  if (image_->used != 0) std::memset(static_cast<void*>(image_), 0, image_->used);
  header() = {};
  header().used = static_cast<std::uint32_t>((sizeof(Header) + granule - 1) / granule * granule);
}

void Arena::restore(const Image& image) { std::memcpy(static_cast<void*>(image_), &image, image.used); }

QPCHECK_SEES_BLOCKS void* Arena::allocate(std::size_t bytes) {
  Header& head = header();
  const std::size_t size_class = class_of(bytes);
  Block* block = nullptr;
  if (size_class < classes && head.free[size_class] != 0) {
    block = reinterpret_cast<Block*>(this->bytes() + head.free[size_class] * granule);
    head.free[size_class] = static_cast<std::uint16_t>(block->next_free);
  } else {
    if (size_class >= classes) give_up("the program under test asks for more memory than the arena holds (1 MiB)");
    const std::size_t need = sizeof(Block) + size_of(size_class);
    if (head.used + need > arena_capacity)
      give_up("the program under test uses more memory than the arena holds (1 MiB)");
    block = reinterpret_cast<Block*>(this->bytes() + head.used);
    head.used += static_cast<std::uint32_t>(need);
  }
  block->size_class = static_cast<std::uint32_t>(size_class);
  block->next_free = 0;
  block->bytes = bytes;
  std::byte* const place = block->place();
  sanitizer::show(place, size_of(size_class));
  std::memset(place, static_cast<int>(fresh), size_of(size_class));
  if (fenced_) sanitizer::hide(place + bytes, size_of(size_class) - bytes);
  return place;
}

void* Arena::allocate_zeroed(std::size_t bytes) {
  void* const place = allocate(bytes);
  std::memset(place, 0, bytes);
  return place;
}

QPCHECK_SEES_BLOCKS void Arena::free(void* place) {
  if (place == nullptr) return;
  Block* const block = static_cast<Block*>(place) - 1;
  const std::size_t size = size_of(block->size_class);
  sanitizer::show(place, size);
  std::memset(place, static_cast<int>(poison), size);
  if (fenced_) sanitizer::hide(place, size);
  block->bytes = Block::freed;
  Header& head = header();
  block->next_free = head.free[block->size_class];
  head.free[block->size_class] = static_cast<std::uint16_t>((reinterpret_cast<std::byte*>(block) - bytes()) /
                                                            static_cast<std::ptrdiff_t>(granule));
}

QPCHECK_SEES_BLOCKS const char* Arena::wrong_to_free(const void* place) const {
  constexpr const char* nothing_begins_there = "the program freed a place where no allocation of its begins";
  const auto* const block = static_cast<const Block*>(place) - 1;
  if (block < first() || reinterpret_cast<std::uintptr_t>(place) % granule != 0) return nothing_begins_there;
  if (block->size_class >= classes) return nothing_begins_there;
  if (block->bytes == Block::freed) return "the program freed memory that it had freed";
  return block->bytes > size_of(block->size_class) ? nothing_begins_there : nullptr;
}

bool Arena::contains(const void* place) const {
  const auto* const byte = static_cast<const std::byte*>(place);
  return byte >= bytes() && byte < bytes() + arena_capacity;
}

QPCHECK_SEES_BLOCKS std::uint32_t Arena::offset_of(const void* place, std::size_t size) const {
  const auto* const begin = static_cast<const std::byte*>(place);
  if (!contains(place) || reinterpret_cast<std::byte*>(first()) == bytes() + header().used) return 0;
  for (Block* block = first(); block != nullptr && block->size_class < classes; block = next(block)) {
    if (block->bytes == Block::freed || begin < block->place() || begin >= block->place() + block->bytes) continue;
    return begin + size <= block->place() + block->bytes ? static_cast<std::uint32_t>(begin - bytes()) : 0;
  }
  return 0;
}

// FNV-1a, 64 bits.
QPCHECK_SEES_BLOCKS std::uint64_t Arena::hash(std::uint32_t offset, std::size_t size) const {
  if (offset == 0) return 0;
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < size; ++i)
    hash = (hash ^ std::to_integer<std::uint64_t>(bytes()[offset + i])) * 0x100000001b3u;
  return hash;
}

Arena::Block* Arena::first() const {
  return reinterpret_cast<Block*>(bytes() + (sizeof(Header) + granule - 1) / granule * granule);
}

QPCHECK_SEES_BLOCKS Arena::Block* Arena::next(Block* block) const {
  std::byte* const end = block->place() + size_of(block->size_class);
  return end < bytes() + header().used ? reinterpret_cast<Block*>(end) : nullptr;
}

QPCHECK_SEES_BLOCKS bool Arena::intact() const {
  const std::byte* const end = bytes() + header().used;
  if (reinterpret_cast<std::byte*>(first()) == end) return true;
  for (Block* block = first();; block = reinterpret_cast<Block*>(block->place() + size_of(block->size_class))) {
    if (block->size_class >= classes) return false;
    const std::byte* const behind = block->place() + size_of(block->size_class);
    if (behind > end || (block->bytes != Block::freed && block->bytes > size_of(block->size_class))) return false;
    if (behind == end) return true;
  }
}

void Arena::each_block(std::size_t begin, const Visit& visit) const {
  if (reinterpret_cast<std::byte*>(first()) == bytes() + header().used) return;
  for (Block* block = first(); block != nullptr; block = next(block)) {
    const auto offset = static_cast<std::size_t>(block->place() - bytes());
    if (offset >= begin && block->bytes != Block::freed) visit(offset, {block->place(), block->bytes});
  }
}

QPCHECK_SEES_BLOCKS void Arena::fence() {
  if (!sanitizer::present) return;
  fenced_ = true;
  sanitizer::hide(first(), arena_capacity - static_cast<std::size_t>(reinterpret_cast<std::byte*>(first()) - bytes()));
  if (reinterpret_cast<std::byte*>(first()) == bytes() + header().used) return;
  for (Block* block = first(); block != nullptr; block = next(block))
    if (block->bytes != Block::freed) sanitizer::show(block->place(), block->bytes);
}

void Arena::unfence() {
  fenced_ = false;
  sanitizer::show(image_, arena_capacity);
}

QPCHECK_SEES_BLOCKS bool Arena::is_freed(const void* place) const {
  if (reinterpret_cast<std::byte*>(first()) == bytes() + header().used) return false;
  // The program may just have overwritten a block's words.
  for (Block* block = first(); block != nullptr && block->size_class < classes; block = next(block))
    if (place >= block->place() && place < block->place() + size_of(block->size_class))
      return block->bytes == Block::freed;
  return false;
}

}  // namespace qpcheck::sim
