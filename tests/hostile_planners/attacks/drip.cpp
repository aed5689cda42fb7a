// Writes one byte at a time, so that something always comes.
#include <ctime>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(drip) {
  while (true) {
    hostile::say(" ");
    const timespec pause{0, 50'000'000};
    (void)nanosleep(&pause, nullptr);
  }
}
