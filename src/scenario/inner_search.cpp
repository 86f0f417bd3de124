#include "scenario/inner_search.hpp"

namespace qpcheck::scenario {
namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

}  // namespace

void InnerSearch::begin() {
  pool_.clear();
  waiting_.clear();
  waiting_.push_back({});
  ++step_;
  remembered_count_ = 0;
}

void InnerSearch::prepare(const Waiting& sequence) {
  const auto first = pool_.begin() + static_cast<std::ptrdiff_t>(sequence.first);
  sequence_.assign(first, first + static_cast<std::ptrdiff_t>(sequence.count));
  taken_.clear();
  results_ = 0;
}

bool InnerSearch::before_call(std::uint32_t number, const char* name) { return go_on(number, name, false); }

// Options may never happen: where no obligation is left, only time can end the wait.
bool InnerSearch::while_blocked(std::uint32_t number, const char* name) {
  return world_.obligation_left() ? act(number, name) : world_.let_time_pass(false);
}

void InnerSearch::while_spinning(std::uint32_t number, const char* name) {
  if (world_.obligation_left()) act(number, name);
  else world_.let_time_pass(true);
}

// One choice of the environment: this run's next, or this run ends here, and those that
// wait go on with a choice each.
bool InnerSearch::act(std::uint32_t number, const char* name) {
  if (taken_.size() < sequence_.size() && sequence_[taken_.size()].call == number) {
    world_.take_environment(sequence_[taken_.size()].choice);
    taken_.push_back(sequence_[taken_.size()]);
    return true;
  }
  go_on(number, name, true);
  sim::StepRunner::get().abandon(sim::StepEnd::pruned, "");
}

void InnerSearch::returned(std::uint64_t result) { results_ = mix(results_, result); }

bool InnerSearch::go_on(std::uint32_t number, const char* name, bool must_act) {
  while (taken_.size() < sequence_.size() && sequence_[taken_.size()].call == number) {
    world_.take_environment(sequence_[taken_.size()].choice);
    taken_.push_back(sequence_[taken_.size()]);
  }
  if (taken_.size() < sequence_.size()) return true;  // still on the way that was walked before
  const std::uint64_t key = mix(mix(results_, (std::uint64_t{number} * 2u + must_act) << 32 | world_.violated().bits), world_.environment_fingerprint());
  if (!remember(key)) return false;
  Choices choices;
  world_.list_environment(choices);
  for (const Choice& choice : choices) wait_with(number, name, choice);
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
  waiting_.push_back({first, taken_.size() + 1});
}

bool InnerSearch::remember(std::uint64_t key) {
  if (remembered_count_ * 2 >= remembered_.size()) {
    std::vector<Remembered> old(remembered_.size() * 2);
    old.swap(remembered_);
    remembered_count_ = 0;
    for (const Remembered& entry : old)
      if (entry.step == step_) remember(entry.key);
  }
  for (std::size_t at = key % remembered_.size();; at = (at + 1) % remembered_.size()) {
    Remembered& entry = remembered_[at];
    if (entry.step != step_) {
      entry = {key, step_};
      ++remembered_count_;
      return true;
    }
    if (entry.key == key) return false;
  }
}

}  // namespace qpcheck::scenario
