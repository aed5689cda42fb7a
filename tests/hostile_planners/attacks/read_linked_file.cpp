// Reads what a symbolic link among its own files leads to: a key of the host's user, which the host would copy for it.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_linked_file) {
  return hostile::read_of("linked");
}
