// Writes half a line and no more.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(half_line) {
  hostile::say(R"({"jsonrpc":"2.0","id":")");
  hostile::linger();
}
