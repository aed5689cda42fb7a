// Says nothing, in a line.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_empty_line) {
  hostile::say("\n");
  return {};
}
