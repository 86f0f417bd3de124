// Does a program's state ever come back, or does something in its memory only grow?
//
// Purpose: a search of a program that counts without end visits new states for ever, and
// nothing in its verdict says why. This watches each word of the program's memory for new
// greatest values; a word that has had so many is the counter.
// Ownership: a plain value, beside the search: no part of any state. Threads: none.
// Limit, confessed: it is a guess, made of what was visited; a program that really counts
// to thousands and stops is taken for one that does not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qpcheck::scenario {

class Growth {
 public:
  static constexpr std::uint32_t suspicious = 2000;  // new greatest values of one word

  // A word, by its number in the program's memory; it is the `at`-th byte of the `block`-th
  // allocation that is there now, which has `bytes`.
  void see(std::size_t word, std::uint64_t value, std::size_t block, std::size_t at, std::size_t bytes) {
    if (word >= greatest_.size()) {
      greatest_.resize(word + 1);
      raised_.resize(word + 1);
    }
    if (value <= greatest_[word]) return;
    greatest_[word] = value;
    if (++raised_[word] == suspicious && found_.empty())
      found_ = "byte " + std::to_string(at) + " of the program's allocation " + std::to_string(block) + ", which has " +
               std::to_string(bytes) + " bytes";
  }

  // Which bytes; empty: nothing grows.
  const std::string& found() const { return found_; }

 private:
  std::vector<std::uint64_t> greatest_;
  std::vector<std::uint32_t> raised_;
  std::string found_;
};

}  // namespace qpcheck::scenario
