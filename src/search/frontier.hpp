// Where states wait to be expanded: a queue of bytes in chunks.
//
// A ByteQueue holds records of any size, first in, first out; it allocates a chunk
// at a time and never moves a record. All queues of a search share one ChunkPool,
// which owns the chunks, hands used ones out again and frees them when far more
// are idle than in use. One thread.
//
// Invariants:
//   1. Each record starts at a multiple of Align.
//   2. front() stays valid until pop(); pushing does not move it.
//   3. Behind the last record of a chunk there are `slack` readable bytes, so that a
//      reference to a whole State never leaves the chunk.
//   4. A queue outlives none of its chunks: the pool is destroyed last.
//   5. bytes() is what was written to, not what was reserved: a chunk is large, a queue of
//      a few records is common, and pages that were never touched take no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

namespace qpcheck::search {

struct alignas(64) Chunk {
  Chunk* next = nullptr;
  std::byte* end = nullptr;   ///< where the records end, once the chunk is full
  std::size_t touched = 0;    ///< bytes that were ever written; the kernel gives no memory for the others
  std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }
};

class ChunkPool {
public:
  /// REQUIRES: no record is larger than largest_record.
  explicit ChunkPool(std::size_t largest_record)
      : capacity_(largest_record * 4 > small_chunk ? largest_record * 4 : small_chunk), slack_(largest_record) {}
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;
  ~ChunkPool() {
    while (idle_ != nullptr) release(pop_idle());
  }

  [[nodiscard]] Chunk* take() {
    if (idle_ == nullptr) {
      void* memory = ::operator new(chunk_bytes(), std::align_val_t{alignof(Chunk)});
      ++in_use_;
      return new (memory) Chunk;
    }
    ++in_use_;
    return pop_idle();
  }

  /// A record of the chunk ends `end` bytes into it.
  void written(Chunk* chunk, std::size_t end) {
    if (end <= chunk->touched) return;
    touched_ += end - chunk->touched;
    chunk->touched = end;
    if (touched_ > peak_) peak_ = touched_;
  }

  void give_back(Chunk* chunk) {
    --in_use_;
    chunk->next = idle_;
    idle_ = chunk;
    ++idle_count_;
    while (idle_count_ > in_use_ + 16) release(pop_idle());
  }

  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t bytes() const { return touched_; }
  [[nodiscard]] std::size_t peak_bytes() const { return peak_; }

private:
  static constexpr std::size_t small_chunk = std::size_t{1} << 16;

  [[nodiscard]] std::size_t chunk_bytes() const { return sizeof(Chunk) + capacity_ + slack_; }
  void release(Chunk* chunk) {
    touched_ -= chunk->touched;
    ::operator delete(chunk, std::align_val_t{alignof(Chunk)});
  }
  Chunk* pop_idle() {
    Chunk* chunk = idle_;
    idle_ = chunk->next;
    --idle_count_;
    chunk->next = nullptr;
    return chunk;
  }

  std::size_t capacity_;
  std::size_t slack_;
  Chunk* idle_ = nullptr;
  std::size_t idle_count_ = 0;
  std::size_t in_use_ = 0;
  std::size_t touched_ = 0;   // by all chunks, idle ones too
  std::size_t peak_ = 0;
};

template <std::size_t Align>
class ByteQueue {
public:
  explicit ByteQueue(ChunkPool& pool) : pool_(&pool) {}
  ByteQueue(const ByteQueue&) = delete;
  ByteQueue& operator=(const ByteQueue&) = delete;
  ~ByteQueue() {
    while (first_ != nullptr) drop_first();
  }

  /// Room for a record of this many bytes at the end of the queue.
  std::byte* push(std::size_t bytes) {
    bytes = aligned(bytes);
    if (static_cast<std::size_t>(limit_ - tail_) < bytes) add_chunk();
    std::byte* record = tail_;
    tail_ += bytes;
    pool_->written(last_, static_cast<std::size_t>(tail_ - last_->data()));
    return record;
  }

  [[nodiscard]] bool empty() const { return head_ == tail_; }

  /// REQUIRES: not empty.
  std::byte* front() {
    if (first_ != last_ && head_ == first_->end) drop_first();
    return head_;
  }

  /// Removes the front record. REQUIRES: the size it was pushed with.
  void pop(std::size_t bytes) { head_ += aligned(bytes); }

private:
  static std::size_t aligned(std::size_t bytes) { return (bytes + Align - 1) & ~(Align - 1); }

  __attribute__((noinline)) void add_chunk() {
    Chunk* chunk = pool_->take();
    if (last_ == nullptr) {
      first_ = chunk;
      head_ = chunk->data();
    } else {
      last_->end = tail_;
      last_->next = chunk;
    }
    last_ = chunk;
    tail_ = chunk->data();
    limit_ = tail_ + pool_->capacity();
  }

  __attribute__((noinline)) void drop_first() {
    Chunk* chunk = first_;
    first_ = chunk->next;
    head_ = first_ == nullptr ? nullptr : first_->data();
    pool_->give_back(chunk);
  }

  ChunkPool* pool_;
  Chunk* first_ = nullptr;
  Chunk* last_ = nullptr;
  std::byte* head_ = nullptr;
  std::byte* tail_ = nullptr;
  std::byte* limit_ = nullptr;
};

}  // namespace qpcheck::search
