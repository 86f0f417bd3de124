// An image of the arena as its difference to another one.
//
// Purpose: states that wait to be searched differ from the start in some seventy words of
// several hundred; kept so, they take a tenth of their memory.
// Form: the image's size, then of each 8-byte word that differs: how many equal words come
// before it (a byte; 255: so many, and another such byte follows), a bit for each byte that
// differs, and these bytes. Words that follow it at once and are the same as it, as freed
// memory is, come as 0, 0 and their number. Behind its end the base counts as 0.
// Ownership: none. Threads: none.
#pragma once

#include <cstddef>

#include "sim/arena.hpp"

namespace qpcheck::sim {

// No difference between two images of this size is larger.
constexpr std::size_t largest_difference(std::size_t used) { return sizeof(Image::used) + used / 8 * 10 + 32; }

// Returns the bytes written.
std::size_t put_difference(const Image& base, const Image& image, std::byte* out);
// REQUIRES: the difference to this base. Of the image only the used bytes are written.
void take_difference(const Image& base, const std::byte* difference, std::size_t size, Image& image);

}  // namespace qpcheck::sim
