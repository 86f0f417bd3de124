// What every simulated C function does around its work. Internal to sim/.
#pragma once

#include <rdma/rdma_cma.h>

#include <cerrno>
#include <cstdint>

#include "sim/arena.hpp"
#include "sim/guard.hpp"
#include "sim/machine.hpp"
#include "sim/step.hpp"

namespace qpcheck::sim {

// Whether the environment may act just before the call: yes, where the call reads
// or writes what the environment shares. (Call by call: docs/architecture.md.)
enum class Offer : bool { no, yes };
// Whether the faults enomem and eio, or a device that is gone, can make the call fail:
// then the environment may act before it for as long as such a fault can be spent.
enum class Fails : bool { never, may };

class Call {
 public:
  Call(const char* name, Offer offer, Fails fails = Fails::never) : name_(name) {
    StepRunner::get().before_call(name, offer == Offer::yes || (fails == Fails::may && failures_left()));
  }
  // The errno with which this call is to fail, once; 0: it is not.
  int failure();
  // The call fails, for that or because its device is removed: errno says it.
  bool fails(std::uint8_t device);
  // The slot of an id; a call on a destroyed or foreign id is a misuse.
  std::uint8_t slot_of(const rdma_cm_id* id);
  std::uint8_t slot_of(const ibv_qp* qp);
  // The number of its device; that there is none is the program's fault.
  std::uint8_t device_of(const ibv_context* context, const char* why);
  std::uint8_t device_of(const ibv_pd* pd, const char* why);

  // The call holds the program's thread for so long; the environment does what it owes.
  void takes(std::uint64_t ms, const char* why);
  void blocked(const char* why) { StepRunner::get().wait_or_block(name_, why); }
  // The call is not legal for the state of its object,
  void misuse(const char* why) { StepRunner::get().misuse(model::Misuse::state, why); }
  // or the simulator lacks what it asks for, and nothing is known of the program,
  [[noreturn]] void not_simulated(const char* what) { StepRunner::get().abandon(StepEnd::beyond, what); }
  // or its object is destroyed or was never created.
  void no_object(const char* why) { StepRunner::get().misuse(model::Misuse::destroyed, why); }
  // The same of a pointer to one, which may itself have been read from freed memory.
  void no_object_at(const void* pointer, const char* why) {
    const char* const no_pointer = why_no_pointer(reinterpret_cast<std::uint64_t>(pointer));
    no_object(no_pointer != nullptr ? no_pointer : why);
  }

  // 0, or -1 with errno.
  int result(int error) {
    seen(error == 0 ? 0 : -1, error);
    if (error == 0) return 0;
    errno = error;
    return -1;
  }
  // verbs' convention: 0 or the errno.
  int verbs_result(int error) {
    seen(error, error);
    return error;
  }
  void silent(std::uint64_t result) { StepRunner::get().returned(result); }
  void about(std::uint8_t slot) { slot_ = slot; }
  void seen(int value, int error);
  // Nothing was there to fetch or to poll: a program that asks on and on sees time move.
  void found_nothing() { StepRunner::get().idle(name_); }

 private:
  static bool failures_left();
  Outside outside_;
  const char* name_;
  std::uint8_t slot_ = model::nobody;
};

}  // namespace qpcheck::sim
