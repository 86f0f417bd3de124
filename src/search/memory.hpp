// Memory that grows with the search: zeroed pages, and an array that never moves.
//
// PageMemory owns pages taken from the kernel; they cost something only once they
// are touched. BlockVector appends without copying what is already there. Neither
// is thread-safe. Both throw std::bad_alloc.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace qpcheck::search {

/// Zeroed pages. Movable, not copyable.
class PageMemory {
public:
  PageMemory() = default;

  explicit PageMemory(std::size_t size) : size_(size) {
    void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    data_ = pages;
    // Fewer page faults and fewer misses of the address cache; failure does no harm.
    if (size >= huge_from) (void)::madvise(pages, size, MADV_HUGEPAGE);
  }

  PageMemory(PageMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

  PageMemory& operator=(PageMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  ~PageMemory() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  /// What lies there is not needed any more: whole pages of it go back to the kernel.
  void give_back(const void* from, std::size_t size) const {
    constexpr std::uintptr_t page = 4096;
    const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(from) + page - 1) / page * page;
    const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(from) + size) / page * page;
    if (begin < end) (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }

  template <class T>
  [[nodiscard]] T* as() const { return static_cast<T*>(data_); }
  [[nodiscard]] std::size_t size() const { return size_; }

private:
  static constexpr std::size_t huge_from = std::size_t{1} << 21;
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// An append-only array in blocks; references stay valid.
template <class T>
class BlockVector {
public:
  void push_back(const T& value) {
    if ((size_ & block_mask) == 0) blocks_.push_back(std::make_unique_for_overwrite<T[]>(block_size));
    blocks_.back()[size_ & block_mask] = value;
    ++size_;
  }

  T& operator[](std::size_t i) { return blocks_[i >> block_bits][i & block_mask]; }
  const T& operator[](std::size_t i) const { return blocks_[i >> block_bits][i & block_mask]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return blocks_.size() * block_size * sizeof(T); }

private:
  static constexpr unsigned block_bits = 13;
  static constexpr std::size_t block_size = std::size_t{1} << block_bits;
  static constexpr std::size_t block_mask = block_size - 1;

  std::vector<std::unique_ptr<T[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace qpcheck::search
