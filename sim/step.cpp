#include "sim/step.hpp"

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "sim/arena.hpp"
#include "sim/guard.hpp"
#include "sim/machine.hpp"
#include "sim/sanitizer.hpp"

namespace qpcheck::sim {

namespace {

constexpr std::size_t stack_bytes = (sanitizer::present ? 1024 : 256) * 1024;  // sanitizers make frames larger
constexpr std::uint32_t most_calls = 20000;  // of one step; far above any that ends
constexpr std::uint32_t patience = 8;        // calls in vain before the program counts as spinning
constexpr int watchdog_seconds = 2;          // CPU time of one step without end

jmp_buf scheduler, fiber_start;
bool fiber_made = false;
volatile std::sig_atomic_t watched_serial = -1;

}  // namespace

// The stack that steps run on. Its first frame never returns: every step is a
// jump back to it, which abandons whatever stood above.
struct Fiber {
  static void body() {
    StepRunner& runner = StepRunner::get();
    sanitizer::entered();
    if (_setjmp(fiber_start) == 0) {
      fiber_made = true;
      sanitizer::leave();
      _longjmp(scheduler, 1);
    }
    sanitizer::entered();
    run_entry(runner);
    runner.leave(StepEnd::completed);
  }

  static void run_entry(StepRunner& runner) {
    try {
      runner.entry_(runner.argument_);
    } catch (const std::exception& error) {
      const Outside outside;
      runner.abandon(StepEnd::crashed, error.what());
    } catch (...) {
      runner.abandon(StepEnd::crashed, "an exception left the program's entry point");
    }
  }

  static inline void* stack = nullptr;

  static void make() {
    stack = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) std::abort();
    mprotect(stack, 4096, PROT_NONE);  // an overflow is a crash of the program, not of its neighbour
    static ucontext_t boot;
    getcontext(&boot);
    boot.uc_stack.ss_sp = stack;
    boot.uc_stack.ss_size = stack_bytes;
    boot.uc_link = nullptr;
    makecontext(&boot, &Fiber::body, 0);
    if (_setjmp(scheduler) == 0) {
      sanitizer::enter(stack, stack_bytes);
      setcontext(&boot);
    }
    sanitizer::left();
  }
};

namespace {

const char* signal_text(int number) {
  switch (number) {
    case SIGSEGV: return "the program read or wrote memory that is not there (SIGSEGV)";
    case SIGBUS: return "the program made a bad memory access (SIGBUS)";
    case SIGFPE: return "the program made an arithmetic error (SIGFPE)";
    case SIGILL: return "the program ran an illegal instruction (SIGILL)";
    case SIGABRT: return "the program called abort (SIGABRT)";
    default: return "a signal ended the program";
  }
}

// Registers whose contents came from memory that was freed, or never written to: the pointer
// that was followed is one of them. (The processor gives no address for such a fault.)
const char* where_pointer_was_read([[maybe_unused]] const void* context) {
#ifdef __x86_64__
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  for (const int number : {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8, REG_R9, REG_R10,
                           REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP})
    if (const char* const why = why_no_pointer(static_cast<std::uint64_t>(registers[number]))) return why;
#endif
  return nullptr;
}

void on_crash(int number, siginfo_t* info, void* context) {
  StepRunner& runner = StepRunner::get();
  if (!runner.in_program()) {  // the tool's own fault: end as if there were no handler
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  const Outside outside;
  const bool access = number == SIGSEGV || number == SIGBUS;
  if (const char* const why = access ? why_guarded(info->si_addr) : nullptr) runner.misuse(model::Misuse::stale, why);
  const char* const crash = access ? where_pointer_was_read(context) : nullptr;
  runner.abandon(StepEnd::crashed, crash != nullptr ? crash : signal_text(number));
}

void on_tick(int) {
  StepRunner& runner = StepRunner::get();
  if (!runner.in_program()) return;
  const auto serial = static_cast<std::sig_atomic_t>(runner.serial());
  if (watched_serial != serial) {
    watched_serial = serial;
    return;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGVTALRM);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  runner.abandon(StepEnd::runaway, "the program computes without end and makes no call");
}

void install_handlers() {
  static char signal_stack[65536];
  stack_t alternative{};
  alternative.ss_sp = signal_stack;
  alternative.ss_size = sizeof(signal_stack);
  sigaltstack(&alternative, nullptr);
  struct sigaction action{};
  action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = on_crash;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(number, &action, nullptr);
  action.sa_handler = on_tick;
  action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART;
  sigaction(SIGVTALRM, &action, nullptr);
  itimerval interval{};
  interval.it_interval.tv_sec = interval.it_value.tv_sec = watchdog_seconds;
  setitimer(ITIMER_VIRTUAL, &interval, nullptr);
}

}  // namespace

StepRunner::StepRunner() = default;

StepRunner& StepRunner::get() {
  static StepRunner runner;
  return runner;
}

StepEnd StepRunner::run(void (*entry)(void*), void* argument, CallHook* hook) {
  if (!fiber_made) {
    install_handlers();
    Fiber::make();
  }
  entry_ = entry;
  argument_ = argument;
  hook_ = hook;
  calls_ = idle_calls_ = clock_reads_ = 0;
  outside_ = 0;
  ++serial_;
  began_ms_ = kernel().handles.now_ms;
  Arena::get().fence();
  if (_setjmp(scheduler) == 0) {
    running_ = true;
    sanitizer::enter(Fiber::stack, stack_bytes);
    _longjmp(fiber_start, 1);
  }
  sanitizer::left();
  Arena::get().unfence();
  if (end_ != StepEnd::completed) sanitizer::show(Fiber::stack, stack_bytes);  // frames that were never left
  running_ = false;
  if (end_ == StepEnd::completed && !Arena::get().intact()) {
    end_ = StepEnd::crashed;
    why_ = "the program wrote beside memory that it had allocated";
  }
  return end_;
}

void StepRunner::before_call(const char* name, bool offered) {
  if (!running_) return;
  clock_reads_ = 0;
  if (const char* const error = sanitizer::take_error()) abandon(StepEnd::crashed, error);
  if (++calls_ > most_calls) abandon(StepEnd::runaway, "the program makes calls without end in one step");
  // Not before the first: whatever could happen there is a choice between steps.
  if (calls_ == 1 || !offered || hook_ == nullptr) return;
  if (!hook_->before_call(calls_ - 1, name)) abandon(StepEnd::pruned, "");
}

void StepRunner::wait_or_block(const char* name, const char* why) {
  if (!running_ || hook_ == nullptr) abandon(StepEnd::blocked, why);
  // What happens while it waits falls before its return, not before its call: it counts as a call more.
  if (++calls_ > most_calls) abandon(StepEnd::runaway, "the program waits in one call without end");
  if (!hook_->while_blocked(calls_ - 1, name)) abandon(StepEnd::blocked, why);
}

void StepRunner::idle(const char* name) {
  if (++idle_calls_ >= patience) spin(name);
}

void StepRunner::clock_read(const char* name) {
  if (++clock_reads_ >= patience) spin(name);
}

void StepRunner::spin(const char* name) {
  if (!running_) return;
  if (++calls_ > most_calls) abandon(StepEnd::runaway, "the program makes calls without end in one step");
  if (hook_ != nullptr) hook_->while_spinning(calls_ - 1, name);
}

void StepRunner::returned(std::uint64_t result) {
  if (running_ && hook_ != nullptr) hook_->returned(result);
}

void StepRunner::observe(const model::Observation& observation) {
  if (observer_ != nullptr) observer_->observe(observation);
}

void StepRunner::abandon(StepEnd end, const char* why) {
  if (!running_) {
    std::fprintf(stderr, "qpcheck: outside a step: %s\n", why);
    std::exit(5);
  }
  ++outside_;
  why_ = why;
  leave(end);
}

// Back to the process's stack. What a sanitizer has seen goes before all that came of it.
void StepRunner::leave(StepEnd end) {
  end_ = end;
  if (const char* const error = sanitizer::take_error()) {
    const Outside outside;
    end_ = StepEnd::crashed;
    why_ = error;
  }
  sanitizer::leave();
  _longjmp(scheduler, 1);
}

void StepRunner::misuse(model::Misuse kind, const char* why) {
  model::Observation seen;
  seen.kind = model::Seen::misuse;
  seen.status = static_cast<std::int32_t>(kind);
  seen.text = why;
  observe(seen);
  abandon(StepEnd::misuse, why);
}

}  // namespace qpcheck::sim

// The program's failed assertions: an outcome of the step, with the assertion's words.
extern "C" void __assert_fail(const char* assertion, const char* file, unsigned int line,
                              const char* function) noexcept {
  using qpcheck::sim::StepEnd;
  using qpcheck::sim::StepRunner;
  StepRunner& runner = StepRunner::get();
  if (runner.in_program()) {
    const qpcheck::sim::Outside outside;
    static std::string why;  // nobody leaves this frame in the usual way
    why = "assertion failed in " + std::string(function) + ": " + assertion;
    runner.abandon(StepEnd::crashed, why.c_str());
  }
  std::fprintf(stderr, "%s:%u: %s: assertion '%s' failed\n", file, line, function, assertion);
  std::abort();
}
