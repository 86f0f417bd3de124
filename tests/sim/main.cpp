// A main of its own: the steps of a program under test are allowed to crash, and
// Catch2's signal handlers would take the crashes for the tests'.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
