// The steps of a program under test are allowed to crash, and Catch2's signal handlers
// would take the crashes for the tests'.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_CONSOLE_WIDTH 120  // a story's lines have about 100 columns
#include <catch2/catch.hpp>
