// How a long search is getting on: a line that is written over on a terminal,
// plain lines elsewhere. Goes to standard error. Ctrl-C ends it, once catch_interrupts()
// was called.
#pragma once

#include <unistd.h>

#include <cstdio>

#include "cli/interrupt.hpp"
#include "search/result.hpp"

namespace qpcheck::cli {

inline search::Options with_progress(bool reduce = true) {
  search::Options options;
  options.reduce = reduce;
  options.interrupted = interrupt_flag();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  options.progress_seconds = terminal ? 0.5 : 10;
  options.progress = [terminal, interval = options.progress_seconds](const search::Progress& progress) {
    if (!terminal && progress.seconds < interval) return;  // a short search needs no line
    std::fprintf(stderr, "%s%llu states, %.0f a second, %llu waiting, depth %u%s", terminal ? "\r\033[K" : "",
                 static_cast<unsigned long long>(progress.states),
                 progress.seconds > 0 ? static_cast<double>(progress.states) / progress.seconds : 0,
                 static_cast<unsigned long long>(progress.waiting), progress.depth, terminal ? "" : "\n");
  };
  return options;
}

inline void end_progress() {
  if (isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
}

}  // namespace qpcheck::cli
