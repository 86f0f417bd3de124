// The few functions of the C and C++ library that a program under test shares
// with its environment: where memory comes from, flags of the channel's fd, and time.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <ctime>
#include <new>

#include "sim/call.hpp"

namespace {

bool for_program() { return qpcheck::sim::StepRunner::get().in_program(); }

void* allocate_for_program(std::size_t bytes) {
  ++qpcheck::sim::kernel().handles.program_holds;
  return qpcheck::sim::Arena::get().allocate(bytes);
}

void* allocate(std::size_t bytes) {
  if (for_program()) return allocate_for_program(bytes);
  void* const place = std::malloc(bytes == 0 ? 1 : bytes);
  if (place == nullptr) throw std::bad_alloc();
  return place;
}

void* allocate_or_null(std::size_t bytes) noexcept {
  if (for_program()) return allocate_for_program(bytes);
  return std::malloc(bytes == 0 ? 1 : bytes);
}

void release(void* place) {
  qpcheck::sim::Arena& arena = qpcheck::sim::Arena::get();
  if (!arena.contains(place)) return std::free(place);
  const char* const wrong = for_program() ? arena.wrong_to_free(place) : nullptr;
  if (wrong != nullptr) qpcheck::sim::StepRunner::get().abandon(qpcheck::sim::StepEnd::crashed, wrong);
  arena.free(place);
  if (for_program() && place != nullptr) --qpcheck::sim::kernel().handles.program_holds;
}

// The program does nothing for so long: the kernel wakes it, and until then the
// environment does what it owes.
int sleep_for_program(const char* name, std::uint64_t ms) {
  using qpcheck::sim::kernel;
  qpcheck::sim::Call call(name, qpcheck::sim::Offer::yes);
  call.takes(ms, "the program sleeps");
  call.silent(kernel().handles.now_ms - qpcheck::sim::StepRunner::get().began_ms());
  return 0;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void operator delete(void* place) noexcept { release(place); }
void operator delete[](void* place) noexcept { release(place); }
void operator delete(void* place, std::size_t) noexcept { release(place); }
void operator delete[](void* place, std::size_t) noexcept { release(place); }

// The channel's descriptor, and that of asynchronous events, are numbers of ours; every other one is the system's.
extern "C" int fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (fd != qpcheck::sim::channel_fd && fd != qpcheck::sim::async_fd)
    return static_cast<int>(syscall(SYS_fcntl, fd, command, argument));
  auto& shared = qpcheck::sim::kernel().shared;
  if (fd == qpcheck::sim::async_fd) shared.async_used = 1;
  auto& nonblocking = fd == qpcheck::sim::async_fd ? shared.async_nonblocking : shared.nonblocking;
  const auto flags = static_cast<int>(reinterpret_cast<std::intptr_t>(argument));
  switch (command) {
    case F_GETFL: return O_RDWR | (nonblocking != 0 ? O_NONBLOCK : 0);
    case F_SETFL: nonblocking = (flags & O_NONBLOCK) != 0 ? 1 : 0; return 0;
    case F_GETFD: return FD_CLOEXEC;
    case F_SETFD: return 0;
    default: errno = EINVAL; return -1;
  }
}
extern "C" int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));

// Every clock shows the world's time to the program, and the system's to the rest of the process.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (!for_program()) return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  qpcheck::sim::StepRunner& runner = qpcheck::sim::StepRunner::get();
  const qpcheck::sim::Outside outside;
  runner.clock_read("clock_gettime");
  const std::uint64_t now_ms = qpcheck::sim::kernel().handles.now_ms;
  runner.returned(now_ms - runner.began_ms());
  *time = {static_cast<time_t>(now_ms / 1000), static_cast<long>(now_ms % 1000 * 1'000'000)};
  return 0;
}

extern "C" int nanosleep(const timespec* wanted, timespec* left) {
  if (!for_program()) return static_cast<int>(syscall(SYS_nanosleep, wanted, left));
  const auto rest_ms = static_cast<std::uint64_t>(wanted->tv_nsec + 999'999) / 1'000'000;
  const std::uint64_t ms = static_cast<std::uint64_t>(wanted->tv_sec) * 1000 + rest_ms;
  if (left != nullptr) *left = {};  // which may be `wanted` itself
  return sleep_for_program("nanosleep", ms);
}

extern "C" int usleep(useconds_t us) {
  if (for_program()) return sleep_for_program("usleep", (std::uint64_t{us} + 999) / 1000);
  const timespec wanted{us / 1'000'000, static_cast<long>(us % 1'000'000) * 1000};
  return nanosleep(&wanted, nullptr);
}
