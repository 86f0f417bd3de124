#include "zoo/zoo.hpp"

#include <algorithm>
#include <vector>

namespace qpcheck::zoo {
namespace {

// Made by the first who asks: entries register before main, in any order.
std::vector<sim::ProgramInfo>& list() {
  static std::vector<sim::ProgramInfo> all;
  return all;
}

}  // namespace

Registered::Registered(const sim::ProgramInfo& program) {
  const auto place = std::ranges::upper_bound(list(), program.name, {}, &sim::ProgramInfo::name);
  list().insert(place, program);
}

std::span<const sim::ProgramInfo> programs() { return list(); }

}  // namespace qpcheck::zoo
