#include "scenario/inner_search.hpp"

#include "search/hash.hpp"
#include "sim/sanitizer.hpp"

namespace qpcheck::scenario {

void InnerSearch::from(const sim::Image& from) {
  from_ = &from;
  world_.restore(from);
  state_ = world_.fingerprint();
  program_ = world_.program_fingerprint();
}

void InnerSearch::begin(const Choice& choice, search::Places& places) {
  places_ = &places;
  pool_.clear();
  waiting_.clear();
  waiting_.push_back({});
  fair_ = choice.label;
  const bool alone = memory_ == Memory::step || world_.host().sees_machine(choice.host);
  const std::uint64_t parts[] = {alone ? state_ : program_, choice.rank};
  begun_ = search::hash_object(parts);
}

// A sequence whose end is a place that is known already needs no run.
bool InnerSearch::arrives(Waiting& sequence) {
  if (sequence.leads_to == 0) return true;
  search::Edge edge;
  edge.length = static_cast<std::uint16_t>(1 + sequence.count);
  edge.inner = static_cast<std::uint16_t>(sequence.count);
  edge.fair = fair_;
  edge.inner_fair = pool_[sequence.first + sequence.count - 1].choice.label;
  edge.from = sequence.place;
  const search::Places::Arrival here = places_->arrive(edge, sequence.leads_to);
  sequence.place = here.place;
  return here.go_on;
}

void InnerSearch::prepare(const Waiting& sequence) {
  const auto first = pool_.begin() + static_cast<std::ptrdiff_t>(sequence.first);
  sequence_.assign(first, first + static_cast<std::ptrdiff_t>(sequence.count));
  taken_.clear();
  results_ = 0;
  at_ = search::the_state;
  by_ = search::goes_on;
  ends_at_ = sequence.place;
  has_arrived_ = sequence.leads_to != 0;
}

search::Edge InnerSearch::edge() const {
  search::Edge edge;
  edge.length = static_cast<std::uint16_t>(1 + taken_.size());
  edge.inner = static_cast<std::uint16_t>(taken_.size());
  edge.fair = fair_;
  edge.inner_fair = by_;
  edge.from = at_;
  return edge;
}

bool InnerSearch::before_call(std::uint32_t number, const char* name) { return go_on(number, name, false); }

// Between is the program, through which nothing of ours may be thrown.
bool InnerSearch::go_on(std::uint32_t number, const char* name, bool must_act) {
  try {
    return remember_and_offer(number, name, must_act);
  } catch (const std::bad_alloc&) {
    no_memory_ = true;
    return false;
  }
}

// Unfair ones may never happen: where no fair choice is left, only time can end the wait.
bool InnerSearch::while_blocked(std::uint32_t number, const char* name) {
  return world_.fair_left() ? act(number, name) : world_.let_time_pass(false);
}

void InnerSearch::while_spinning(std::uint32_t number, const char* name) {
  if (world_.fair_left()) act(number, name);
  else world_.let_time_pass(true);
}

// One choice of the environment: this run's next, or this run ends here, and those that
// wait go on with a choice each.
bool InnerSearch::act(std::uint32_t number, const char* name) {
  if (taken_.size() < sequence_.size() && sequence_[taken_.size()].call == number) {
    take_next();
    return true;
  }
  go_on(number, name, true);
  sim::StepRunner::get().abandon(sim::StepEnd::pruned, "");
}

void InnerSearch::returned(std::uint64_t result) {
  const std::uint64_t parts[] = {results_, result};
  results_ = search::hash_object(parts);
}

void InnerSearch::take_next() {
  const InnerTaken& next = sequence_[taken_.size()];
  world_.take_environment(next.choice);
  taken_.push_back(next);
  if (taken_.size() < sequence_.size()) return;
  at_ = ends_at_;
  by_ = has_arrived_ ? search::goes_on : next.choice.label;
}

bool InnerSearch::remember_and_offer(std::uint32_t number, const char* name, bool must_act) {
  const std::size_t taken = taken_.size();
  while (taken_.size() < sequence_.size() && sequence_[taken_.size()].call == number) take_next();
  if (taken_.size() < sequence_.size()) return true;  // still on the way that was walked before
  const bool arrived = has_arrived_ && taken < taken_.size();
  if (!arrived) {
    const search::Places::Arrival here =
        places_->arrive(edge(), key(number, must_act, world_.violated(), world_.environment_fingerprint()));
    at_ = here.place;
    by_ = search::goes_on;
    if (!here.go_on) return false;
  }
  world_.list_environment(choices_);
  const bool looks_ahead = memory_ == Memory::search && !must_act && !sim::sanitizer::present;
  if (looks_ahead && choices_.count > 0) world_.keep();
  for (const Choice& choice : choices_) wait_with(number, name, choice, looks_ahead ? look_ahead(number, choice) : 0);
  return true;
}

// A place; never 0.
std::uint64_t InnerSearch::key(std::uint32_t number, bool must_act, properties::PropertySet violated,
                               std::uint64_t environment) const {
  const std::uint64_t call = (std::uint64_t{number} * 2u + must_act) << 32 | violated.bits;
  const std::uint64_t parts[] = {begun_, results_, call, environment};
  return search::stored(search::hash_object(parts));
}

std::uint64_t InnerSearch::look_ahead(std::uint32_t number, const Choice& choice) {
  const World::Ahead ahead = world_.look_ahead(choice);
  antecedents_.bits |= ahead.antecedents.bits;
  const std::uint64_t place = key(number, false, ahead.violated, ahead.environment);
  places_->prefetch(place);
  return place;
}

void InnerSearch::wait_with(std::uint32_t number, const char* name, const Choice& choice, std::uint64_t leads_to) {
  const std::size_t first = pool_.size();
  if (first + taken_.size() >= most_waiting_) {
    beyond_ = "one step of the program branches without end, or nearly so: not each of its ways was tried";
    return;
  }
  pool_.insert(pool_.end(), taken_.begin(), taken_.end());
  pool_.push_back({number, name, choice});
  waiting_.push_back({first, taken_.size() + 1, at_, leads_to});
}

}  // namespace qpcheck::scenario
