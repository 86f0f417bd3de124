// The link lines of a build.ninja that CMake wrote.
//
// Purpose: what an executable is really linked with, libraries that come with
// other libraries included; a CMake file only says what was asked for.
// Ownership: plain values. Threads: no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::tree {

struct Executable {
  std::string name;  // the file's name: "qpcheck"
  std::vector<std::string>
      linked;  // every word of its libraries: "sim/libqpcheck_sim.a", "-lrdmacm"
};

// The executables that a build.ninja links, in its order.
std::vector<Executable> executables_in(std::string_view ninja);

// Is a library among what it links, as -lNAME, libNAME.a or libNAME.so[.N]?
bool links(const Executable& executable, std::string_view library);

}  // namespace qpcheck::tree
