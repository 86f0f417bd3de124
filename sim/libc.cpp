// The few functions of the C and C++ library that a program under test shares
// with its environment: where memory comes from, and flags of the channel's fd.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <new>

#include "sim/call.hpp"

namespace {

bool for_program() { return qpcheck::sim::StepRunner::get().in_program(); }

void* allocate(std::size_t bytes) {
  if (for_program()) return qpcheck::sim::Arena::get().allocate(bytes);
  void* const place = std::malloc(bytes == 0 ? 1 : bytes);
  if (place == nullptr) throw std::bad_alloc();
  return place;
}

void release(void* place) {
  if (qpcheck::sim::Arena::get().contains(place)) qpcheck::sim::Arena::get().free(place);
  else std::free(place);
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void operator delete(void* place) noexcept { release(place); }
void operator delete[](void* place) noexcept { release(place); }
void operator delete(void* place, std::size_t) noexcept { release(place); }
void operator delete[](void* place, std::size_t) noexcept { release(place); }

// The channel's descriptor is a number of ours; every other one is the system's.
extern "C" int fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (fd != qpcheck::sim::channel_fd) return static_cast<int>(syscall(SYS_fcntl, fd, command, argument));
  auto& nonblocking = qpcheck::sim::kernel().shared.nonblocking;
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
