// All ways in which the environment may act inside one host step.
//
// Purpose: the host's thread is sequential, but kernel, fabric and target are
// concurrent with it, so anything they may do can fall between two API calls.
// The step is run again from the snapshot before it, once for each sequence of
// inner choices, fewest first.
// Sound and small by one rule: from the same pair (results returned to the program
// so far, world around it) the step goes on only once. The program is a function of
// the snapshot and those results, so nothing new could come of the second time.
// Ownership: buffers are kept between steps, so that a step allocates nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "scenario/world.hpp"

namespace qpcheck::scenario {

// Some 250 MB, ten times what was ever seen.
inline constexpr std::size_t most_waiting_inner_choices = 1 << 22;

struct InnerTaken {
  std::uint32_t call = 0;         // it fell before this call of the step
  const char* before = "";        // that call's name
  Choice choice;
};

class InnerSearch final : public sim::CallHook {
 public:
  // `most_waiting`: inner choices that are kept to be taken later, in one step.
  explicit InnerSearch(World& world, std::size_t most_waiting = most_waiting_inner_choices)
      : world_(world), most_waiting_(most_waiting), remembered_(1024) {}

  // Runs the host's choice from `from` in every way. For each run that was not
  // pruned calls `each(end)`, with the world as the run left it.
  template <class Each>
  void run(const sim::Image& from, const Choice& choice, Each&& each) {
    begin();
    for (std::size_t next = 0; next < waiting_.size(); ++next) {
      world_.restore(from);
      world_.begin_step();
      prepare(waiting_[next]);
      const sim::StepEnd end = world_.take_host(choice, this);
      ++runs_;
      if (end == sim::StepEnd::beyond) beyond_ = sim::StepRunner::get().why();
      else if (end != sim::StepEnd::pruned) each(end);
    }
  }

  // The inner choices of the run just made.
  const std::vector<InnerTaken>& taken() const { return taken_; }
  std::uint64_t runs() const { return runs_; }
  // Not empty: a run needed more than the simulator or this search keeps, and was left out.
  const std::string& beyond() const { return beyond_; }

  bool before_call(std::uint32_t number, const char* name) override;
  bool while_blocked(std::uint32_t number, const char* name) override;
  void while_spinning(std::uint32_t number, const char* name) override;
  void returned(std::uint64_t result) override;

 private:
  struct Waiting {
    std::size_t first = 0, count = 0;  // in pool_
  };
  void begin();
  void prepare(const Waiting& sequence);
  bool go_on(std::uint32_t number, const char* name, bool must_act);
  bool act(std::uint32_t number, const char* name);
  bool remember(std::uint64_t key);
  void wait_with(std::uint32_t number, const char* name, const Choice& choice);

  World& world_;
  std::size_t most_waiting_;
  std::vector<InnerTaken> pool_, sequence_, taken_;
  std::vector<Waiting> waiting_;
  struct Remembered {
    std::uint64_t key = 0;
    std::uint64_t step = 0;
  };
  std::vector<Remembered> remembered_;  // open addressing; entries of older steps count as empty
  std::size_t remembered_count_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t results_ = 0;
  std::uint64_t runs_ = 0;
  std::string beyond_;
};

}  // namespace qpcheck::scenario
