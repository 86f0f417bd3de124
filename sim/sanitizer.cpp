#include "sim/sanitizer.hpp"

#ifdef QPCHECK_ADDRESS_SANITIZER

#include <dlfcn.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "sim/arena.hpp"
#include "sim/step.hpp"

namespace qpcheck::sim::sanitizer {
namespace {

const void* process_stack = nullptr;
std::size_t process_stack_bytes = 0;
void* process_frames = nullptr;  // of functions on it, where the sanitizer keeps those apart

char words[256];
bool told = false;
std::optional<Outside> reporting;  // the runtime's own calls while it writes are not the program's

// Only the first: the program went on after it with whatever it had read.
template <class... Arguments>
void tell(const char* format, Arguments... arguments) {
  if (told) return;
  told = true;
  std::snprintf(words, sizeof(words), format, arguments...);
}

const char* memory_words() {
  const Arena& arena = Arena::get();
  const void* const place = __asan_get_report_address();
  if (!arena.contains(place)) return "of memory that is not its own";
  return arena.is_freed(place) ? "of memory that it had freed" : "beside what it had allocated";
}

using SetReportFd = void(void*);

// GCC's two runtimes each have the function, and a call reaches only the address sanitizer's.
SetReportFd* undefined_behaviour_runtime() {
  void* const runtime = dlopen("libubsan.so.1", RTLD_LAZY | RTLD_NOLOAD);
  void* const function = runtime == nullptr ? nullptr : dlsym(runtime, "__sanitizer_set_report_fd");
  return function == nullptr ? &__sanitizer_set_report_fd : reinterpret_cast<SetReportFd*>(function);
}

void write_reports_to(int descriptor) {
  static SetReportFd* const other = undefined_behaviour_runtime();
  void* const handle = reinterpret_cast<void*>(std::intptr_t{descriptor});
  __sanitizer_set_report_fd(handle);
  other(handle);
}

// What is reported of the program, the step says, and nobody reads the report. Not a
// descriptor of /dev/null: the runtimes close what they were given when they begin late.
constexpr int nowhere = 1 << 30;

// The report is written after this.
void on_error() {
  const StepRunner& runner = StepRunner::get();
  if (!runner.in_program()) return write_reports_to(STDERR_FILENO);
  tell("the program %s %zu bytes %s (AddressSanitizer: %s)", __asan_get_report_access_type() == 1 ? "wrote" : "read",
       __asan_get_report_access_size(), memory_words(), __asan_get_report_description());
  reporting.emplace();
}

void on_report(const char*) {
  if (!reporting) std::abort();  // the tool's own error, and its report has been written
  reporting.reset();
}

}  // namespace

void hide(const void* place, std::size_t bytes) { __asan_poison_memory_region(place, bytes); }

void show(const void* place, std::size_t bytes) { __asan_unpoison_memory_region(place, bytes); }

void enter(const void* bottom, std::size_t bytes) {
  __asan_set_error_report_callback(on_report);
  write_reports_to(nowhere);
  __sanitizer_start_switch_fiber(&process_frames, bottom, bytes);
}

void entered() { __sanitizer_finish_switch_fiber(nullptr, &process_stack, &process_stack_bytes); }

void leave() { __sanitizer_start_switch_fiber(nullptr, process_stack, process_stack_bytes); }

void left() {
  __sanitizer_finish_switch_fiber(process_frames, nullptr, nullptr);
  write_reports_to(STDERR_FILENO);
}

const char* take_error() {
  if (!told) return nullptr;
  told = false;
  return words;
}

}  // namespace qpcheck::sim::sanitizer

extern "C" {

void __asan_on_error() { qpcheck::sim::sanitizer::on_error(); }

// The program goes on after an error, to the next place where its step can be abandoned.
// The tool does not: see on_report.
const char* __asan_default_options() { return "halt_on_error=0:suppress_equal_pcs=0:detect_stack_use_after_return=0"; }

// Undefined behaviour ends in abort(), which is an outcome of a step.
const char* __ubsan_default_options();
const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

// libubsan's, and in no header: what is about to be written, in parts.
void __ubsan_get_current_report_data(const char** kind, const char** message, const char** file, unsigned* line,
                                     unsigned* column, char** address);
void __ubsan_on_report();
void __ubsan_on_report() {
  if (!qpcheck::sim::StepRunner::get().in_program()) return qpcheck::sim::sanitizer::write_reports_to(STDERR_FILENO);
  const char *kind = "", *message = "", *file = "";
  unsigned line = 0, column = 0;
  char* address = nullptr;
  __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
  const char* const name = std::strrchr(file, '/');
  qpcheck::sim::sanitizer::tell("undefined behaviour of the program at %s:%u (UndefinedBehaviorSanitizer: %s)",
                                name == nullptr ? file : name + 1, line, kind);
}

}  // extern "C"

#endif
