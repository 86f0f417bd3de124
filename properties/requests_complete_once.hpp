// requests-complete-once: every accepted work request is completed to the application
// exactly once.
//
// Assumes: the program reports which of its application's requests it accepted, by a
// number below eight that is its own while the request is under way, and which it
// completed. When a teardown has finished, none of that qpair is under way any more.
// A failure is explained by the request: completed without being under way, or left.
#pragma once

#include <array>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct RequestsCompleteOnce {
  std::array<std::uint8_t, model::max_qpairs> under_way{};  // a bit each
  std::uint8_t premise = 0;

  bool violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.qpair >= model::max_qpairs) return false;
    std::uint8_t& bits = under_way[seen.qpair];
    const auto bit = static_cast<std::uint8_t>(1u << (static_cast<unsigned>(seen.status) & 7u));
    switch (seen.kind) {
      case Seen::request_accepted: {
        premise = 1;
        const bool again = (bits & bit) != 0;
        bits = static_cast<std::uint8_t>(bits | bit);
        return again;
      }
      case Seen::request_completed: {
        const bool known = (bits & bit) != 0;
        bits = static_cast<std::uint8_t>(bits & ~bit);
        return !known;
      }
      case Seen::teardown_finished: {
        const bool left = bits != 0;
        bits = 0;
        return left;
      }
      default: return false;
    }
  }

  static std::string_view why(const model::Observation& seen) {
    switch (seen.kind) {
      case model::Seen::request_accepted: return "a request is accepted under the number of one that is still under way";
      case model::Seen::request_completed: return "a request is completed to the application that is not under way: it was completed before, or never accepted";
      default: return "the teardown has finished, and a request that was accepted was never completed to the application";
    }
  }
};

}  // namespace qpcheck::properties
