// Pages that are not there: where a pointer leads that the program gave away and whose
// memory it then freed.
//
// Purpose: an event shows its id's context, a completion its wr_id. Whether the program
// follows such a pointer, or only looks it up, cannot be seen at its fetch; so it is given
// the same place in pages that nobody can touch. What follows it faults there.
// Ownership: address space only, mapped at first use. Threads: none.
// Limits, confessed: a program that compares such a pointer with one that it kept finds
// them different. A freed pointer that comes from anywhere else leads to memory filled with
// a pattern: what is called or followed through it crashes, what is only read is not seen
// (with address sanitizer it is: ./run sanitize).
#pragma once

#include <cstdint>

namespace qpcheck::sim {

enum class Kept : std::uint8_t { context, wr_id };  // where the program kept the pointer

// The pointer itself, or, where it points to freed memory of the arena, its place in the pages.
const void* guarded(const void* pointer, Kept kept);

// Why a fault at this address is a use of freed memory; null: it is not.
const char* why_guarded(const void* address);

// The word is what freed memory, or memory that was never written to, is filled with, or a
// place near by: then it is a pointer that was read there. Null: it is not; else what to say
// of a program that follows it.
const char* why_no_pointer(std::uint64_t word);

}  // namespace qpcheck::sim
