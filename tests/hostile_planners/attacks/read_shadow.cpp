// Reads the system's password hashes, which root may.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_shadow) {
  return hostile::read_of("/etc/shadow");
}
