// Searches the reference model (two qpairs, one fault, the fixed teardown) once.
// Prints the number of states; the caller takes the time.
#include <cstdio>

#include "bench/reference_model.hpp"
#include "search/engine.hpp"

int main() {
  using namespace qpcheck;
  bench::ReferenceModel<2, 1, bench::Teardown::fixed> model;
  const search::Result result = search::explore(model);
  std::printf("states %llu transitions %llu levels %u end_states %llu seconds %.3f bytes %llu\n",
              static_cast<unsigned long long>(result.states), static_cast<unsigned long long>(result.transitions),
              result.depth + 1, static_cast<unsigned long long>(result.end_states), result.seconds,
              static_cast<unsigned long long>(result.visited_bytes + result.frontier_bytes + result.record_bytes));
  return result.complete() ? 0 : 3;
}
