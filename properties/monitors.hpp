// All automata together: what a world carries along in its state.
//
// Ownership: a plain value in the arena; its bytes belong to the state's identity,
// antecedents excepted (they are facts about the whole search, kept by the caller).
#pragma once

#include <functional>
#include <span>
#include <string>

#include "model/description.hpp"
#include "properties/answers_arrive.hpp"
#include "properties/awaited_once.hpp"
#include "properties/comes_back.hpp"
#include "properties/finishes.hpp"
#include "properties/flag_agrees.hpp"
#include "properties/gives_back.hpp"
#include "properties/keeps_time.hpp"
#include "properties/legal_calls.hpp"
#include "properties/life_cycle.hpp"
#include "properties/no_crash.hpp"
#include "properties/no_lost_event.hpp"
#include "properties/no_needless_timeout.hpp"
#include "properties/no_use_after_destroy.hpp"
#include "properties/nothing_left.hpp"
#include "properties/possible_wait.hpp"
#include "properties/property.hpp"
#include "properties/qp_to_error.hpp"
#include "properties/requests_complete_once.hpp"
#include "properties/told_once.hpp"
#include "properties/wait_ledger.hpp"

namespace qpcheck::properties {

// Why a property is violated, for a person.
struct Reason {
  std::uint8_t qpair = model::nobody;  // that it is about
  std::string text;
};

class Monitors {
 public:
  // Properties that the observation violates. `view` is asked only when needed.
  template <class ViewOf>
  PropertySet see(const model::Observation& seen, ViewOf&& view_of) {
    PropertySet violated;
    const auto judge = [&violated](bool broken, Property property) {
      if (broken) violated.add(property);
    };
    breach_ = ledger_.see(seen);
    finishes_.see(seen);
    no_crash_.see(seen);
    judge(awaited_once_.violated_by(seen, breach_), Property::awaited_once);
    judge(no_use_after_destroy_.violated_by(seen), Property::no_use_after_destroy);
    judge(requests_complete_once_.violated_by(seen), Property::requests_complete_once);
    judge(legal_calls_.violated_by(seen), Property::legal_calls);
    judge(life_cycle_.violated_by(seen), Property::life_cycle);
    judge(no_lost_event_.violated_by(seen) != model::nobody, Property::no_lost_event);
    judge(keeps_time_.violated_by(seen, ledger_), Property::keeps_time);
    judge(answers_arrive_.violated_by(seen) != model::nobody, Property::answers_arrive);
    judge(gives_back_.violated_by(seen), Property::gives_back);
    judge(told_once_.violated_by(seen), Property::told_once);
    if (needs_view(seen)) {
      const model::View view = view_of();
      judge(possible_wait_.violated_by(seen, ledger_, view) != model::nobody, Property::possible_wait);
      judge(no_needless_timeout_.violated_by(seen, view), Property::no_needless_timeout);
      judge(nothing_left_.violated_by(seen, view), Property::nothing_left);
      judge(flag_agrees_.violated_by(seen, view) != model::nobody, Property::flag_agrees);
      judge(comes_back_.violated_by(seen, view), Property::comes_back);
      judge(keeps_time_.ignores(seen, ledger_, view) != model::nobody, Property::keeps_time);
      judge(qp_to_error_.violated_by(seen, view) != model::nobody, Property::qp_to_error);
      judge(told_once_.untrue(seen, view), Property::told_once);
    }
    return violated;
  }

  // Why the observation violates the property: to be asked right after see().
  Reason why(Property property, const model::Observation& seen, const model::View& view) const;

  // Antecedents that have occurred in this run.
  PropertySet antecedents() const;

  const WaitLedger& ledger() const { return ledger_; }
  // The application knows of this connection that it is up.
  bool told_up(std::uint8_t qpair) const { return told_once_.up[qpair] != 0; }
  // A teardown was requested, and the program has not said that it is finished.
  bool going_down() const;

  // For a program that does not report what it handles.
  void take_acknowledged_as_handled() { awaited_once_.acknowledged_is_handled = true; }

  // What a step discarded was judged at its end, and is no part of the state after it.
  void forget_step() {
    no_lost_event_.forget_step();
    answers_arrive_.forget_step();
  }

  // What decides verdicts to come, in parts: of one qpair alone,
  void describe_of(model::Description& to, std::uint8_t qpair, std::uint64_t now_ms) const;
  // and the rest, which names no qpair.
  void describe_rest(model::Description& to) const;
  // All parts, in the order of the numbers. Returns the bytes written.
  std::size_t describe(std::span<std::uint8_t> out, std::uint64_t now_ms) const;

 private:
  Reason why_not_back(const model::Observation& seen, const model::View& view) const;
  bool needs_view(const model::Observation& seen) const;

  WaitLedger ledger_;
  std::string_view breach_;  // of the ledger, by the last observation
  AwaitedOnce awaited_once_;
  PossibleWait possible_wait_;
  NoNeedlessTimeout no_needless_timeout_;
  NothingLeft nothing_left_;
  NoUseAfterDestroy no_use_after_destroy_;
  RequestsCompleteOnce requests_complete_once_;
  LegalCalls legal_calls_;
  FlagAgrees flag_agrees_;
  LifeCycle life_cycle_;
  NoLostEvent no_lost_event_;
  ToldOnce told_once_;
  ComesBack comes_back_;
  KeepsTime keeps_time_;
  QpToError qp_to_error_;
  AnswersArrive answers_arrive_;
  GivesBack gives_back_;
  Finishes finishes_;
  NoCrash no_crash_;
};

}  // namespace qpcheck::properties
