// Writes one line of 5 MiB.
#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(flood_line) {
  static char block[1 << 20];
  for (char& byte : block) byte = 'x';
  for (int time = 0; time < 5; ++time) hostile::say(block, sizeof block);
  hostile::say("\n");
  hostile::linger();
}
