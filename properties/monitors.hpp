// All automata together: what a world carries along in its state.
//
// Ownership: a plain value in the arena; its bytes belong to the state's identity,
// premises excepted (they are facts about the whole search, kept by the caller).
#pragma once

#include <functional>
#include <string>

#include "properties/awaited_once.hpp"
#include "properties/flag_agrees.hpp"
#include "properties/legal_calls.hpp"
#include "properties/life_cycle.hpp"
#include "properties/no_needless_timeout.hpp"
#include "properties/nothing_left.hpp"
#include "properties/possible_wait.hpp"
#include "properties/property.hpp"
#include "properties/wait_ledger.hpp"

namespace qpcheck::properties {

class Monitors {
 public:
  // Properties that the observation violates. `view` is asked only when needed.
  template <class ViewOf>
  PropertySet see(const model::Observation& seen, ViewOf&& view_of) {
    using model::Seen;
    PropertySet violated;
    ledger_.see(seen);
    if (seen.kind == Seen::teardown_requested) teardown_requested_ = 1;
    if (awaited_once_.violated_by(seen)) violated.add(Property::awaited_once);
    if (legal_calls_.violated_by(seen)) violated.add(Property::legal_calls);
    if (life_cycle_.violated_by(seen)) violated.add(Property::life_cycle);
    const bool needs_view = seen.kind == Seen::wait_begins || seen.kind == Seen::wait_ends || seen.kind == Seen::step_ends ||
                            seen.kind == Seen::linger_begins || seen.kind == Seen::linger_timed_out ||
                            seen.kind == Seen::teardown_requested || seen.kind == Seen::teardown_finished ||
                            seen.kind == Seen::flag;
    if (!needs_view) return violated;
    const model::View view = view_of();
    if (possible_wait_.violated_by(seen, ledger_, view) != model::nobody) violated.add(Property::possible_wait);
    if (no_needless_timeout_.violated_by(seen, view)) violated.add(Property::no_needless_timeout);
    if (nothing_left_.violated_by(seen, view)) violated.add(Property::nothing_left);
    if (flag_agrees_.violated_by(seen, view) != model::nobody) violated.add(Property::flag_agrees);
    return violated;
  }

  // Why the observation violates the property: to be asked right after see().
  std::string why(Property property, const model::Observation& seen, const model::View& view) const;

  // Premises that have occurred in this run.
  PropertySet premises() const;

  const WaitLedger& ledger() const { return ledger_; }

  // The part that decides verdicts to come. Returns the bytes written.
  std::size_t describe(std::uint8_t* out) const;

 private:
  WaitLedger ledger_;
  AwaitedOnce awaited_once_;
  PossibleWait possible_wait_;
  NoNeedlessTimeout no_needless_timeout_;
  NothingLeft nothing_left_;
  LegalCalls legal_calls_;
  FlagAgrees flag_agrees_;
  LifeCycle life_cycle_;
  std::uint8_t teardown_requested_ = 0;
};

}  // namespace qpcheck::properties
