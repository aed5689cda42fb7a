// Writes what is no JSON.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_nonsense) {
  hostile::say("I am thinking\n");
  return {};
}
