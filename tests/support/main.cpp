#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_CONSOLE_WIDTH 120  // a story's lines have about 100 columns
#include <catch2/catch.hpp>
