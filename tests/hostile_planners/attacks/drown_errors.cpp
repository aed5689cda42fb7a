// Writes to standard error without end.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(drown_errors) {
  static char block[64 << 10];
  for (char& byte : block) byte = 'x';
  while (write(STDERR_FILENO, block, sizeof block) >= 0) continue;
  return hostile::denied("write");
}
