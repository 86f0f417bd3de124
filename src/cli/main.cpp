// qpcheck: the command.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/exit_code.hpp"
#include "cli/verbs.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 holds, 1 violated, 2 usage or bad input, 3 inconclusive (a limit was reached, or it was "
    "interrupted),\n"
    "4 vacuous, 5 nondeterministic or internal error.";

int refuse_output() { return qpcheck::cli::refuse("cannot write to standard output; is it closed, or the disk full?"); }

// A file that may grow no more, and a pipe that nobody reads, are errors of the write, which
// is then cleaned up after. A closed descriptor must not be taken by a file that is opened.
bool prepare_descriptors() {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  const bool can_print = fcntl(STDOUT_FILENO, F_GETFD) != -1;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) == -1 && open("/dev/null", O_RDWR) != descriptor) return false;
  return can_print;
}

}  // namespace

int main(int argc, char** argv) {
  if (!prepare_descriptors()) return refuse_output();
  qpcheck::cli::CommandLine line("qpcheck", "qpcheck: does the teardown of an RDMA connection always finish?",
                                 "qpcheck 0.1.0", footer);
  for (const auto add :
       {qpcheck::cli::add_survey, qpcheck::cli::add_check, qpcheck::cli::add_replay, qpcheck::cli::add_explain,
        qpcheck::cli::add_keep, qpcheck::cli::add_story, qpcheck::cli::add_contract, qpcheck::cli::add_diagram,
        qpcheck::cli::add_conform, qpcheck::cli::add_list, qpcheck::cli::add_bench})
    add(line);
  try {
    const int code = line.run(argc, argv);
    return std::fflush(stdout) != 0 || std::ferror(stdout) != 0 ? refuse_output() : code;
  } catch (const std::bad_alloc&) {
    std::fputs("qpcheck: the system has no memory to begin with; give it more (ulimit -v), or close something\n",
               stderr);
    return qpcheck::cli::inconclusive;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return refuse_output();
    std::fprintf(stderr, "qpcheck: internal error: %s\n", error.what());
    return qpcheck::cli::internal;
  }
}
