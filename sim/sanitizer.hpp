// What the sanitizers have to be told, and what they tell (preset asan-ubsan).
//
// Purpose: two things here are not as a sanitizer expects them: memory that is allocated
// in an arena, and a stack beside the process's own. It is told of both, and so sees what
// the program under test does wrong in them. What it reports of the program is an
// outcome of the step; what it reports of the tool ends the process.
// Ownership: nothing. Threads: one.
// Invariants: in a build without sanitizers each function here is empty.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define QPCHECK_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QPCHECK_ADDRESS_SANITIZER 1
#endif
#endif

namespace qpcheck::sim::sanitizer {

#ifdef QPCHECK_ADDRESS_SANITIZER

inline constexpr bool present = true;

void hide(const void* place, std::size_t bytes);  // a read or write there is an error
void show(const void* place, std::size_t bytes);

// Around each switch between the process's stack and that of the steps.
void enter(const void* bottom, std::size_t bytes);
void entered();
void leave();
void left();

// What the program did since the last call of this, in words for a person; null: nothing.
const char* take_error();

#else

inline constexpr bool present = false;

inline void hide(const void*, std::size_t) {}
inline void show(const void*, std::size_t) {}
inline void enter(const void*, std::size_t) {}
inline void entered() {}
inline void leave() {}
inline void left() {}
inline const char* take_error() { return nullptr; }

#endif

}  // namespace qpcheck::sim::sanitizer
