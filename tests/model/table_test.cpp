// The checks of transition tables, on small good and bad tables at compile time.
#include <catch2/catch.hpp>

#include <algorithm>

#include "model/qpair_life.hpp"
#include "model/table.hpp"

using namespace qpcheck::model;

namespace {

enum class Lamp : std::uint8_t { off, on, broken };
enum class Press : std::uint8_t { button, hammer };
enum class When : std::uint8_t { always, at_night };

struct LampRow {
  Lamp from;
  Press event;
  When guard;
  Lamp to;
};

constexpr auto good = std::to_array<LampRow>({
    {Lamp::off, Press::button, When::always, Lamp::on},
    {Lamp::on, Press::button, When::always, Lamp::off},
    {Lamp::on, Press::hammer, When::always, Lamp::broken},
    {Lamp::broken, Press::button, When::always, Lamp::broken},
});
constexpr auto twice = std::to_array<LampRow>({
    {Lamp::off, Press::button, When::always, Lamp::on},
    {Lamp::on, Press::hammer, When::always, Lamp::broken},
    {Lamp::off, Press::button, When::always, Lamp::off},
});
constexpr auto guarded = std::to_array<LampRow>({
    {Lamp::off, Press::button, When::always, Lamp::on},
    {Lamp::off, Press::button, When::at_night, Lamp::off},
});
constexpr auto unreachable = std::to_array<LampRow>({
    {Lamp::off, Press::button, When::always, Lamp::on},
    {Lamp::broken, Press::button, When::always, Lamp::broken},
});
constexpr auto backwards = std::to_array<LampRow>({
    {Lamp::on, Press::hammer, When::always, Lamp::broken},
    {Lamp::off, Press::button, When::always, Lamp::on},
});
constexpr auto fixed =
    std::to_array<LampRow>({{Lamp::broken, Press::hammer, When::always, Lamp::off}});

static_assert(no_duplicate_rows(good));
static_assert(!no_duplicate_rows(twice));
static_assert(no_duplicate_rows(guarded));
static_assert(every_state_reachable<3>(Lamp::off, good));
static_assert(every_state_reachable<3>(Lamp::off, backwards),
              "the order of the rows does not matter");
static_assert(!every_state_reachable<3>(Lamp::off, unreachable));
static_assert(!every_state_reachable<3>(Lamp::broken, good));
static_assert(absorbing(good, Lamp::broken));
static_assert(!absorbing(fixed, Lamp::broken));

constexpr const LampRow* found(When guard) {
  return find_row(guarded, Lamp::off, Press::button,
                  [guard](When of_row) { return of_row == guard; });
}
static_assert(found(When::always)->to == Lamp::on);
static_assert(found(When::at_night)->to == Lamp::off);
static_assert(find_row(good, Lamp::off, Press::hammer, [](When) { return true; }) == nullptr);

constexpr bool appears(Life life) {
  for (const LifeRow& row : life_table)
    if (row.from == life || row.to == life) return true;
  return false;
}

}  // namespace

TEST_CASE("a bad table is told from a good one at compile time") {
  CHECK(no_duplicate_rows(good));
  CHECK_FALSE(no_duplicate_rows(twice));
  CHECK_FALSE(every_state_reachable<3>(Lamp::off, unreachable));
  CHECK_FALSE(absorbing(fixed, Lamp::broken));
}

TEST_CASE("every state of a qpair's life appears in its table") {
  for (std::size_t i = 0; i < life_names.size(); ++i) {
    INFO(life_names[i]);
    CHECK(appears(static_cast<Life>(i)));
  }
}

TEST_CASE("a qpair's life leaves every state, and ends in closed by way of lingering") {
  for (std::size_t i = 0; i < life_names.size(); ++i)
    CHECK(std::any_of(life_table.begin(), life_table.end(),
                      [i](const LifeRow& row) { return row.from == static_cast<Life>(i); }));
  for (const LifeRow& row : life_table)
    if (row.to == Life::closed) CHECK(row.from == Life::lingering);
}

TEST_CASE("declared() knows the moves of the table and no other") {
  CHECK(declared(Life::connected, Life::disconnecting));
  CHECK(declared(Life::connecting, Life::lingering));
  CHECK(declared(Life::closed, Life::resolving_address));
  CHECK_FALSE(declared(Life::connecting, Life::disconnecting));  // before ESTABLISHED nothing waits
  CHECK_FALSE(declared(Life::closed, Life::connected));
  CHECK_FALSE(declared(Life::idle, Life::idle));
  CHECK_FALSE(declared(static_cast<Life>(200), Life::idle));
}

TEST_CASE("nothing waits for DISCONNECTED but a qpair that was connected, if only after it had given up") {
  for (const LifeRow& row : life_table)
    if (row.to == Life::disconnecting)
      CHECK((row.from == Life::connected || row.from == Life::lost || row.from == Life::failed));
}
