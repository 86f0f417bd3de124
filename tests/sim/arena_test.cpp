// The arena: snapshots, poison, and the same addresses on every run.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <vector>

#include "sim/arena.hpp"

using namespace qpcheck::sim;

namespace {

Arena& fresh_arena() {
  Arena::get().clear();
  return Arena::get();
}

std::vector<std::byte> snapshot() {
  const auto* const first = reinterpret_cast<const std::byte*>(&Arena::get().image());
  return {first, first + Arena::get().image().used};
}

void restore(const std::vector<std::byte>& bytes) {
  Arena::get().restore(*reinterpret_cast<const Image*>(bytes.data()));
}

bool all_are(const void* place, std::size_t bytes, int value) {
  const auto* const first = static_cast<const unsigned char*>(place);
  return std::all_of(first, first + bytes, [value](unsigned char byte) { return byte == value; });
}

}  // namespace

TEST_CASE("a snapshot that is restored brings back every byte, and pointers stay valid") {
  Arena& arena = fresh_arena();
  auto* const kept = arena.make<int>(41);
  const auto before = snapshot();
  *kept = 42;
  void* const later = arena.allocate(100);
  std::memset(later, 1, 100);
  restore(before);
  CHECK(*kept == 41);
  CHECK(snapshot() == before);
  CHECK(arena.allocate(100) == later);
}

TEST_CASE("an arena is intact until the words before a block are overwritten") {
  Arena& arena = fresh_arena();
  CHECK(arena.intact());
  auto* const first = static_cast<std::byte*>(arena.allocate(48));
  arena.allocate(1000);
  arena.free(arena.allocate(48));
  std::memset(first, 0xFF, 48);
  CHECK(arena.intact());
  const auto before = snapshot();
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{16}}) {
    std::memset(first + 48, 0xFF, bytes);
    CHECK_FALSE(arena.intact());
    restore(before);
  }
  CHECK(arena.intact());
}

TEST_CASE("what may be freed is what was allocated, and once") {
  Arena& arena = fresh_arena();
  auto* const place = static_cast<std::byte*>(arena.allocate(100));
  CHECK(arena.wrong_to_free(place) == nullptr);
  for (const std::ptrdiff_t elsewhere : {1, 16, 32, -16})
    CHECK(std::string(arena.wrong_to_free(place + elsewhere)) ==
          "the program freed a place where no allocation of its begins");
  arena.free(place);
  CHECK(std::string(arena.wrong_to_free(place)) == "the program freed memory that it had freed");
}

TEST_CASE("a restored snapshot knows what was free") {
  Arena& arena = fresh_arena();
  void* const first = arena.allocate(48);
  arena.allocate(48);
  arena.free(first);
  const auto before = snapshot();
  CHECK(arena.allocate(48) == first);
  restore(before);
  CHECK(arena.allocate(48) == first);
  CHECK(arena.allocate(48) != first);
}

TEST_CASE("new memory is patterned, freed memory is poisoned") {
  Arena& arena = fresh_arena();
  void* const place = arena.allocate(200);
  CHECK(all_are(place, 200, 0xA5));
  std::memset(place, 0, 200);
  arena.free(place);
  CHECK(all_are(place, 200, 0xDD));
  CHECK(arena.allocate(200) == place);
  CHECK(all_are(place, 200, 0xA5));
  arena.free(place);
  CHECK(all_are(arena.allocate_zeroed(200), 200, 0));
}

TEST_CASE("the same calls give the same addresses") {
  const auto addresses = [] {
    Arena& arena = fresh_arena();
    std::vector<void*> places;
    for (const std::size_t bytes : {1u, 16u, 17u, 640u, 641u, 4224u, 5000u, 100000u})
      places.push_back(arena.allocate(bytes));
    arena.free(places[2]);
    places.push_back(arena.allocate(20));
    return places;
  };
  CHECK(addresses() == addresses());
}

TEST_CASE("every size has its block, aligned to 16, and blocks do not overlap") {
  Arena& arena = fresh_arena();
  std::byte* end = nullptr;
  for (std::size_t bytes = 0; bytes < 1300; ++bytes) {
    auto* const place = static_cast<std::byte*>(arena.allocate(bytes));
    REQUIRE(reinterpret_cast<std::uintptr_t>(place) % 16 == 0);
    REQUIRE(place >= end);
    end = place + bytes;
    REQUIRE(arena.contains(place));
    if (bytes > 0) REQUIRE(arena.contains(end - 1));
    REQUIRE(arena.image().used >=
            static_cast<std::size_t>(end - reinterpret_cast<const std::byte*>(&arena.image())));
    if (bytes % 2 == 1) arena.clear(), end = nullptr;
  }
}

TEST_CASE("a block takes its size rounded up to 16, and 16 bytes more") {
  Arena& arena = fresh_arena();
  for (const std::size_t bytes : {1u, 16u, 17u, 32u, 640u}) {
    const std::size_t before = arena.image().used;
    arena.allocate(bytes);
    CHECK(arena.image().used - before == (bytes + 15) / 16 * 16 + 16);
  }
}

TEST_CASE("freed blocks are used again, all of them, before the arena grows") {
  Arena& arena = fresh_arena();
  std::array<void*, 5> places{};
  for (void*& place : places) place = arena.allocate(64);
  const std::size_t used = arena.image().used;
  for (void* const place : places) arena.free(place);
  for (void*& place : places) place = arena.allocate(60);
  CHECK(arena.image().used == used);
}

TEST_CASE("the arena contains its own memory only") {
  Arena& arena = fresh_arena();
  const int on_stack = 0;
  const auto on_heap = std::make_unique<int>();
  CHECK_FALSE(arena.contains(&on_stack));
  CHECK_FALSE(arena.contains(on_heap.get()));
  CHECK_FALSE(arena.contains(nullptr));
  CHECK(arena.contains(arena.allocate(1)));
}

TEST_CASE("freeing nothing is no error, and a cleared arena is as new") {
  Arena& arena = fresh_arena();
  const auto empty = snapshot();
  arena.free(nullptr);
  CHECK(snapshot() == empty);
  arena.free(arena.allocate(1000));
  arena.clear();
  CHECK(snapshot() == empty);
}
