// The one main of all test executables: Catch2's takes 16 s to compile, so it is compiled once.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
