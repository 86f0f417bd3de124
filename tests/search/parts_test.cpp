// The visited set and the frontier by themselves.
#include <catch2/catch.hpp>

#include <cstring>
#include <unordered_map>

#include "models.hpp"
#include "search/frontier.hpp"
#include "search/visited.hpp"

using namespace qpcheck::search;
using namespace qpcheck::search::test;

TEST_CASE("the visited set finds again all it was given while it grows") {
  VisitedTable<true> table(1);
  const std::size_t slots_before = table.slots();
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const auto inserted = table.insert(hash_bytes(&i, sizeof i), i);
    REQUIRE(inserted.is_new);
    REQUIRE(inserted.id == i);
  }
  CHECK(table.size() == 50'000);
  CHECK(table.slots() > slots_before);
  CHECK(table.slots() * 11 / 16 >= table.size());
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const auto inserted = table.insert(hash_bytes(&i, sizeof i), 7);
    REQUIRE_FALSE(inserted.is_new);
    REQUIRE(inserted.id == i);
  }
  CHECK(table.size() == 50'000);
}

TEST_CASE("the visited set bears fingerprints that are not mixed at all") {
  VisitedTable<false> table(16);
  for (std::uint64_t i = 1; i <= 20'000; ++i) REQUIRE(table.insert(i, 0).is_new);
  for (std::uint64_t i = 1; i <= 20'000; ++i) REQUIRE(table.insert(i << 40, 0).is_new == (i << 40 > 20'000));
  for (std::uint64_t i = 1; i <= 20'000; ++i) REQUIRE_FALSE(table.insert(i, 0).is_new);
}

TEST_CASE("fingerprints are compared in full") {
  for (const std::uint64_t kept : {std::uint64_t{0xffff'ffff'0000'0000}, std::uint64_t{0x0000'0000'ffff'ffff}}) {
    VisitedTable<false> table(16);
    std::unordered_map<std::uint64_t, bool> given;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      const std::uint64_t fingerprint = (hash_bytes(&i, sizeof i) & kept) | (0x0000'0005'0000'0005 & ~kept);
      REQUIRE(table.insert(fingerprint, 0).is_new == given.emplace(fingerprint, true).second);
    }
  }
}

TEST_CASE("the fingerprint 0 is one like any other") {
  VisitedTable<true> table(16);
  CHECK(table.insert(0, 3).is_new);
  CHECK_FALSE(table.insert(0, 4).is_new);
  CHECK(table.insert(0, 5).id == 3);
  CHECK(table.size() == 1);
}

TEST_CASE("going over the visited set meets each entry once with its number") {
  VisitedTable<true> table(16);
  std::unordered_map<std::uint64_t, StateId> given;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    given[hash_bytes(&i, sizeof i)] = i;
    table.insert(hash_bytes(&i, sizeof i), i);
  }
  std::size_t met = 0;
  table.for_each([&](std::uint64_t fingerprint, StateId id) {
    CHECK(given.at(fingerprint) == id);
    ++met;
  });
  CHECK(met == 1000);
}

TEST_CASE("a byte queue gives records back in order, whatever their size") {
  ChunkPool pool(3000);
  ByteQueue<8> queue(pool);
  Numbers sizes(1), same_sizes(1);
  std::uint32_t pushed = 0, popped = 0;
  const auto push = [&] {
    const std::size_t size = 4 + sizes.below(2900);
    std::byte* record = queue.push(size);
    REQUIRE(reinterpret_cast<std::uintptr_t>(record) % 8 == 0);
    std::memset(record, static_cast<int>(pushed % 251), size);
    std::memcpy(record, &pushed, 4);
    ++pushed;
  };
  const auto pop = [&] {
    REQUIRE_FALSE(queue.empty());
    const std::size_t size = 4 + same_sizes.below(2900);
    const std::byte* record = queue.front();
    std::uint32_t number = 0;
    std::memcpy(&number, record, 4);
    REQUIRE(number == popped);
    if (size > 4) REQUIRE(std::to_integer<unsigned>(record[size - 1]) == popped % 251);
    queue.pop(size);
    ++popped;
  };
  for (int round = 0; round < 2000; ++round) {
    push();
    push();
    pop();
  }
  while (popped < pushed) pop();
  CHECK(queue.empty());
  CHECK(popped == 4000);
}

TEST_CASE("queues share chunks, and idle ones are freed") {
  ChunkPool pool(1000);
  const std::size_t before = pool.bytes();
  {
    ByteQueue<8> first(pool);
    for (int i = 0; i < 10'000; ++i) first.push(1000);
    const std::size_t full = pool.bytes();
    CHECK(full == 10'000 * 1000);   // what was written, not the chunks
    for (int i = 0; i < 10'000; ++i) {
      first.front();
      first.pop(1000);
    }
    CHECK(pool.bytes() < full / 4);
    ByteQueue<8> second(pool);
    const std::size_t held = pool.bytes();
    for (int i = 0; i < 100; ++i) second.push(1000);
    CHECK(pool.bytes() == held);
    CHECK(pool.peak_bytes() == full);
  }
  CHECK(before == 0);
}

TEST_CASE("the hash tells sizes, positions and single bits apart") {
  std::unordered_map<std::uint64_t, int> seen;
  int count = 0;
  std::uint8_t bytes[80] = {};
  for (std::size_t size = 0; size <= 80; ++size) {
    ++seen[hash_bytes(bytes, size)];
    ++count;
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      bytes[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
      ++seen[hash_bytes(bytes, size)];
      ++count;
      bytes[bit / 8] = 0;
    }
  }
  CHECK(seen.size() == static_cast<std::size_t>(count));
}
