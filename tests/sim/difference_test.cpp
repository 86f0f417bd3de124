// An image kept as its difference to another one is that image again.
#include <catch2/catch.hpp>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "sim/difference.hpp"

using namespace qpcheck::sim;

namespace {

struct Bytes {
  explicit Bytes(std::uint32_t used) : image(std::make_unique<Image>()) { image->used = used; }
  std::byte* at(std::size_t i) { return reinterpret_cast<std::byte*>(image.get()) + i; }
  std::unique_ptr<Image> image;
};

// Returns the size of the difference.
std::size_t expect_again(const Bytes& base, const Bytes& image) {
  std::vector<std::byte> packed(largest_difference(image.image->used) + 1, std::byte{0x5a});
  const std::size_t size = put_difference(*base.image, *image.image, packed.data());
  REQUIRE(size <= largest_difference(image.image->used));
  CHECK(packed[size] == std::byte{0x5a});
  Bytes again(0);
  std::memset(static_cast<void*>(again.image.get()), 0x77, sizeof(Image));
  take_difference(*base.image, packed.data(), size, *again.image);
  CHECK(std::memcmp(again.image.get(), image.image.get(), image.image->used) == 0);
  CHECK(*again.at(image.image->used) == std::byte{0x77});
  return size;
}

}  // namespace

TEST_CASE("equal images differ in nothing but their size") {
  Bytes base(4000);
  std::memset(base.at(4), 0x31, 3996);
  CHECK(expect_again(base, base) == 4);
}

TEST_CASE("a byte here and there takes three bytes, wherever it is") {
  const Bytes base(5000);
  for (const std::size_t at : {4u, 9u, 2039u, 2048u, 4090u, 4999u}) {
    Bytes image(5000);
    *image.at(at) = std::byte{1};
    CHECK(expect_again(base, image) <= 4 + 3 + 4999 / 8 / 255);
  }
}

TEST_CASE("words that are all the same, as freed memory is, take no more than one") {
  const Bytes base(8000);
  Bytes image(8000);
  std::memset(image.at(800), 0xdd, 4000);
  CHECK(expect_again(base, image) <= 4 + 10 + 3 * 2);
  std::memset(image.at(6000), 0xdd, 13);
  expect_again(base, image);
}

TEST_CASE("images that are shorter or longer than the base come again, whatever is in them") {
  std::mt19937 generator(1);
  const auto numbers = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int round = 0; round < 3000; ++round) {
    Bytes base(4 + numbers() % 3000), image(4 + numbers() % 3000);
    const unsigned alphabet = 1 + numbers() % 4, every = 1 + numbers() % 90;
    for (std::size_t i = 4; i < base.image->used; ++i) *base.at(i) = static_cast<std::byte>(i / 40);
    for (std::size_t i = 4; i < image.image->used; ++i)
      *image.at(i) = static_cast<std::byte>(numbers() % every != 0 ? i / 40 : numbers() % alphabet);
    expect_again(base, image);
  }
}
