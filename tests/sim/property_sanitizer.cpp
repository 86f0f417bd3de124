// The sanitizer's view of the arena agrees with every snapshot: while a step runs, what is
// allocated may be touched and nothing else (preset asan-ubsan).
#include <sanitizer/asan_interface.h>

#include <map>
#include <utility>
#include <vector>

#include "sim/arena.hpp"
#include "testing/property.hpp"

using namespace qpcheck::sim;

namespace {

using Op = std::pair<std::uint8_t, std::uint16_t>;  // what to do, and with which

struct Memory {
  std::map<std::byte*, std::size_t> live, freed;  // and their bytes
  std::vector<std::byte> image;
};

bool hides_some_of(void* place, std::size_t bytes) { return __asan_region_is_poisoned(place, bytes) != nullptr; }

class Player {
 public:
  Player() { Arena::get().clear(); }
  ~Player() { Arena::get().unfence(); }  // also where an assertion ended the play
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  // Some of it inside a step, between fence() and unfence(), where the view has to follow.
  void play(const std::vector<Op>& ops) {
    for (const Op& op : ops) {
      if (op.first % 6 < 2) allocate(op.second);
      else if (op.first % 6 == 2) release(op.second);
      else between_steps(op);
      if (fenced_) check_view();
    }
    if (fenced_) leave();
    check_all_in_view();
  }

 private:
  void allocate(std::uint16_t number) {
    const std::size_t bytes = 1 + number % 700;
    if (Arena::get().image().used + 2 * bytes + 1024 > arena_capacity) return;
    auto* const place = static_cast<std::byte*>(Arena::get().allocate(bytes));
    now_.freed.erase(place);
    now_.live[place] = bytes;
  }

  void release(std::uint16_t number) {
    if (now_.live.empty()) return;
    const auto chosen = std::next(now_.live.begin(), static_cast<std::ptrdiff_t>(number % now_.live.size()));
    Arena::get().free(chosen->first);
    now_.freed.insert(*chosen);
    now_.live.erase(chosen);
  }

  void between_steps(const Op& op) {
    if (!fenced_) {
      fenced_ = true;
      return Arena::get().fence();
    }
    leave();
    if (op.first % 6 == 3) keep();
    if (op.first % 6 == 4 && !kept_.empty()) {
      now_ = kept_[op.second % kept_.size()];
      Arena::get().restore(*reinterpret_cast<const Image*>(now_.image.data()));
    }
  }

  void leave() {
    fenced_ = false;
    Arena::get().unfence();
  }

  void keep() {
    const auto* const first = reinterpret_cast<const std::byte*>(&Arena::get().image());
    now_.image.assign(first, first + Arena::get().image().used);
    kept_.push_back(now_);
  }

  void check_view() const {
    for (const auto& [place, bytes] : now_.live) {
      RC_ASSERT(!hides_some_of(place, bytes));
      RC_ASSERT(__asan_address_is_poisoned(place - 1) == 1);
      RC_ASSERT(__asan_address_is_poisoned(place + bytes) == 1);
      RC_ASSERT(!Arena::get().is_freed(place));
    }
    for (const auto& [place, bytes] : now_.freed) {
      for (std::size_t i = 0; i < bytes; ++i) RC_ASSERT(__asan_address_is_poisoned(place + i) == 1);
      RC_ASSERT(Arena::get().is_freed(place));
    }
  }

  static void check_all_in_view() {
    auto* const image = const_cast<Image*>(&Arena::get().image());
    RC_ASSERT(!hides_some_of(image, sizeof(Image)));
  }

  Memory now_;
  std::vector<Memory> kept_;
  bool fenced_ = false;
};

}  // namespace

TEST_CASE("the sanitizer sees the arena as it is, after any snapshot") {
  qpcheck::property("while a step runs, all that is allocated may be touched, and nothing beside it or freed",
                    [](const std::vector<Op>& ops) {
                      Player player;
                      player.play(ops);
                    });
}
