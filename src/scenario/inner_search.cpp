#include "scenario/inner_search.hpp"

#include "search/hash.hpp"

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

void InnerSearch::prepare(const Waiting& sequence) {
  const auto first = pool_.begin() + static_cast<std::ptrdiff_t>(sequence.first);
  sequence_.assign(first, first + static_cast<std::ptrdiff_t>(sequence.count));
  taken_.clear();
  results_ = 0;
  at_ = search::the_state;
  by_ = search::goes_on;
  sequence_ends_at_ = sequence.place;
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
  at_ = sequence_ends_at_;
  by_ = next.choice.label;
}

bool InnerSearch::remember_and_offer(std::uint32_t number, const char* name, bool must_act) {
  while (taken_.size() < sequence_.size() && sequence_[taken_.size()].call == number) take_next();
  if (taken_.size() < sequence_.size()) return true;  // still on the way that was walked before
  const std::uint64_t call = (std::uint64_t{number} * 2u + must_act) << 32 | world_.violated().bits;
  const std::uint64_t parts[] = {begun_, results_, call, world_.environment_fingerprint()};
  const search::Places::Arrival here = places_->arrive(edge(), search::hash_object(parts));
  at_ = here.place;
  by_ = search::goes_on;
  if (!here.go_on) return false;
  world_.list_environment(choices_);
  for (const Choice& choice : choices_) wait_with(number, name, choice);
  return true;
}

void InnerSearch::wait_with(std::uint32_t number, const char* name, const Choice& choice) {
  const std::size_t first = pool_.size();
  if (first + taken_.size() >= most_waiting_) {
    beyond_ = "one step of the program branches without end, or nearly so: not each of its ways was tried";
    return;
  }
  pool_.insert(pool_.end(), taken_.begin(), taken_.end());
  pool_.push_back({number, name, choice});
  waiting_.push_back({first, taken_.size() + 1, at_});
}

}  // namespace qpcheck::scenario
