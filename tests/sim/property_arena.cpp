// Any sequence of allocations, frees, snapshots and restores behaves like a model:
// a list of blocks with their contents.
#include <cstring>
#include <utility>
#include <vector>

#include "sim/arena.hpp"
#include "testing/property.hpp"

using namespace qpcheck::sim;

namespace {

struct Block {
  unsigned char* place;
  std::size_t bytes;
  unsigned char fill;
};

struct Memory {
  std::vector<Block> blocks;
  std::vector<std::byte> image;  // of the arena, for a snapshot
};

using Op = std::pair<std::uint8_t, std::uint16_t>;  // what to do, and with which

class Player {
 public:
  Player() { Arena::get().clear(); }

  void play(const Op& op) {
    switch (op.first % 5) {
      case 0:
      case 1:
        allocate(op.second);
        break;
      case 2:
        release(op.second);
        break;
      case 3:
        keep();
        break;
      default:
        go_back(op.second);
        break;
    }
    check_contents();
  }
  const std::vector<std::uintptr_t>& places() const { return places_; }

 private:
  void allocate(std::uint16_t number) {
    const std::size_t bytes = number % 9 == 0 ? number : number % 700;
    if (Arena::get().image().used + 2 * bytes + 1024 > arena_capacity) return;
    auto* const place = static_cast<unsigned char*>(Arena::get().allocate(bytes));
    RC_ASSERT(reinterpret_cast<std::uintptr_t>(place) % 16 == 0u);
    for (std::size_t i = 0; i < bytes; ++i) RC_ASSERT(place[i] == 0xA5);
    for (const Block& block : now_.blocks)
      RC_ASSERT((place + bytes <= block.place || block.place + block.bytes <= place));
    now_.blocks.push_back({place, bytes, ++fill_});
    std::memset(place, fill_, bytes);
    places_.push_back(reinterpret_cast<std::uintptr_t>(place));
  }
  void release(std::uint16_t number) {
    if (now_.blocks.empty()) return;
    const auto chosen =
        now_.blocks.begin() + number % static_cast<std::ptrdiff_t>(now_.blocks.size());
    Arena::get().free(chosen->place);
    for (std::size_t i = 0; i < chosen->bytes; ++i) RC_ASSERT(chosen->place[i] == 0xDD);
    now_.blocks.erase(chosen);
  }
  void keep() {
    const auto* const first = reinterpret_cast<const std::byte*>(&Arena::get().image());
    now_.image.assign(first, first + Arena::get().image().used);
    kept_.push_back(now_);
  }
  void go_back(std::uint16_t number) {
    if (kept_.empty()) return;
    now_ = kept_[number % kept_.size()];
    Arena::get().restore(*reinterpret_cast<const Image*>(now_.image.data()));
    RC_ASSERT(std::memcmp(&Arena::get().image(), now_.image.data(), now_.image.size()) == 0);
  }
  void check_contents() const {
    for (const Block& block : now_.blocks)
      for (std::size_t i = 0; i < block.bytes; ++i) RC_ASSERT(block.place[i] == block.fill);
  }

  Memory now_;
  std::vector<Memory> kept_;
  std::vector<std::uintptr_t> places_;
  unsigned char fill_ = 0;
};

}  // namespace

TEST_CASE("the arena behaves like a list of blocks") {
  qpcheck::property(
      "whatever is allocated, freed, kept and restored, every live block has its contents",
      [](const std::vector<Op>& ops) {
        Player player;
        for (const Op& op : ops) player.play(op);
      });
  qpcheck::property("the same operations give the same addresses", [](const std::vector<Op>& ops) {
    Player first;
    for (const Op& op : ops) first.play(op);
    Player second;
    for (const Op& op : ops) second.play(op);
    RC_ASSERT(first.places() == second.places());
  });
}
