#include "cli/interrupt.hpp"

#include <ctime>
#include <initializer_list>

namespace qpcheck::cli {
namespace {

volatile std::sig_atomic_t flag = 0;
volatile std::sig_atomic_t noted_s = 0;

// What sends one signal may send it twice at once: timeout(1), to the process and to its group.
void note(int signal) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto now_s = static_cast<std::sig_atomic_t>(now.tv_sec);
  if (flag != 0 && now_s > noted_s + 1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  if (flag == 0) noted_s = now_s;
  flag = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

const volatile std::sig_atomic_t* interrupt_flag() { return &flag; }

}  // namespace qpcheck::cli
