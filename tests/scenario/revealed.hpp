// Private members that a test looks at, by their names.
//
// Purpose: where each lies, without a friend in the code under test: revealed(Of_life_{}) is a
// pointer to the member life_.
#pragma once

#include "properties/monitors.hpp"
#include "qpair/controller.hpp"
#include "scenario/qpair_host.hpp"

namespace qpcheck::scenario {

// An explicit instantiation may name what is private.
template <class Tag, auto member>
struct Reveal {
  friend constexpr auto revealed(Tag) { return member; }
};
#define REVEAL(owner, name)                  \
  struct Of_##name {                         \
    friend constexpr auto revealed(Of_##name); \
  };                                         \
  template struct Reveal<Of_##name, &owner::name>;
REVEAL(QpairHost, state_)
REVEAL(qpair::Controller, options_)
REVEAL(qpair::Controller, pending_)
REVEAL(qpair::Qpair, parked_)
REVEAL(qpair::Qpair, path_)
REVEAL(properties::Monitors, breach_)
REVEAL(properties::Monitors, ledger_)
REVEAL(properties::Monitors, awaited_once_)
REVEAL(properties::Monitors, possible_wait_)
REVEAL(properties::Monitors, no_needless_timeout_)
REVEAL(properties::Monitors, nothing_left_)
REVEAL(properties::Monitors, no_use_after_destroy_)
REVEAL(properties::Monitors, requests_complete_once_)
REVEAL(properties::Monitors, legal_calls_)
REVEAL(properties::Monitors, flag_agrees_)
REVEAL(properties::Monitors, life_cycle_)
REVEAL(properties::Monitors, no_lost_event_)
REVEAL(properties::Monitors, told_once_)
REVEAL(properties::Monitors, comes_back_)
REVEAL(properties::Monitors, keeps_time_)
REVEAL(properties::Monitors, qp_to_error_)
REVEAL(properties::Monitors, answers_arrive_)
REVEAL(properties::Monitors, gives_back_)
REVEAL(properties::Monitors, finishes_)
REVEAL(properties::Monitors, no_crash_)
#undef REVEAL

}  // namespace qpcheck::scenario
