// State-machine tests: random orders of entry points and of what the environment does,
// on the real controller and on the small model, compared after each command.
#include <rapidcheck/state.h>

#include <set>

#include "testing/property.hpp"
#include "tests/qpair/machine.hpp"
#include "tests/qpair/machine_model.hpp"

using namespace qpcheck::test;
namespace sim = qpcheck::sim;

namespace {

// Lives that were come to and results of send(): a test that draws too little of them says nothing.
std::set<std::string> reached;

std::uint32_t any_qpair(const MachineModel& model) { return *rc::gen::inRange<std::uint32_t>(0, model.options.qpairs); }

void compare(const MachineModel& model, Machine& machine) {
  for (std::uint32_t i = 0; i < model.options.qpairs; ++i) {
    const QpairModel& expected = model.qpairs[i];
    const qpair::Qpair& qpair = machine.at(i);
    RC_ASSERT(std::string(name(qpair.life())) == std::string(name(expected.life)));
    reached.insert(name(qpair.life()));
    RC_ASSERT(qpair.connected() == expected.connected);
    RC_ASSERT(qpair.finished() == expected.finished());
    RC_ASSERT(qpair.deadline_ms() == expected.deadline_ms);
  }
  if (machine.controller().procedure() == Procedure::reset && model.going_up) reached.insert("coming back");
  if (model.failing) reached.insert("going down again");
  if (model.succeeded) reached.insert("succeeded");
  RC_ASSERT(machine.controller().busy() == model.busy());
  RC_ASSERT(machine.controller().procedure() == model.procedure);
  RC_ASSERT(machine.controller().succeeded() == model.succeeded);
}

struct Command : rc::state::Command<MachineModel, Machine> {
  void run(const MachineModel& before, Machine& machine) const final {
    MachineModel after = before;
    apply(after);
    act(before, machine);
    compare(after, machine);
  }
  virtual void act(const MachineModel& before, Machine& machine) const = 0;

  template <class Action>
  static void program(Machine& machine, Action action) {
    const sim::StepEnd end = machine.attempt(action);
    if (end != sim::StepEnd::completed) RC_FAIL("the step does not complete: " + sim::StepRunner::get().why());
  }
};

struct OfQpair : Command {
  explicit OfQpair(const MachineModel& model) : number(any_qpair(model)) {}
  std::uint32_t number;
  const QpairModel& of(const MachineModel& model) const { return model.qpairs[number]; }
  void say(std::ostream& os, const char* what) const { os << what << " qp" << number; }
};

struct Connect : OfQpair {
  using OfQpair::OfQpair;
  void checkPreconditions(const MachineModel& m) const override {
    RC_PRE(!m.busy() && of(m).finished() && of(m).connects_left > 0);
  }
  void apply(MachineModel& m) const override { m.connect(number); }
  void act(const MachineModel& m, Machine& machine) const override {
    int result = -1;
    program(machine, [&] { result = machine.at(number).connect(0, m.now_ms); });
    RC_ASSERT(result == 0);
  }
  void show(std::ostream& os) const override { say(os, "connect"); }
};

struct Disconnect : OfQpair {
  using OfQpair::OfQpair;
  void checkPreconditions(const MachineModel& m) const override { RC_PRE(!m.busy() && of(m).can_go_down()); }
  void apply(MachineModel& m) const override { m.disconnect(number); }
  void act(const MachineModel& m, Machine& machine) const override {
    program(machine, [&] { machine.at(number).disconnect(m.now_ms); });
  }
  void show(std::ostream& os) const override { say(os, "disconnect"); }
};

struct Poll : OfQpair {
  using OfQpair::OfQpair;
  void checkPreconditions(const MachineModel& m) const override { RC_PRE(!of(m).finished()); }
  void apply(MachineModel& m) const override { m.poll(number); }
  void act(const MachineModel& m, Machine& machine) const override {
    program(machine, [&] { machine.at(number).poll(m.now_ms); });
  }
  void show(std::ostream& os) const override { say(os, "poll"); }
};

// In every life: what it returns is part of the interface.
struct Send : OfQpair {
  explicit Send(const MachineModel& model) : OfQpair(model), bytes(*rc::gen::element<std::size_t>(0, 1, 8, 9)) {}
  std::size_t bytes;
  void apply(MachineModel& m) const override { m.send(number, bytes); }
  void act(const MachineModel& before, Machine& machine) const override {
    MachineModel model = before;
    static constexpr std::array<std::byte, 16> text{};
    int result = 1;
    program(machine, [&] { result = machine.at(number).send(std::span(text).first(bytes), 0); });
    reached.insert("send: " + std::to_string(result));
    RC_ASSERT(result == model.send(number, bytes));
  }
  void show(std::ostream& os) const override {
    say(os, "send");
    os << ' ' << bytes;
  }
};

// All that must happen for the qpair, its ids of before included, before anyone polls.
struct LetRun : OfQpair {
  using OfQpair::OfQpair;
  void apply(MachineModel& m) const override { m.let_run(number); }
  void act(const MachineModel&, Machine&) const override {
    while (const auto choice = next()) sim::take(sim::kernel(), *choice);
  }
  std::optional<sim::EnvChoice> next() const {
    sim::EnvChoices choices;
    sim::list(sim::kernel(), choices);
    for (const sim::EnvChoice one : choices)
      if (one.kind != sim::EnvKind::fault && sim::fair_label(sim::kernel(), one) != 0 &&
          sim::kernel().shared.slots[one.subject].qpair == number)
        return one;
    return std::nullopt;
  }
  void show(std::ostream& os) const override { say(os, "let run"); }
};

struct PollController : Command {
  void apply(MachineModel& m) const override { m.poll_controller(); }
  void act(const MachineModel& m, Machine& machine) const override {
    program(machine, [&] { machine.controller().poll(m.now_ms); });
  }
  void show(std::ostream& os) const override { os << "poll controller"; }
};

struct Ask : Command {
  explicit Ask(const MachineModel&)
      : what(*rc::gen::element(Procedure::connect, Procedure::shutdown, Procedure::reset)) {}
  Procedure what;
  void checkPreconditions(const MachineModel& m) const override {
    RC_PRE(!m.busy() && (what != Procedure::connect || m.all_finished()));
    for (const QpairModel& qpair : m.qpairs) RC_PRE(what == Procedure::shutdown || qpair.connects_left > 0);
  }
  void apply(MachineModel& m) const override { m.start(what); }
  void act(const MachineModel& m, Machine& machine) const override {
    program(machine, [&] {
      if (what == Procedure::connect) machine.controller().connect(m.now_ms);
      if (what == Procedure::shutdown) machine.controller().shutdown(m.now_ms);
      if (what == Procedure::reset) machine.controller().reset(m.now_ms);
    });
  }
  void show(std::ostream& os) const override {
    os << "ask for " << (what == Procedure::connect ? "connect" : what == Procedure::shutdown ? "shutdown" : "reset");
  }
};

struct Kill : Command {
  void checkPreconditions(const MachineModel& m) const override { RC_PRE(!m.killed); }
  void apply(MachineModel& m) const override { m.kill(); }
  void act(const MachineModel&, Machine& machine) const override { machine.take("kill target"); }
  void show(std::ostream& os) const override { os << "kill target"; }
};

struct AdvanceClock : Command {
  void checkPreconditions(const MachineModel& m) const override { RC_PRE(m.next_deadline_ms() != 0); }
  void apply(MachineModel& m) const override { m.advance_to(m.next_deadline_ms()); }
  void act(const MachineModel& m, Machine& machine) const override { machine.advance(m.next_deadline_ms() - m.now_ms); }
  void show(std::ostream& os) const override { os << "advance clock"; }
};

// Said before the commands, should they fail.
void say(const qpair::Options& made, bool connected) {
  RC_LOG() << made.qpairs << " qpairs, queue depth " << made.queue_depth << ", "
           << (made.completion_queues == qpair::CompletionQueues::shared ? "one CQ" : "own CQs")
           << (connected ? ", connected" : ", idle") << '\n';
}

qpair::Options any_options() {
  qpair::Options made = options(qpair::Teardown::settled, *rc::gen::inRange<std::uint32_t>(1, 3));
  made.queue_depth = *rc::gen::inRange<std::uint32_t>(1, 4);
  made.completion_queues = *rc::gen::element(qpair::CompletionQueues::shared, qpair::CompletionQueues::per_qpair);
  return made;
}

template <class... Commands>
void check_against_model() {
  const qpair::Options made = any_options();
  const bool connected = *rc::gen::weightedElement<bool>({{1, false}, {3, true}});
  say(made, connected);
  Machine machine(made);
  MachineModel model(made);
  if (connected) {
    machine.connect_all();
    model.become_connected();
  }
  rc::state::check(model, machine, rc::state::gen::execOneOfWithArgs<Commands...>());
}

void check_controller() {
  check_against_model<Ask, Ask, Disconnect, Poll, Poll, Send, Send, LetRun, LetRun, LetRun, PollController,
                      PollController, Kill, AdvanceClock>();
}

}  // namespace

TEST_CASE("the library does what its model does") {
  qpcheck::property("each qpair, connected and disconnected by itself", [] {
    check_against_model<Connect, Disconnect, Poll, Poll, Send, Send, LetRun, LetRun, PollController, Kill,
                        AdvanceClock>();
  });
  qpcheck::property("a controller, taken up and down, its qpairs now and then by themselves",
                    [] { check_controller(); });
}

TEST_CASE("the orders that are drawn come to every life, every answer of send(), and back") {
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = 500;
  reached.clear();
  const auto result = rc::detail::checkTestable([] { check_controller(); }, rc::detail::TestMetadata{}, params);
  CHECK(result.template is<rc::detail::SuccessResult>());
  for (const char* const what :
       {"resolving-address", "resolving-route", "connecting", "connected", "lost", "failed", "disconnecting",
        "lingering", "closed", "coming back", "going down again", "succeeded"}) {
    INFO(what);
    CHECK(reached.contains(what));
  }
  for (const int answer : {0, -ENOTCONN, -EBUSY, -EMSGSIZE}) {
    INFO("send: " << answer);
    CHECK(reached.contains("send: " + std::to_string(answer)));
  }
}
