// A controller on the simulated machine, driven by hand.
//
// Purpose: a test says, by name, what the environment does and what the program
// is told to do, in its own order, and reads what came of it from a journal.
// Ownership: the controller lives in the simulator's arena, one Machine at a time.
// Threads: none.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qpair/controller.hpp"
#include "sim/machine.hpp"
#include "sim/step.hpp"

namespace qpcheck::test {

using Journal = std::vector<std::string>;

qpair::Options options(qpair::Teardown teardown = qpair::Teardown::settled, std::uint32_t qpairs = 2);

inline constexpr qpair::Teardown all_teardowns[] = {
    qpair::Teardown::always_wait, qpair::Teardown::connected_flag, qpair::Teardown::settled};

inline constexpr qpair::CompletionQueues all_completion_queues[] = {
    qpair::CompletionQueues::shared, qpair::CompletionQueues::per_qpair};

class Machine : public qpair::Observer, public qpair::Application, public sim::Observer {
 public:
  // Boots a machine with budget for one kill and makes a controller.
  explicit Machine(const qpair::Options& options, std::uint8_t devices = 1,
                   model::Transport transport = model::Transport::ib);
  ~Machine() override;

  qpair::Controller& controller() { return *controller_; }
  qpair::Qpair& at(std::uint32_t number) { return controller_->at(number); }
  sim::Kernel& kernel() const { return sim::kernel(); }
  std::uint64_t now() const { return kernel().handles.now_ms; }

  // The program's side, each as one step; the step must complete.
  template <class Action>
  void program(Action action) {
    const sim::StepEnd end = attempt(action);
    INFO("the program's step ended with: " << sim::StepRunner::get().why());
    REQUIRE(end == sim::StepEnd::completed);
  }
  template <class Action>
  sim::StepEnd attempt(Action action) {
    return sim::StepRunner::get().run([](void* what) { (*static_cast<Action*>(what))(); }, &action, nullptr);
  }
  void poll();                          // the controller
  void poll(std::uint32_t qpair);       // one qpair
  void disconnect(std::uint32_t qpair);
  int send(std::uint32_t qpair, std::uint64_t tag, std::size_t bytes = 1);
  void destroy_controller();

  // The environment's side, by the name of the choice.
  bool offers(std::string_view choice) const;
  void take(std::string_view choice);
  void advance(std::uint64_t ms) { kernel().advance(ms); }

  // Both sides by turns, until neither changes anything: all that happens without
  // time passing, except choices named in `without`.
  void settle(std::string_view without = "nothing");
  // settle(), and the program's next deadline, until the program has none.
  void settle_with_time(std::string_view without = "nothing");
  void connect_all();
  // Of the machine and the program: equal bytes, equal futures.
  std::vector<std::uint8_t> description() const;

  Journal& journal() { return journal_; }
  Journal with(std::string_view part) const;  // the entries that contain it
  std::size_t count(std::string_view part) const { return with(part).size(); }
  std::size_t place(std::string_view entry) const;  // of its first occurrence; REQUIREs one

  std::function<void(qpair::Qpair&)> on_sent, on_received;

  void wait_begins(const qpair::Qpair&, qpair::EventMask, std::uint64_t, const char* place) override;
  void wait_ends(const qpair::Qpair&, qpair::WaitEnd how) override;
  void event_handled(const qpair::Qpair&, const rdma_cm_event& event) override;
  void flag_changed(const qpair::Qpair&, bool connected) override;
  void life_changed(const qpair::Qpair&, qpair::Life, qpair::Life to) override;
  void linger_begins(const qpair::Qpair&, std::uint64_t) override;
  void linger_timed_out(const qpair::Qpair&) override;
  void teardown_finished(const qpair::Qpair&) override;
  void call_failed(const qpair::Qpair&, const char* call, int error) override;
  void sent(qpair::Qpair&, std::uint64_t tag, ibv_wc_status) override;
  void received(qpair::Qpair&, std::span<const std::byte>) override;
  void observe(const model::Observation& seen) override;

 private:
  void write(const qpair::Qpair& qpair, const std::string& what);
  bool settle_once(std::string_view without);

  qpair::Controller* controller_ = nullptr;
  Journal journal_;
};

// What the machine still holds of the program: ids, QPs, CQs, unacknowledged events.
std::size_t left_over(const sim::Kernel& kernel);

}  // namespace qpcheck::test
