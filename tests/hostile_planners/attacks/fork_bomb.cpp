// Forks, twenty times.
#include <unistd.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(fork_bomb) {
  long made = 0;
  while (made < 20 && hostile::in_child(hostile::linger) > 0) ++made;
  return made == 0 ? hostile::denied("fork") : hostile::effect("forks", made);
}
