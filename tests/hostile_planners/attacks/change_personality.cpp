// Switches the randomness of its memory off.
#include <sys/personality.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(change_personality) {
  return hostile::tried("personality", personality(ADDR_NO_RANDOMIZE));
}
