// Says a list where an object is meant.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(say_list) {
  hostile::say("[1,2,3]\n");
  return {};
}
