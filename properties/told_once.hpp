// told-once: the application learns exactly once that a connection is gone.
//
// Of a connection that it was told is up, and that is not told of one which is being taken
// down. It may be told as soon as the program knows, and must have been when the teardown
// has finished.
// Assumes: the program reports what it tells its application (up, gone), and when a
// teardown has finished.
// A failure is explained by what was told too often, or not at all.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct ToldOnce {
  std::array<std::uint8_t, model::max_qpairs> up{};  // as the application knows it
  std::array<std::uint8_t, model::max_qpairs> going_down{};
  std::uint8_t premise = 0;

  bool violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.qpair >= model::max_qpairs) return false;
    std::uint8_t& known = up[seen.qpair];
    const bool was_up = known != 0;
    switch (seen.kind) {
      case Seen::teardown_requested: going_down[seen.qpair] = 1; return false;
      case Seen::told_up: known = premise = 1; return going_down[seen.qpair] != 0;
      case Seen::told_gone: known = 0; return !was_up;
      case Seen::teardown_finished: known = going_down[seen.qpair] = 0; return was_up;
      default: return false;
    }
  }

  static std::string_view why(const model::Observation& seen) {
    if (seen.kind == model::Seen::told_up) return "the application is told that the connection is up although it is being taken down";
    return seen.kind == model::Seen::told_gone
               ? "the application is told that the connection is gone although it knows, or never knew it up"
               : "the teardown has finished, and the application was never told that the connection is gone";
  }
};

}  // namespace qpcheck::properties
