// Writes 4 MiB to standard error.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(flood_errors) {
  static char block[64 << 10];
  for (char& byte : block) byte = 'x';
  long written = 0;
  for (int time = 0; time < 64; ++time) {
    const auto put = write(STDERR_FILENO, block, sizeof block);
    written += put > 0 ? put : 0;
  }
  return hostile::effect("wrote bytes", written);
}
