// Sleeps when it should work.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(sleep) {
  hostile::linger();
}
