// The reference model has the exact numbers that spin and a plain C++ search found
// (bench/reference/README.md). "depth" there counts levels; ours counts steps.
#include <catch2/catch.hpp>

#include "bench/reference_model.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

using namespace qpcheck::search;
using qpcheck::bench::ReferenceModel;
using qpcheck::bench::Teardown;

namespace {

struct Numbers {
  std::uint64_t states, transitions, levels, end_states;
  friend bool operator==(const Numbers&, const Numbers&) = default;
};

template <unsigned Qpairs, unsigned Faults>
Numbers search_fixed() {
  ReferenceModel<Qpairs, Faults, Teardown::fixed> model;
  const Result result = explore(model);
  REQUIRE(result.complete());
  REQUIRE(result.violations.empty());
  return {result.states, result.transitions, result.depth + std::uint64_t{1}, result.end_states};
}

template <unsigned Qpairs, unsigned Faults, Teardown Variant>
std::uint32_t length_of_violation() {
  ReferenceModel<Qpairs, Faults, Variant> model;
  const Result result = explore(model);
  return result.violation() == nullptr ? 0 : result.violation()->cost.length;
}

}  // namespace

TEST_CASE("the reference model of one qpair has the numbers that spin found") {
  CHECK(search_fixed<1, 0>() == Numbers{499, 1'380, 18, 4});
  CHECK(search_fixed<1, 1>() == Numbers{1'438, 3'863, 19, 20});
}

TEST_CASE("the reference model of two qpairs has the numbers that spin found") {
  CHECK(search_fixed<2, 0>() == Numbers{174'690, 848'988, 34, 16});
  CHECK(search_fixed<2, 1>() == Numbers{1'067'251, 5'460'466, 35, 106});
}

TEST_CASE("always waiting, and the flag alone, await a disconnection twice within ten steps") {
  CHECK(length_of_violation<1, 0, Teardown::legacy>() == 10);
  CHECK(length_of_violation<1, 0, Teardown::flag>() == 10);
}

TEST_CASE("looking at the flag again holds until events are swapped") {
  CHECK(length_of_violation<1, 0, Teardown::recheck>() == 0);
  CHECK(length_of_violation<2, 0, Teardown::recheck>() == 0);
  CHECK(length_of_violation<1, 1, Teardown::recheck>() == 13);
}

TEST_CASE("the violation of the flag replays to a qpair that waits for what it has seen") {
  using Model = ReferenceModel<1, 0, Teardown::flag>;
  Model model;
  const Result result = explore(model);
  REQUIRE(result.violation() != nullptr);
  Model::State last{};
  REQUIRE(replay_path(model, result.violation()->path, [&](const auto&, Edge, const auto& next) { last = next; }));
  CHECK(Model::qpair(last, 0).life == Model::waiting);
  CHECK(Model::qpair(last, 0).seen == 1);
}
