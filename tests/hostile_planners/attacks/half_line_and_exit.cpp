// Writes half a line and ends.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(half_line_and_exit) {
  hostile::say(R"({"jsonrpc":"2.0","id":")");
  _exit(0);
}
