// All ways in which the environment may act inside one host step.
//
// Purpose: the host's thread is sequential, but kernel, fabric and target are
// concurrent with it, so anything they may do can fall between two API calls.
// The step is run again from the snapshot before it, once for each sequence of
// inner choices, fewest first.
// Sound and small by one rule: from the same place the step goes on only once, in the
// whole search (search/places.hpp). A place is what the program was when the step began,
// the entry point, the results returned to it so far, and the world around it. The program
// is a function of the first three, so nothing new could come of the second time; where its
// application looks at the machine itself (Host::sees_machine), the state stands for it.
// Where a choice leads from a place, is looked at from there: the program is where it was, so
// only the world around it changes. The step is run again where that place is new.
// Ownership: borrows World and Places; buffers are kept between steps, so that a step
// allocates nothing.
#pragma once

#include <cstdint>
#include <new>
#include <vector>

#include "scenario/world.hpp"
#include "search/places.hpp"

namespace qpcheck::scenario {

// Some 250 MB, ten times what was ever seen.
inline constexpr std::size_t most_waiting_inner_choices = 1 << 22;

// For how long a place is remembered. A step alone finds what the search finds, and more
// slowly: the reference in tests, and for diagrams, which show every step of every state. It
// takes each choice in a run of its own.
enum class Memory : std::uint8_t { search, step };

struct InnerTaken {
  std::uint32_t call = 0;         // it fell before this call of the step
  const char* before = "";        // that call's name
  Choice choice;
};

class InnerSearch final : public sim::CallHook {
 public:
  // `most_waiting`: inner choices that are kept to be taken later, in one step.
  explicit InnerSearch(World& world, Memory memory = Memory::search,
                       std::size_t most_waiting = most_waiting_inner_choices)
      : world_(world), memory_(memory), most_waiting_(most_waiting) {}

  // The steps to come are from this state.
  void from(const sim::Image& from);
  // Runs the host's choice in every way that is new to `places`. After each run calls
  // `each(end)`, with the world as the run left it; pruned: at a known place.
  template <class Each>
  void run(const Choice& choice, search::Places& places, Each&& each) {
    begin(choice, places);
    for (std::size_t next = 0; next < waiting_.size(); ++next) {
      if (!arrives(waiting_[next])) continue;
      world_.restore(*from_);
      world_.begin_step();
      prepare(waiting_[next]);
      const sim::StepEnd end = world_.take_host(choice, this);
      ++runs_;
      if (no_memory_) throw std::bad_alloc();
      if (end == sim::StepEnd::beyond) beyond_ = sim::StepRunner::get().why();
      else each(end);
    }
  }

  // The inner choices of the run just made, and the edge by which it ended.
  const std::vector<InnerTaken>& taken() const { return taken_; }
  search::Edge edge() const;
  std::uint64_t runs() const { return runs_; }
  // Of what was only looked at.
  properties::PropertySet antecedents() const { return antecedents_; }
  // Not empty: a run needed more than the simulator or this search keeps, and was left out.
  const std::string& beyond() const { return beyond_; }

  bool before_call(std::uint32_t number, const char* name) override;
  bool while_blocked(std::uint32_t number, const char* name) override;
  void while_spinning(std::uint32_t number, const char* name) override;
  void returned(std::uint64_t result) override;

 private:
  struct Waiting {
    std::size_t first = 0, count = 0;  // in pool_
    search::NodeId place = search::the_state;  // at which the last of them is taken,
    std::uint64_t leads_to = 0;                // and the key of the place to which it leads; 0: not known
  };
  bool arrives(Waiting& sequence);
  void begin(const Choice& choice, search::Places& places);
  void prepare(const Waiting& sequence);
  bool go_on(std::uint32_t number, const char* name, bool must_act);
  bool remember_and_offer(std::uint32_t number, const char* name, bool must_act);
  bool act(std::uint32_t number, const char* name);
  void take_next();
  std::uint64_t key(std::uint32_t number, bool must_act, properties::PropertySet violated,
                    std::uint64_t environment) const;
  std::uint64_t look_ahead(std::uint32_t number, const Choice& choice);
  void wait_with(std::uint32_t number, const char* name, const Choice& choice, std::uint64_t leads_to);

  World& world_;
  Memory memory_;
  std::size_t most_waiting_;
  search::Places* places_ = nullptr;
  std::vector<InnerTaken> pool_, sequence_, taken_;
  std::vector<Waiting> waiting_;
  Choices choices_;            // as they are listed
  const sim::Image* from_ = nullptr;
  std::uint64_t state_ = 0, program_ = 0;  // fingerprints of the state, and of the program in it
  std::uint64_t begun_ = 0;    // what the program was, and which entry point
  std::uint64_t results_ = 0;
  std::uint8_t fair_ = 0;  // of the choice
  search::NodeId at_ = search::the_state;
  std::uint8_t by_ = search::goes_on;  // the choice taken there
  search::NodeId ends_at_ = search::the_state;  // where this run takes its last choice,
  bool has_arrived_ = false;                    // or the place to which that leads
  properties::PropertySet antecedents_;
  std::uint64_t runs_ = 0;
  bool no_memory_ = false;
  std::string beyond_;
};

}  // namespace qpcheck::scenario
