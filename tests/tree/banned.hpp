// What our code does not call, because a run would no longer repeat itself.
//
// Purpose: one source of nondeterminism (the chooser) and one clock (the
// world's) stay the only ones. A rule is data; so is every exception, with its
// reason.
#pragma once

#include <array>
#include <string_view>

#include "tests/tree/source.hpp"

namespace qpcheck::tree {

struct Banned {
  std::string_view word;     // a whole identifier
  std::string_view next;     // what follows it, blanks aside; empty: anything
  std::string_view folders;  // where it is banned
  std::string_view why;
};

inline constexpr std::string_view our_code = "model sim src properties";
inline constexpr std::string_view where_order_shows =
    "model sim properties src/trace src/report src/scenario";

inline constexpr std::string_view no_clock =
    "time is the world's: a run must not read a real clock";
inline constexpr std::string_view no_dice =
    "choices come from the chooser and numbers from our own generator";
inline constexpr std::string_view no_hash_order =
    "its order differs between libraries and would show in what is printed";

inline constexpr std::array banned = std::to_array<Banned>({
    {"system_clock", "", our_code, no_clock},
    {"steady_clock", "", our_code, no_clock},
    {"high_resolution_clock", "", our_code, no_clock},
    {"gettimeofday", "", our_code, no_clock},
    {"clock_gettime", "", our_code, no_clock},
    {"time", "(nullptr", our_code, no_clock},
    {"time", "(NULL", our_code, no_clock},
    {"time", "(0", our_code, no_clock},
    {"time", "(&", our_code, no_clock},
    {"sleep_for", "", our_code, no_clock},
    {"sleep_until", "", our_code, no_clock},
    {"usleep", "(", our_code, no_clock},
    {"nanosleep", "(", our_code, no_clock},
    {"rand", "(", our_code, no_dice},
    {"srand", "(", our_code, no_dice},
    {"rand_r", "(", our_code, no_dice},
    {"drand48", "(", our_code, no_dice},
    {"getrandom", "(", our_code, no_dice},
    {"random_device", "", our_code, no_dice},
    {"default_random_engine", "", our_code, no_dice},
    {"uniform_int_distribution", "", our_code, no_dice},
    {"uniform_real_distribution", "", our_code, no_dice},
    {"bernoulli_distribution", "", our_code, no_dice},
    {"unordered_map", "", where_order_shows, no_hash_order},
    {"unordered_set", "", where_order_shows, no_hash_order},
    {"unordered_multimap", "", where_order_shows, no_hash_order},
    {"unordered_multiset", "", where_order_shows, no_hash_order},
});

struct Exception {
  std::string_view path;  // a file, a folder, or the beginning of a file's name
  std::string_view why_rule;
  std::string_view reason;
};

inline constexpr std::array exceptions = std::to_array<Exception>({
    {"src/cli", no_clock, "progress and rates on the screen; files hold none"},
    {"src/search/engine.hpp", no_clock,
     "a limit of time stops a search, and progress is told by it"},
    {"sim/libc.cpp", no_clock, "a program under test reads the world's time by these names"},
    {"src/qpair/stopwatch.hpp", no_clock, "how long the library's own calls take; in a world it is the world's time"},
    {"src/qpair/ping", no_clock, "the command gives the library its time, as an application does"},
});

Findings check_banned(const File& file);

// src/qpair is the text that an application links: no #if in it (other than
// #pragma once), and nothing that is called mock or fake.
Findings check_one_text(const File& file);

}  // namespace qpcheck::tree
