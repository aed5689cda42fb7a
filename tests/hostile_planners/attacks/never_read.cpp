// Reads nothing more.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(never_read) {
  hostile::linger();
}
