// requests-complete-once: every accepted work request is completed to the application
// exactly once, and as a success if, and only if, its completion said so; by the first poll
// that could; and none is refused while fewer are under way than may be.
//
// Assumes: the program reports which of its application's requests it accepted, by a
// number below eight that is its own while the request is under way, and which it
// completed; and of src/qpair, whose requests are its sends, how, and which it refused, and
// that a poll takes all completions. When a teardown has
// finished, none of that qpair is under way any more. That a request has failed is believed:
// one whose QP was destroyed has no completion.
// A failure is explained by the request: completed without being under way, left, or told falsely.
#pragma once

#include <array>
#include <bit>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct RequestsCompleteOnce {
  std::array<std::uint8_t, model::max_qpairs> under_way{};  // a bit each
  std::array<std::uint8_t, model::max_qpairs>
      succeeded{};  // the last completion of a send said so, and it was not told yet
  std::uint8_t antecedent = 0;

  bool violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.kind == Seen::step_ends) return seen.error != 0;
    if (seen.qpair >= model::max_qpairs) return false;
    std::uint8_t& bits = under_way[seen.qpair];
    const auto bit = static_cast<std::uint8_t>(1u << (static_cast<unsigned>(seen.status) & 7u));
    switch (seen.kind) {
      case Seen::request_accepted: {
        antecedent = 1;
        const bool again = (bits & bit) != 0;
        bits = static_cast<std::uint8_t>(bits | bit);
        return again;
      }
      case Seen::request_refused: return std::popcount(bits) < seen.status;
      case Seen::completion: {
        if (std::string_view(seen.text) == "send") succeeded[seen.qpair] = seen.status == 0 && bits != 0 ? 1 : 0;
        return false;
      }
      case Seen::request_completed: {
        const bool known = (bits & bit) != 0, succeeds = succeeded[seen.qpair] != 0;
        const bool falsely = succeeds ? told(seen, model::Told::failure) : told(seen, model::Told::success);
        bits = static_cast<std::uint8_t>(bits & ~bit);
        succeeded[seen.qpair] = 0;
        return !known || falsely;
      }
      case Seen::teardown_finished: {
        const bool left = bits != 0;
        bits = succeeded[seen.qpair] = 0;
        return left;
      }
      default: return false;
    }
  }

  static bool told(const model::Observation& seen, model::Told how) {
    return seen.error == static_cast<std::int32_t>(how);
  }

  static std::uint8_t whose(const model::Observation& seen) {
    if (seen.kind != model::Seen::step_ends) return seen.qpair;
    return static_cast<std::uint8_t>(std::countr_zero(static_cast<unsigned>(seen.error)));
  }

  static std::string_view why(const model::Observation& seen) {
    switch (seen.kind) {
      case model::Seen::request_accepted:
        return "a request is accepted under the number of one that is still under way";
      case model::Seen::step_ends: return "a poll has left a completion in its queue that was there when it began";
      case model::Seen::request_refused:
        return "a request is refused, although no call has failed and fewer are under way than may be";
      case model::Seen::request_completed:
        return "a request is completed to the application that is not under way (it was completed before, or never "
               "accepted), or otherwise than its completion has said";
      default:
        return "the teardown has finished, and a request that was accepted was never completed to the application";
    }
  }
};

}  // namespace qpcheck::properties
