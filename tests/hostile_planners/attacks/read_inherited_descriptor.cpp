// Reads from a descriptor that the host forgot to close.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(read_inherited_descriptor) {
  char secret[64];
  const auto got = pread(static_cast<int>(hostile::number("descriptor")), secret, sizeof secret, 0);
  return hostile::tried("pread", got);
}
