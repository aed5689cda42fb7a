// Becomes root, or stays it.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(become_root) {
  if (setuid(0) != 0) return hostile::denied("setuid");
  return hostile::effect("user", static_cast<long>(getuid()));
}
