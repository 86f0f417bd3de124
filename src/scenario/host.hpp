// The host's application: a program under test put into a world.
//
// Purpose: which entry points of the program an application's event loop could call
// now, and what decides their future. One adapter for each kind of program:
// qpair_host.hpp (src/qpair) and program_host.hpp (everything else).
// Ownership: the program and what its application remembers live in the arena; a Host
// only knows where. Threads: none.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/order.hpp"
#include "scenario/scenario.hpp"
#include "sim/machine.hpp"
#include "sim/step.hpp"

namespace qpcheck::scenario {

// In the order of their names.
enum class HostKind : std::uint8_t {
  poll_controller,
  poll_qpair,
  request_connect,
  request_disconnect,
  request_failover,
  request_reset,
  request_shutdown,
  send,
  program_poll,
  program_request,
  program_start,  // of a program that is not src/qpair
};

struct HostChoice {
  HostKind kind{};
  std::uint8_t qpair = 0;      // of a program that is not src/qpair: the number of the entry point,
  const char* entry = nullptr; // and its name
  bool operator==(const HostChoice& other) const { return kind == other.kind && qpair == other.qpair; }
};

inline constexpr HostChoice start_choice{HostKind::program_start, 0, "start"};

struct HostChoices {
  std::array<HostChoice, 16> items{};
  std::size_t count = 0;
  void add(const HostChoice& choice) {
    assert(count < items.size());
    items[count++] = choice;
  }
  const HostChoice* begin() const { return items.data(); }
  const HostChoice* end() const { return items.data() + count; }
};

class Host {
 public:
  virtual ~Host() = default;

  // For the machine: whose rdma_cm_id has this context.
  virtual sim::QpairOfContext namer() const = 0;
  // For the machine: the bits of a wr_id that say which qpair's request it is.
  virtual std::uint64_t number_in_wr_id() const { return 0; }
  // Takes its place in the arena. REQUIRES a booted machine.
  virtual void start() = 0;

  virtual void list(HostChoices& choices) const = 0;
  virtual bool offers(HostChoice choice) const = 0;
  // Whose poll the choice is, a bit for each qpair: what it knows when that is over, the
  // application has been told.
  virtual std::uint8_t polls(HostChoice choice) const = 0;
  // Of these, whose completions it takes, all that there are.
  virtual std::uint8_t drains(HostChoice /*choice*/) const { return 0; }
  // The application looks at the machine itself, and remembers what it saw until the step ends.
  virtual bool sees_machine(HostChoice /*choice*/) const { return false; }
  // Runs the choice's entry point as a step of the program, in which all that is read of the
  // program between steps is read once: where its data are destroyed, that is the step's crash.
  virtual sim::StepEnd run(HostChoice choice, sim::CallHook* hook) = 0;

  virtual bool all_connected() const = 0;
  // An attempt to connect or a teardown that was begun has not ended.
  virtual bool pending() const = 0;
  // Milliseconds to the program's next deadline; sim::no_timer: it has none.
  virtual std::uint32_t next_deadline_ms() const = 0;
  // All of the program that decides its future, in parts, each of which returns the bytes
  // written: what is of one qpair alone, if it can tell,
  virtual std::size_t describe_of(std::uint8_t /*qpair*/, std::span<std::uint8_t> /*out*/) const { return 0; }
  // and the rest, which names qpairs by their places in the order, if it can.
  virtual std::size_t describe_rest(std::span<std::uint8_t> out, const model::Order& order) const = 0;

  // Which bytes of the program's memory only grow, so that it never comes back to a state;
  // empty: it shows no sign of that.
  virtual const std::string& grows() const {
    static const std::string nothing;
    return nothing;
  }

  // For diagrams: a model::Life, and the flag.
  virtual std::uint8_t life_of(std::uint8_t qpair) const = 0;
  virtual bool flag_of(std::uint8_t qpair) const = 0;
};

std::unique_ptr<Host> make_host(const Config& config);

// Of a program that is not src/qpair, the one whose place its choice has in the order.
model::Verb verb_of(HostKind kind);
std::string name(HostChoice choice, sim::NameOf name_of = sim::slot_name);
constexpr bool is_fair(HostKind kind) {
  return kind == HostKind::poll_controller || kind == HostKind::poll_qpair || kind == HostKind::program_poll ||
         kind == HostKind::program_start;
}

}  // namespace qpcheck::scenario
