// answers-arrive: a message leaves memory that is registered; what the peer answers finds a
// receive posted that takes it, and comes to the application as it was sent, once.
//
// The model peer answers each message with the same bytes; a message says its number.
// An answer that finds no receive is an RNR NAK on InfiniBand and RoCE, repeated until there
// is one; on iWARP it ends the connection.
// Assumes: the program reports the messages that it accepts to send, and those that it tells
// its application of, by the number that their bytes say, and means to have a receive posted
// for each answer. A completion of a QP that is destroyed by then need not be told.
// A failure is explained by what became of the message or its answer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/observation.hpp"

namespace qpcheck::properties {

struct AnswersArrive {
  std::array<std::uint8_t, model::max_qpairs> sent{};      // accepted, the answer not told: a bit each
  std::array<std::uint8_t, model::max_qpairs> arrived{};   // receives that succeeded in this step, not told
  std::uint8_t antecedent = 0;

  // The qpair whose answer went astray; nobody: none did.
  std::uint8_t violated_by(const model::Observation& seen) {
    using model::Seen;
    if (seen.kind == Seen::step_ends) return untold();
    if (seen.qpair >= model::max_qpairs) return model::nobody;
    return astray(seen) ? seen.qpair : model::nobody;
  }

  // In the state after the step nothing is left of it: it was said.
  void forget_step() { arrived = {}; }

  static std::string_view why(const model::Observation& seen) {
    switch (seen.kind) {
      case model::Seen::message_stopped: return model::info(static_cast<model::Stopped>(seen.status)).sentence;
      case model::Seen::answer_told:
        return "a message is told to the application that the peer did not send, or that was told before";
      default: return "an answer was polled from the completion queue, and the application was not told of it";
    }
  }

 private:
  bool astray(const model::Observation& seen) {
    using model::Seen;
    std::uint8_t& bits = sent[seen.qpair];
    const auto bit = static_cast<std::uint8_t>(1u << (static_cast<unsigned>(seen.status) & 7u));
    switch (seen.kind) {
      case Seen::request_accepted:
        antecedent = 1;
        bits = static_cast<std::uint8_t>(bits | bit);
        return false;
      case Seen::request_completed:  // what was not sent is not answered
        if (seen.error == static_cast<std::int32_t>(model::Told::failure))
          bits = static_cast<std::uint8_t>(bits & ~bit);
        return false;
      case Seen::completion:
        if (std::string_view(seen.text) == "receive" && seen.status == 0 && seen.error == 0) ++arrived[seen.qpair];
        return false;
      case Seen::message_stopped: return true;
      case Seen::answer_told: {
        const bool known = arrived[seen.qpair] > 0 && seen.status < 8 && (bits & bit) != 0;
        if (arrived[seen.qpair] > 0) --arrived[seen.qpair];
        bits = static_cast<std::uint8_t>(bits & ~bit);
        return !known;
      }
      case Seen::teardown_finished: bits = arrived[seen.qpair] = 0; return false;
      default: return false;
    }
  }

  std::uint8_t untold() const {
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair)
      if (arrived[qpair] != 0) return qpair;
    return model::nobody;
  }
};

}  // namespace qpcheck::properties
