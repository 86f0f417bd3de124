// Ctrl-C and SIGTERM: a search ends, and says what it found so far.
//
// Purpose: the first signal is only noted; another one, a second or two later, ends the
// process, as without this.
// Threads: none. Invariant: for the whole process, from the first call on.
#pragma once

#include <csignal>

namespace qpcheck::cli {

void catch_interrupts();
// To be handed to a search.
const volatile std::sig_atomic_t* interrupt_flag();
inline bool interrupted() { return *interrupt_flag() != 0; }

}  // namespace qpcheck::cli
